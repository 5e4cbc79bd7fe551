#include "model/history/predicate.hpp"

#include <algorithm>
#include <array>

namespace twinlease::model::history {

namespace {

constexpr std::array<Predicate, 48> table = {{
    {"S1", "Mutual exclusion", mutual_exclusion, {1, 2, 3, 4, 5, 6, 7, 8, 10}},
    {"S2", "Lead-time bound", lead_time_bound, {4, 5}},
    {"S3", "Partner knowledge", partner_knowledge, {3, 4, 5, 8}},
    {"S4", "Ack after commit", ack_after_commit, {3}},
    {"S5", "Lease after commit", lease_after_commit, {3}},
    {"S6", "Disjoint pools", disjoint_pools, {3, 6, 8}},
    {"S7", "Own pool only outside PARTNER-DOWN", own_pool_only, {3}},
    {"S8", "Reallocation needs the partner", reallocation_needs_the_partner, {3, 8}},
    {"S9", "Waits in PARTNER-DOWN", waits_in_partner_down, {2, 4, 5}},
    {"S10", "Silence", silence, {}},
    {"S11", "PARTNER-DOWN is entered deliberately", partner_down_deliberately, {}},
    {"S12", "Joint states", joint_states, {}},
    {"S13", "Re-integration before service", reintegration_before_service, {}},
    {"S14", "The stored state is durable and honest", stored_state, {3}},
    {"S15", "STARTUP is ignored in PARTNER-DOWN", startup_ignored, {}},
    {"S16", "Message pairing", message_pairing, {}},
    {"S17", "Window", window, {}},
    {"S18", "No echo and no storm", no_echo_and_no_storm, {}},
    {"S19", "UPDDONE is complete", upddone_is_complete, {3}},
    {"S20", "Deterministic conflict decisions", deterministic_decisions, {5}},
    {"S21", "Convergence of the databases", convergence, {3, 5, 6, 7}},
    {"S22", "Exclusive load balancing", exclusive_load_balancing, {9}},
    {"S23", "Same MCLT", same_mclt, {3}},
    {"S24", "Reported times are true", reported_times, {5}},
    {"S25", "Reservation", reservation, {6}},
    {"S26", "Authentication", authentication, {}},
    {"S27", "Time correction", time_correction, {5}},
    {"S28", "Single connection", single_connection, {}},
    {"S29", "Ownership of DNS records", ownership_of_dns, {2}},
    {"S30", "The bound of RECOVER-WAIT", bound_of_recover_wait, {3}},
    {"L1", "The survivor serves everyone", survivor_serves_everyone, {}},
    {"L2", "Silence is detected", silence_is_detected, {}},
    {"L3", "An idle connection lives", idle_connection_lives, {}},
    {"L4", "An interrupted pair reunites", interrupted_pair_reunites, {}},
    {"L5", "Recovery completes", recovery_completes, {}},
    {"L6", "Two new servers start by themselves", two_new_servers_start, {}},
    {"L7", "POTENTIAL-CONFLICT ends", potential_conflict_ends, {}},
    {"L8", "Service returns if the link breaks in POTENTIAL-CONFLICT", service_returns, {}},
    {"L9", "No update is lost", no_update_is_lost, {}},
    {"L10", "The full lease comes soon", full_lease_comes_soon, {}},
    {"L11", "Ended leases return to the pool", ended_leases_return, {}},
    {"L12", "The secondary gets its share", secondary_gets_its_share, {}},
    {"L13", "The safe period ends", safe_period_ends, {}},
    {"L14", "Reconnecting never stops", reconnecting_never_stops, {}},
    {"L15", "Every BNDUPD is answered", every_bndupd_is_answered, {}},
    {"L16", "STARTUP ends", startup_ends, {}},
    {"L17", "No endless exchange", no_endless_exchange, {}},
    {"L18", "PARTNER-DOWN ends when the partner returns", partner_down_ends, {}},
}};

}  // namespace

std::span<const Predicate> predicates() noexcept {
  return table;
}

const Predicate* find_predicate(std::string_view id) noexcept {
  const auto* found =
      std::find_if(table.begin(), table.end(), [id](const Predicate& p) { return p.id == id; });
  return found == table.end() ? nullptr : found;
}

Judgement judge(const Predicate& predicate, const History& history, const Bounds& bounds) {
  const auto breaks = [&predicate](const Event& event) {
    const auto* broken = as<AssumptionBroken>(event);
    return broken != nullptr && predicate.needs.holds(broken->number);
  };
  const std::span<const Event> events = history.events();
  const auto end = std::find_if(events.begin(), events.end(), breaks);
  if (end == events.end()) return predicate.judge(history, bounds);
  History until;
  for (auto event = events.begin(); event != end; ++event) until.add(*event);
  return predicate.judge(until, bounds);
}

}  // namespace twinlease::model::history
