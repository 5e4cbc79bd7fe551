#include "impl/core/lease.hpp"

namespace twinlease::core {

bool same_client(const Client& a, const Client& b) {
  if (!a.identifier.empty() && !b.identifier.empty()) return a.identifier == b.identifier;
  return a.hardware.size != 0 && a.hardware == b.hardware;
}

std::string text(Ipv4 a) {
  return std::to_string(a.value >> 24) + '.' + std::to_string(a.value >> 16 & 255) + '.' +
         std::to_string(a.value >> 8 & 255) + '.' + std::to_string(a.value & 255);
}

}  // namespace twinlease::core
