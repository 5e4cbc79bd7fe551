// At most so many events a second leave the core; of the others only their number does. A change of state, or
// trouble with storage, is always told.
#pragma once

#include "impl/core/io.hpp"

namespace twinlease::core {

class EventLimit {
 public:
  static constexpr int a_second = 50;

  // Removes what is too much from the outputs of one input: those from `first` on.
  void apply(Outputs& outputs, std::size_t first, Milliseconds now_ms);
  // When events that were left out are told of at the latest.
  Milliseconds next_deadline() const { return dropped_ == 0 ? never : second_ms_ + 1000; }

 private:
  bool leave_out(const Output&);

  Milliseconds second_ms_ = 0;  // when the running second began
  int told_ = 0;                // in it
  std::uint64_t dropped_ = 0;
};

}  // namespace twinlease::core
