// What the binding-status of an address becomes: the arrows of Figure 5.11-1 and the sentences around it, as
// a numbered table. Whether and when a server may do such a thing is asked of allocation.hpp; what becomes of
// an address whose BNDUPD was accepted, of conflict.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/lease/binding.hpp"

namespace twinlease::model {

enum class StatusEvent : std::uint8_t {
  lease_given,            // DHCPACK to a client
  lease_over,             // and the grace period too, where there is one
  client_released,        // DHCPRELEASE
  found_unusable,         // DHCPDECLINE, an answered ping
  operator_reset,         // made available by command, or out of ABANDONED (note 3)
  given_to_secondary,     // at the primary: BNDUPD(BACKUP) goes out
  taken_back,             // at the primary: BNDUPD(FREE) was accepted
  reservation_cancelled,  // 5.13
  acknowledged,           // BNDACK without a reject-reason
  rejected,               // BNDACK with one
  wait_over,              // PARTNER-DOWN: the server goes on without its partner (notes 1 and 2)
};

struct Transition {
  std::string_view id;                // of model/spec/binding-states.csv
  std::optional<BindingStatus> from;  // none: from each
  StatusEvent on;
  BindingStatus next;
};

inline constexpr auto kTransitions = [] {
  using enum BindingStatus;
  using enum StatusEvent;
  return std::to_array<Transition>({
      {"BT-02", free, lease_given, active},  // by the primary
      {"BT-03", free, lease_given, active},  // by the secondary in PARTNER-DOWN
      {"BT-04", free, given_to_secondary, backup},
      {"BT-07", free, wait_over, backup},
      {"BT-08", backup, taken_back, free},
      {"BT-10", backup, reservation_cancelled, free},
      {"BT-11", free, reservation_cancelled, free},
      {"BT-12", backup, lease_given, active},  // by the secondary
      {"BT-13", backup, lease_given, active},  // by the primary in PARTNER-DOWN
      {"BT-14", active, lease_given, active},
      {"BT-16", active, lease_over, expired},
      {"BT-17", active, client_released, released},
      {"BT-18", expired, acknowledged, free},
      {"BT-19", released, acknowledged, free},
      {"BT-20", reset, acknowledged, free},
      {"BT-24", expired, wait_over, free},
      {"BT-25", released, wait_over, free},
      {"BT-26", reset, wait_over, free},
      {"BT-27", expired, lease_given, active},  // to the same client
      {"BT-28", released, lease_given, active},
      {"BT-31", {}, found_unusable, abandoned},
      {"BT-33", abandoned, operator_reset, reset},
      {"BT-34", {}, operator_reset, reset},
      {"BT-43", expired, wait_over, free},  // of a lease given alone, at once
      {"BT-46", expired, rejected, expired},
      {"BT-47", released, rejected, released},
      {"BT-48", reset, rejected, reset},
      {"BT-49", released, wait_over, free},
  });
}();

// The status after the event; nothing if there is no such transition.
constexpr std::optional<BindingStatus> next_status(BindingStatus from, StatusEvent on) {
  for (const Transition& row : kTransitions)
    if (row.on == on && row.from.value_or(from) == from) return row.next;
  return std::nullopt;
}

}  // namespace twinlease::model
