// The abstract history of a run: events in the order of their times.
//
// 1. Times never decrease from one event to the next; of equal times, what was recorded first comes first.
// 2. An event never changes once it is recorded.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/history/event.hpp"

namespace twinlease::model::history {

class History {
 public:
  // An event that is told late (a message read after others) takes the place of its time.
  void add(Event event);

  std::span<const Event> events() const noexcept { return events_; }
  TimeMs begin_ms() const noexcept { return events_.empty() ? 0 : events_.front().time_ms; }
  TimeMs end_ms() const noexcept { return events_.empty() ? 0 : events_.back().time_ms; }

  // Seconds since the first event, for sentences: "12.3 s".
  std::string when(TimeMs time_ms) const { return text_of_seconds(time_ms - begin_ms()); }

 private:
  std::vector<Event> events_;
};

}  // namespace twinlease::model::history
