#include <algorithm>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

namespace {

// The record of a lease that the partner gave or extended. Of the same binding the later times stay (7.1.5):
// one that was renewed at both servers is whole only with both.
Lease leased(const Lease& own, const Lease& received) {
  Lease merged = received;
  merged.reserved = own.reserved;
  merged.untold = false;
  merged.potential_expiration_sent_s = merged.potential_expiration_acked_s = 0;
  if (!continues_binding(own, received.client)) return merged;

  merged.potential_expiration_sent_s = own.potential_expiration_sent_s;
  merged.potential_expiration_acked_s = own.potential_expiration_acked_s;
  merged.potential_expiration_received_s =
      std::max(own.potential_expiration_received_s, received.potential_expiration_received_s);
  if (!merged.details) merged.details = own.details;
  if (own.status != BindingStatus::active) return merged;

  merged.lease_expiration_s = std::max(own.lease_expiration_s, received.lease_expiration_s);
  merged.client_last_transaction_s =
      std::max(own.client_last_transaction_s, received.client_last_transaction_s);
  merged.start_time_of_state_s = own.start_time_of_state_s;
  // What this server told the client after that is still to be told to the partner.
  merged.untold = own.untold && (own.lease_expiration_s > received.lease_expiration_s ||
                                 own.client_last_transaction_s > received.client_last_transaction_s);
  return merged;
}

Lease abandoned(const Lease& own, const Lease& received) {
  Lease merged;
  merged.address = own.address;
  merged.status = BindingStatus::abandoned;
  merged.reserved = own.reserved;
  merged.start_time_of_state_s = received.start_time_of_state_s;
  return merged;
}

// FREE or BACKUP, or over and so FREE here at once (5.11).
Lease given_up(const Lease& own, const Lease& received, Seconds now_s, bool primary) {
  Lease merged = made_available(own, BindingStatus::free, now_s);
  if (!received.client.none()) {
    merged.client = received.client;
    merged.client_last_transaction_s = received.client_last_transaction_s;
    merged.bootp = received.bootp;
  }
  if (received.details) merged.details = received.details;
  merged.untold = false;
  // A reserved address is FREE for the primary and BACKUP for the secondary, which has to hear of it (5.13).
  if (primary && own.reserved)
    merged.untold = received.status != BindingStatus::backup;
  else if (received.status == BindingStatus::backup)
    merged.status = BindingStatus::backup;
  return merged;
}

}  // namespace

Lease merge(const Standing& standing, const UpdateQuestion& question) {
  const Lease& own = *question.own;
  const Lease& received = *question.received;
  const bool primary = standing.config->role == Role::primary;
  if (received.status == BindingStatus::active) return leased(own, received);
  if (received.status == BindingStatus::abandoned) return abandoned(own, received);
  // The two crossed: who owns an available address is the primary's word (5.4), and the secondary has not
  // heard its last one yet. Taking up the older word here would let both own the address.
  if (primary && own.available() && own.untold) return own;
  return given_up(own, received, question.now_s, primary);
}

}  // namespace twinlease::core::rules
