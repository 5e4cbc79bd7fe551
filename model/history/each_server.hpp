// The walk over a history of what each server owes by itself: a Due for each, checked before every event.
#pragma once

#include <array>

#include "model/history/due.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

// After every event, once for each server: judge(Due& its, Server, const Standing&, const Event&, std::size_t
// event). due: the primary's, the secondary's.
template <class Judge>
void for_each_server(const History& history, std::array<Due, 2>& due, Judge judge) {
  Standing standing;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (Due& one : due) one.check(i);
    standing.apply(event, i);
    for (const Server server : both_servers) judge(due[index_of(server)], server, standing, event, i);
  }
}

}  // namespace twinlease::model::history
