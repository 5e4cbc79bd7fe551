// How far the partner's clock is from ours, from the times of its messages (5.10).
#pragma once

#include "impl/core/time.hpp"

namespace twinlease::core {

class ClockDifference {
 public:
  static constexpr Seconds drastic_s = 5;  // a change that nobody takes for network delay or drift

  // The first message of a connection: received_s by our clock, sent_s by the sender's.
  void begin(Seconds received_s, Seconds sent_s) { eighths_ = 8 * (received_s - sent_s); }
  // A later one; true: the difference has changed drastically, and begins anew.
  bool refine(Seconds received_s, Seconds sent_s) {
    const Seconds now_s = received_s - sent_s;
    const Seconds change_s = now_s - seconds();
    if (change_s > drastic_s || change_s < -drastic_s) {
      begin(received_s, sent_s);
      return true;
    }
    eighths_ += (8 * now_s - eighths_) / 8;
    return false;
  }
  // What to add to a time of the partner to have it on our clock.
  Seconds seconds() const { return (eighths_ + (eighths_ < 0 ? -4 : 4)) / 8; }

 private:
  Seconds eighths_ = 0;
};

}  // namespace twinlease::core
