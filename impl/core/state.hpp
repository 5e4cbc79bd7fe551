// The states of a failover endpoint (9).
#pragma once

#include <cstdint>
#include <string_view>

namespace twinlease::core {

enum class State : std::uint8_t {
  startup,
  normal,
  communications_interrupted,
  partner_down,
  potential_conflict,
  resolution_interrupted,
  conflict_done,
  recover,
  recover_wait,
  recover_done,
  paused,
  shutdown,
};
inline constexpr int state_count = 12;

// "COMMUNICATIONS-INTERRUPTED"
std::string_view name(State);

}  // namespace twinlease::core
