#include <algorithm>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

namespace {

BindingStatus own_pool(const Standing& standing) {
  return standing.config->role == Role::primary ? BindingStatus::free : BindingStatus::backup;
}

// 9.4.2, A-09, Figure 5.11-1 (1): before that the client, or one that the partner served, may still be there.
Seconds wait_until_s(const Standing& standing, const Lease& lease) {
  return std::max({standing.entered_s, lease.ended() ? lease.start_time_of_state_s : 0,
                   lease.lease_expiration_s, lease.potential_expiration_sent_s,
                   lease.potential_expiration_acked_s, lease.potential_expiration_received_s}) +
         standing.mclt_s;
}

// Available to this server and not on its way to or from the partner. A reserved one is available to
// both.
bool owns(const Standing& standing, const Lease& lease) {
  if (lease.status != own_pool(standing)) return false;
  return standing.config->role == Role::secondary || !lease.untold || lease.reserved;
}

// 5.2.2: the client whose binding ended may have it back where the partner cannot have been told of the end:
// it came when nobody was there to be told.
bool end_is_unsaid(const Standing& standing, const Lease& lease) {
  return lease.untold && !standing.communications_ok && lease.start_time_of_state_s > standing.entered_s;
}

Answer in_partner_down(const Standing& standing, const LeaseQuestion& question) {
  const Lease& lease = *question.lease;
  if (owns(standing, lease)) return {true, "of this server's own pool (9.4.2)"};
  if (!lease.available() && !lease.ended()) return {false, "in use, or unusable (5.11)"};
  if (lease.ended() && same_client(lease.client, *question.client))
    return {true, "PARTNER-DOWN: the client that held it last (9.4.2)"};
  if (question.now_s < wait_until_s(standing, lease))
    return {false, "PARTNER-DOWN: MCLT beyond entry and the times of the binding is not over (9.4.2, A-09)"};
  return {true, "PARTNER-DOWN: MCLT beyond entry and the times of the binding is over (9.4.2)"};
}

}  // namespace

Answer may_allocate(const Standing& standing, const LeaseQuestion& question) {
  const Lease& lease = *question.lease;
  if (!standing.config)
    return lease.available() || lease.ended() ? Answer{true, "available, and the scope is not shared"}
                                              : Answer{false, "in use, or unusable"};
  if (question.now_s < standing.new_clients_from_s)
    return {false, "storage was lost: MCLT has to pass before anybody new gets an address (A-60)"};
  switch (standing.state) {
    case State::partner_down: return in_partner_down(standing, question);
    case State::normal:
    case State::communications_interrupted:
    case State::resolution_interrupted:
    case State::conflict_done: break;
    default: return {false, "no new leases in this state (9)"};
  }
  if (owns(standing, lease)) return {true, "of this server's own pool (5.4)"};
  if (lease.available()) return {false, "the partner's, or on its way (5.4, 9.9.2, A-39)"};
  if (!lease.ended()) return {false, "in use, or unusable (5.11)"};
  if (same_client(lease.client, *question.client) && end_is_unsaid(standing, lease))
    return {true, "the client that held it last, and the partner was not told of the end (5.2.2)"};
  return {false, "over, but the partner has not acknowledged that (5.2.2)"};
}

BindingStatus after_end(const Standing& standing, const Lease& lease, Seconds now_s) {
  if (!lease.ended()) return lease.status;
  if (!standing.config || !lease.untold) return BindingStatus::free;
  if (standing.state != State::partner_down || now_s < wait_until_s(standing, lease)) return lease.status;
  return own_pool(standing);
}

}  // namespace twinlease::core::rules
