#include "model/history/history.hpp"

#include <algorithm>
#include <utility>

namespace twinlease::model::history {

void History::add(Event event) {
  auto place = events_.end();
  while (place != events_.begin() && std::prev(place)->time_ms > event.time_ms) --place;
  events_.insert(place, std::move(event));
}

}  // namespace twinlease::model::history
