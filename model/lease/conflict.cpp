#include "model/lease/conflict.hpp"

#include <algorithm>

namespace twinlease::model {
namespace {

using enum CellRule;

// Columns: free, active, expired, released, abandoned, reset, backup received. A row of the figure is a row
// here.
constexpr CellRule kFigure[kBindingStatuses][kBindingStatuses] = {
    /* free      */ {accept, accept, accept, accept, accept, accept, accept},
    /* active    */
    {lease_over, same_client_or_secondary, lease_over, later_transaction, accept, accept, lease_over},
    /* expired   */ {accept, later_transaction, accept, accept, accept, accept, accept},
    /* released  */ {accept, later_transaction, later_transaction, accept, accept, accept, accept},
    /* abandoned */ {reject, reject, reject, reject, accept, accept, reject},
    /* reset     */ {accept, transaction_after_state, accept, accept, accept, accept, accept},
    /* backup    */ {accept, accept, accept, accept, accept, accept, accept},
};

constexpr int index(BindingStatus status) {
  return static_cast<int>(status) - 1;
}

// FO-7.1.3-07, FO-7.1.3-08: none is never later; any is later than none; equal is not later.
constexpr bool later(std::optional<Seconds> received, std::optional<Seconds> ours) {
  return received && (!ours || *received > *ours);
}

}  // namespace

CellRule cell(BindingStatus ours, BindingStatus received) {
  return kFigure[index(ours)][index(received)];
}

std::optional<RejectReason> judge(const Binding& ours, const Update& update, Role role, Seconds now) {
  auto unless = [](bool good, RejectReason reason) { return good ? std::nullopt : std::optional(reason); };
  if (update.status == BindingStatus::backup && update.reserved && !ours.reserved &&
      cell(ours.status, update.status) == CellRule::accept)
    return RejectReason::not_reserved;  // FO-7.1.3-11
  switch (cell(ours.status, update.status)) {
    case CellRule::accept: return std::nullopt;
    case later_transaction:
      return unless(later(update.client_last_transaction, ours.client_last_transaction),
                    RejectReason::outdated);
    case lease_over: return unless(now > ours.lease_expiration, RejectReason::outdated);
    case transaction_after_state:
      return unless(later(update.client_last_transaction, ours.start_of_state), RejectReason::outdated);
    case reject: return RejectReason::less_critical;
    case same_client_or_secondary:
      return unless(update.client == ours.client || role == Role::secondary, RejectReason::fatal_conflict);
  }
  return std::nullopt;
}

Binding accept(const Binding& ours, const Update& update, Seconds now) {
  switch (update.status) {
    case BindingStatus::active: {
      const bool same = ours.status == BindingStatus::active && ours.client == update.client;
      Binding binding = same ? ours : Binding{};  // of another client nothing is kept
      binding.status = BindingStatus::active;
      binding.client = update.client;
      binding.start_of_state = same ? ours.start_of_state : now;
      binding.reserved = ours.reserved;
      if (update.lease_expiration >=
          binding.lease_expiration) {  // FO-7.1.5-02: only ever raised for one client
        binding.lease_expiration = update.lease_expiration;
        binding.partner_has_expiration = true;
        binding.given_alone = false;
      }
      binding.received_potential = std::max(binding.received_potential, update.potential_expiration);
      if (update.client_last_transaction)
        binding.client_last_transaction =
            std::max(binding.client_last_transaction.value_or(0), *update.client_last_transaction);
      return binding;
    }
    case BindingStatus::expired:
    case BindingStatus::released:
    case BindingStatus::reset:
    case BindingStatus::free: return made_available(ours, BindingStatus::free, now);  // 5.11, A-40
    case BindingStatus::backup: return made_available(ours, BindingStatus::backup, now);
    case BindingStatus::abandoned: {
      Binding binding = made_available(ours, BindingStatus::abandoned, now);
      binding.client = 0;  // 5.11: no client identification
      return binding;
    }
  }
  return ours;
}

}  // namespace twinlease::model
