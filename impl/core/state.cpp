#include "impl/core/state.hpp"

#include <array>

namespace twinlease::core {

std::string_view name(State state) {
  static constexpr std::array<std::string_view, state_count> names = {"STARTUP",
                                                                      "NORMAL",
                                                                      "COMMUNICATIONS-INTERRUPTED",
                                                                      "PARTNER-DOWN",
                                                                      "POTENTIAL-CONFLICT",
                                                                      "RESOLUTION-INTERRUPTED",
                                                                      "CONFLICT-DONE",
                                                                      "RECOVER",
                                                                      "RECOVER-WAIT",
                                                                      "RECOVER-DONE",
                                                                      "PAUSED",
                                                                      "SHUTDOWN"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace twinlease::core
