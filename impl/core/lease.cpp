#include "impl/core/lease.hpp"

namespace twinlease::core {

bool same_client(const Client& a, const Client& b) {
  if (!a.identifier.empty() && !b.identifier.empty()) return a.identifier == b.identifier;
  return a.hardware.size != 0 && a.hardware == b.hardware;
}

}  // namespace twinlease::core
