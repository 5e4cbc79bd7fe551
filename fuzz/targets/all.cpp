#include <array>

#include "fuzz/targets/target.hpp"

namespace twinlease::fuzz {

std::span<const Target* const> all_targets() noexcept {
  static constexpr std::array<const Target*, 6> targets = {
      &failover_message, &framer, &digest, &dhcp4_message, &embedded_options, &server_inputs};
  return targets;
}

}  // namespace twinlease::fuzz
