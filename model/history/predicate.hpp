// The invariants of docs/invariants.md as predicates over a history, by id.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "model/history/bounds.hpp"
#include "model/history/history.hpp"
#include "model/history/judgement.hpp"

namespace twinlease::model::history {

using Judge = Judgement (*)(const History&, const Bounds&);

class Assumptions {  // a set of AS1 to AS10
 public:
  constexpr Assumptions() = default;
  constexpr Assumptions(std::initializer_list<unsigned> numbers) {
    for (const unsigned number : numbers) bits_ |= 1U << number;
  }
  constexpr bool holds(unsigned number) const noexcept { return (bits_ >> number & 1U) != 0; }

 private:
  std::uint32_t bits_ = 0;
};

struct Predicate {
  std::string_view id;     // "S1"
  std::string_view title;  // as its heading has it
  Judge judge = nullptr;
  Assumptions needs{};  // as its "Needs" has them
};

Judgement mutual_exclusion(const History& history, const Bounds& bounds);                // S1
Judgement lead_time_bound(const History& history, const Bounds& bounds);                 // S2
Judgement partner_knowledge(const History& history, const Bounds& bounds);               // S3
Judgement ack_after_commit(const History& history, const Bounds& bounds);                // S4
Judgement lease_after_commit(const History& history, const Bounds& bounds);              // S5
Judgement disjoint_pools(const History& history, const Bounds& bounds);                  // S6
Judgement own_pool_only(const History& history, const Bounds& bounds);                   // S7
Judgement reallocation_needs_the_partner(const History& history, const Bounds& bounds);  // S8
Judgement waits_in_partner_down(const History& history, const Bounds& bounds);           // S9
Judgement silence(const History& history, const Bounds& bounds);                         // S10
Judgement partner_down_deliberately(const History& history, const Bounds& bounds);       // S11
Judgement joint_states(const History& history, const Bounds& bounds);                    // S12
Judgement reintegration_before_service(const History& history, const Bounds& bounds);    // S13
Judgement stored_state(const History& history, const Bounds& bounds);                    // S14
Judgement startup_ignored(const History& history, const Bounds& bounds);                 // S15
Judgement message_pairing(const History& history, const Bounds& bounds);                 // S16
Judgement window(const History& history, const Bounds& bounds);                          // S17
Judgement no_echo_and_no_storm(const History& history, const Bounds& bounds);            // S18
Judgement upddone_is_complete(const History& history, const Bounds& bounds);             // S19
Judgement deterministic_decisions(const History& history, const Bounds& bounds);         // S20
Judgement convergence(const History& history, const Bounds& bounds);                     // S21
Judgement exclusive_load_balancing(const History& history, const Bounds& bounds);        // S22
Judgement same_mclt(const History& history, const Bounds& bounds);                       // S23
Judgement reported_times(const History& history, const Bounds& bounds);                  // S24
Judgement reservation(const History& history, const Bounds& bounds);                     // S25
Judgement authentication(const History& history, const Bounds& bounds);                  // S26
Judgement time_correction(const History& history, const Bounds& bounds);                 // S27
Judgement single_connection(const History& history, const Bounds& bounds);               // S28
Judgement ownership_of_dns(const History& history, const Bounds& bounds);                // S29
Judgement bound_of_recover_wait(const History& history, const Bounds& bounds);           // S30

Judgement survivor_serves_everyone(const History& history, const Bounds& bounds);   // L1
Judgement silence_is_detected(const History& history, const Bounds& bounds);        // L2
Judgement idle_connection_lives(const History& history, const Bounds& bounds);      // L3
Judgement interrupted_pair_reunites(const History& history, const Bounds& bounds);  // L4
Judgement recovery_completes(const History& history, const Bounds& bounds);         // L5
Judgement two_new_servers_start(const History& history, const Bounds& bounds);      // L6
Judgement potential_conflict_ends(const History& history, const Bounds& bounds);    // L7
Judgement service_returns(const History& history, const Bounds& bounds);            // L8
Judgement no_update_is_lost(const History& history, const Bounds& bounds);          // L9
Judgement full_lease_comes_soon(const History& history, const Bounds& bounds);      // L10
Judgement ended_leases_return(const History& history, const Bounds& bounds);        // L11
Judgement secondary_gets_its_share(const History& history, const Bounds& bounds);   // L12
Judgement safe_period_ends(const History& history, const Bounds& bounds);           // L13
Judgement reconnecting_never_stops(const History& history, const Bounds& bounds);   // L14
Judgement every_bndupd_is_answered(const History& history, const Bounds& bounds);   // L15
Judgement startup_ends(const History& history, const Bounds& bounds);               // L16
Judgement no_endless_exchange(const History& history, const Bounds& bounds);        // L17
Judgement partner_down_ends(const History& history, const Bounds& bounds);          // L18

std::span<const Predicate> predicates() noexcept;
const Predicate* find_predicate(std::string_view id) noexcept;  // nullptr: none of that id

// What the predicate says of the history as far as its assumptions hold: up to the first AssumptionBroken
// that it needs.
Judgement judge(const Predicate& predicate, const History& history, const Bounds& bounds);

}  // namespace twinlease::model::history
