// The two clocks that the shell reads for the core. The core itself never asks what time it is.
#pragma once

#include <cstdint>

namespace twinlease::core {

// Seconds since 1970 on this server's clock; 0: there is no such time.
using Seconds = std::int64_t;
// Milliseconds of a clock that never jumps. For time-outs only: it means nothing after a restart.
using Milliseconds = std::int64_t;

struct Now {
  Seconds wall_s = 0;
  Milliseconds monotonic_ms = 0;
};

// There is no such deadline.
inline constexpr Milliseconds never = INT64_MAX;

}  // namespace twinlease::core
