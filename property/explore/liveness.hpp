// From every world that can be reached, if faults stop: is there still a way back to service?
#pragma once

#include <cstdint>
#include <optional>

#include "property/explore/search.hpp"

namespace twinlease::explore {

// Both in NORMAL, communications ok, nothing under way and nothing untold (L4 to L9, L18). An update that was
// rejected may be left: the draft does not say that anybody sends it again on the same connection.
bool back_in_service(const Scope&, const World&);

// Each server has an address that it can give to a new client (L12). A single address can be in one pool
// only, and the primary keeps the odd one (7.6.2): it has to be in one of them.
bool pools_usable(const Scope&, const World&);

// A world that is to be reached from everywhere, and the worlds from which it is not.
struct Target {
  std::uint64_t reached = 0;      // worlds that are as they should be
  std::uint64_t stuck = 0;        // worlds from which none of those can be reached
  std::optional<Handle> nearest;  // a stuck world that was reached as early as any
};

struct Liveness {
  std::uint64_t worlds = 0;
  Target service;  // back_in_service
  Target pools;    // and pools_usable
  bool stuck() const { return service.stuck != 0 || pools.stuck != 0; }
};

// Looks at the worlds of a search that ended by itself, with that many threads. Stuck is a world from which
// no sequence of steps without a crash, a cut, a loss or a command leads back to service: time passes,
// messages arrive, servers start, connect and do what is due.
Liveness liveness(const Scope&, Store&, unsigned threads);
// The memory that it will need at most, that of the store included.
std::uint64_t liveness_octets(const Result&);

}  // namespace twinlease::explore
