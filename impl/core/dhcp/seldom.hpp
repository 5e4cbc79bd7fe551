// At most one event in a while, whatever the network sends.
#pragma once

#include <cstdint>

#include "impl/core/time.hpp"

namespace twinlease::core {

class Seldom {
 public:
  explicit Seldom(Milliseconds between_ms) : between_ms_(between_ms) {}

  // One more: true if it may be told now.
  bool due(Milliseconds now_ms) {
    ++since_;
    if (total_++ != 0 && now_ms - last_ms_ < between_ms_) return false;
    last_ms_ = now_ms;
    told_ = since_;
    since_ = 0;
    return true;
  }
  std::uint64_t told() const { return told_; }    // how many the last one told stands for
  std::uint64_t total() const { return total_; }  // all there were

 private:
  Milliseconds between_ms_;
  Milliseconds last_ms_ = 0;
  std::uint64_t since_ = 0, told_ = 0, total_ = 0;
};

}  // namespace twinlease::core
