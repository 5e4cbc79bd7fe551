// When to open the next connection: at once after one is lost, ever less often while that fails, and not for
// a minute or two after a refusal. (7.9, 7.12, 8.2, 8.6, A-22)
#pragma once

#include <algorithm>

#include "impl/core/random.hpp"
#include "impl/core/time.hpp"

namespace twinlease::core {

class Reconnect {
 public:
  static constexpr Milliseconds least_ms = 2'000;  // from one attempt to the next
  static constexpr Milliseconds most_ms = 30'000;
  static constexpr Milliseconds pause_ms = 10'000;       // after a first DISCONNECT
  static constexpr Milliseconds patience_ms = 60'000;    // after a refusal, or more than one DISCONNECT
  static constexpr Milliseconds forgotten_ms = 300'000;  // communications were ok for so long: begin anew
  static constexpr Milliseconds answer_ms = 30'000;      // an attempt without any outcome has failed

  bool waiting() const { return attempt_; }  // for the outcome of an attempt
  void begin(Milliseconds now_ms) { due_ms_ = now_ms; }
  void asked(Milliseconds now_ms) {
    attempt_ = true;
    asked_ms_ = now_ms;
  }
  void connected() { attempt_ = false; }
  void settled(Milliseconds now_ms) {  // communications are ok
    attempt_ = false;
    delay_ms_ = least_ms;
    settled_ms_ = now_ms;
  }
  void failed(Milliseconds now_ms, Random& random) {
    attempt_ = false;
    patient_ = false;
    due_ms_ = now_ms + delay_ms_ + static_cast<Milliseconds>(random.below(least_ms / 4));
    delay_ms_ = std::min(2 * delay_ms_, most_ms);
  }
  void lost(Milliseconds now_ms) {
    attempt_ = false;
    patient_ = false;
    due_ms_ = std::max(now_ms, asked_ms_ + least_ms);
  }
  // hard: not even a partner that is seen to be there makes it try earlier.
  void refused(Milliseconds now_ms, bool hard, Random& random) {
    attempt_ = false;
    patient_ = hard;
    if (settled_ms_ != never && now_ms - settled_ms_ > forgotten_ms) refusals_ = 0;
    settled_ms_ = never;
    const Milliseconds wait_ms = refusals_ == 0 && !hard ? pause_ms : patience_ms * std::max(refusals_, 1);
    refusals_ = std::min(refusals_ + 1, 2);
    due_ms_ = now_ms + wait_ms + static_cast<Milliseconds>(random.below(least_ms));
  }
  // The partner may be there: it has opened a connection (8.2).
  void stimulus(Milliseconds now_ms) {
    if (!patient_) due_ms_ = std::min(due_ms_, std::max(now_ms, asked_ms_ + least_ms));
  }
  void stop() { due_ms_ = never; }
  Milliseconds due_ms() const { return attempt_ ? asked_ms_ + answer_ms : due_ms_; }

 private:
  bool attempt_ = false;
  bool patient_ = false;
  int refusals_ = 0;
  Milliseconds settled_ms_ = never;  // since when communications are ok; never: they are not
  Milliseconds asked_ms_ = -least_ms;
  Milliseconds due_ms_ = never;
  Milliseconds delay_ms_ = least_ms;
};

}  // namespace twinlease::core
