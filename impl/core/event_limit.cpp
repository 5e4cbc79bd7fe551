#include "impl/core/event_limit.hpp"

#include <algorithm>

namespace twinlease::core {

namespace {

bool always_told(EventId id) {
  switch (id) {
    case EventId::state_change:
    case EventId::state_change_bad:
    case EventId::state_change_first:
    case EventId::state_change_first_bad:
    case EventId::storage_failed:
    case EventId::storage_recovered:
    case EventId::dropped: return true;
    default: return false;
  }
}

}  // namespace

bool EventLimit::leave_out(const Output& output) {
  const auto* event = std::get_if<Event>(&output);
  if (event == nullptr || always_told(event->id)) return false;
  if (told_ < a_second) {
    ++told_;
    return false;
  }
  ++dropped_;
  return true;
}

void EventLimit::apply(Outputs& outputs, std::size_t first, Milliseconds now_ms) {
  if (now_ms - second_ms_ >= 1000) {
    second_ms_ = now_ms;
    told_ = 0;
    if (dropped_ != 0)
      outputs.emplace_back(
          Event{EventId::dropped, Level::warning, {}, std::to_string(dropped_) + " events were left out"});
    dropped_ = 0;
  }
  const auto begin = outputs.begin() + static_cast<std::ptrdiff_t>(first);
  outputs.erase(
      std::remove_if(begin, outputs.end(), [this](const Output& output) { return leave_out(output); }),
      outputs.end());
}

}  // namespace twinlease::core
