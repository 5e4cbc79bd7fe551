// The machine's two clocks, read once for each input.
#pragma once

#include "impl/core/time.hpp"

namespace twinlease::net {

core::Now read_clocks();

}  // namespace twinlease::net
