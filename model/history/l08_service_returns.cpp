// L8: a server that loses its partner in POTENTIAL-CONFLICT goes to RESOLUTION-INTERRUPTED and serves clients
// again.
//
// Judged from tReceive after the loss on, while the two are apart: a client that it heard asking twice within
// the time for an answer, and left alone, shows that it does not. Nobody is served from an exhausted pool.
// Evidence: clients answered or left alone.
#include <map>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement service_returns(const History& history, const Bounds& bounds) {
  Findings out("L8", history);
  Standing standing;
  std::array<std::optional<std::size_t>, 2> lost;        // the loss, in POTENTIAL-CONFLICT
  std::array<std::map<Client, std::size_t>, 2> waiting;  // since which DISCOVER
  const auto over = [&](Server server) {
    lost[index_of(server)].reset();
    waiting[index_of(server)].clear();
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (const Server server : both_servers) {
      const auto* connection = as<Connection>(event);
      if (connection != nullptr && !connection->up && standing.last(server) == State::potential_conflict &&
          standing.running(server))
        lost[index_of(server)] = i;
      if (connection != nullptr && connection->up) over(server);
      if (const auto* process = as<Process>(event); process != nullptr && process->server == server)
        over(server);
    }
    standing.apply(event, i);
    for (const Server server : both_servers) {
      const std::optional<std::size_t> since = lost[index_of(server)];
      if (!since || standing.exhausted() ||
          event.time_ms < out.time_ms(*since) + bounds.receive_timer_ms + bounds.settle_ms)
        continue;
      auto& clients = waiting[index_of(server)];
      if (const auto* offer = as<Offered>(event)) {
        if (offer->server == server && clients.erase(offer->client) > 0) out.examine();
      } else if (const auto* asked = as<Discovered>(event)) {
        if (!holds(asked->heard_by, server)) continue;
        const auto [place, is_new] = clients.try_emplace(asked->client, i);
        if (is_new || event.time_ms - out.time_ms(place->second) < bounds.answer_ms) continue;
        out.examine();
        out.found(i, {*since, place->second},
                  "the " + std::string(name(server)) + ", parted in POTENTIAL-CONFLICT, left " +
                      text(asked->client) + " unanswered");
        place->second = i;
      }
    }
  }
  return out.judgement({{"clients that asked", out.examined()}});
}

}  // namespace twinlease::model::history
