// From every world that can be reached, if faults stop: is there still a way back to service?
#pragma once

#include <cstdint>
#include <optional>

#include "property/explore/search.hpp"

namespace twinlease::explore {

struct Liveness {
  std::uint64_t worlds = 0, good = 0, stuck = 0;
  std::optional<Handle> nearest;  // the stuck world that was reached first
};

// Both in NORMAL, communications ok, nothing under way and nothing untold (L4 to L9, L18). An update that was
// rejected may be left: the draft does not say that anybody sends it again on the same connection.
bool back_in_service(const World&);

// Looks at the worlds of a search that ended by itself. Stuck is a world from which no sequence of steps
// without a crash, a cut, a loss or a command leads back to service: time passes, messages arrive, servers
// start, connect and do what is due.
Liveness liveness(const Scope&, const Store&);

}  // namespace twinlease::explore
