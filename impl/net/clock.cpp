#include "impl/net/clock.hpp"

#include <chrono>

namespace twinlease::net {

core::Now read_clocks() {
  using namespace std::chrono;
  return {duration_cast<seconds>(system_clock::now().time_since_epoch()).count(),
          duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()};
}

}  // namespace twinlease::net
