// Whether to accept a binding update transaction: Figure 7.1.3-1 as a numbered truth table, and what
// accepting does.
#pragma once

#include <optional>

#include "model/lease/binding.hpp"

namespace twinlease::model {

// One transaction of a BNDUPD, times already on the receiver's clock (5.10, 7.8.2).
struct Update {
  BindingStatus status = BindingStatus::free;
  ClientId client = 0;
  Seconds lease_expiration = 0;
  Seconds potential_expiration = 0;
  std::optional<Seconds> client_last_transaction;
  bool reserved = false;  // IP-flags R (12.12)
};

enum class RejectReason : std::uint8_t {  // 12.21
  illegal_ip_address = 1,
  fatal_conflict = 2,
  missing_binding_information = 3,
  outdated = 15,
  less_critical = 16,
  not_reserved = 19,
};

// One cell of the figure.
enum class CellRule : std::uint8_t {
  accept,
  later_transaction,         // time(1): of the client, in the BNDUPD than in our binding
  lease_over,                // time(2): now later than our lease-expiration-time
  transaction_after_state,   // time(3): of the client, later than our start-time-of-state
  reject,                    // (4)
  same_client_or_secondary,  // (5)
};
CellRule cell(BindingStatus ours, BindingStatus received);

// Why the update has to be rejected, or nothing if it is to be accepted. The address is one of the endpoint's
// and the transaction has what its binding-status needs: both are looked at before (FO-7.1.3-01,
// FO-7.1.3-02).
std::optional<RejectReason> judge(const Binding& ours, const Update&, Role, Seconds now);

// Our binding after the update was accepted (7.1.4, 7.1.5, 5.11).
Binding accept(const Binding& ours, const Update&, Seconds now);

}  // namespace twinlease::model
