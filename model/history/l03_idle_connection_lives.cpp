// L3: on a healthy connection the gap between two messages of a server stays below its partner's
// receive-timer.
//
// Judged where nothing is in the way: no cut, both run. The receive-timer is the one that the partner
// announced, else the bound. Evidence: gaps of at least a fifth of it, since shorter ones are no idleness
//
#include <array>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement idle_connection_lives(const History& history, const Bounds& bounds) {
  Findings out("L3", history);
  Standing standing;
  std::array<std::optional<std::size_t>, 2> last;  // what each server sent last on this connection
  std::array<TimeMs, 2> receive_timer_ms{bounds.receive_timer_ms, bounds.receive_timer_ms};
  TimeMs longest_ms = 0;
  const auto gap = [&](Server server, std::size_t event) {
    if (!last[index_of(server)]) return;
    const TimeMs gap_ms = out.time_ms(event) - out.time_ms(*last[index_of(server)]);
    const TimeMs limit_ms = receive_timer_ms[index_of(partner_of(server))];
    if (gap_ms * 5 < limit_ms) return;
    out.examine();
    longest_ms = std::max(longest_ms, gap_ms);
    if (gap_ms > limit_ms + bounds.eps_ms)
      out.found(event, {*last[index_of(server)]},
                "the " + std::string(name(server)) + " said nothing for " + text_of_seconds(gap_ms) +
                    ", its partner's receive-timer is " + text_of_seconds(limit_ms));
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    const auto announces = [&](Server from, std::uint32_t seconds) {
      if (seconds != 0) receive_timer_ms[index_of(from)] = TimeMs{seconds} * 1000;
    };
    if (const auto* connect = as<ConnectSaid>(event)) announces(connect->from, connect->receive_timer_s);
    if (const auto* answer = as<ConnectAnswered>(event)) announces(answer->from, answer->receive_timer_s);
    standing.apply(event, i);
    if (as<Connection>(event) != nullptr || as<Process>(event) != nullptr || as<Fault>(event) != nullptr ||
        standing.faulty()) {
      last = {};
      const auto* connection = as<Connection>(event);
      if (connection != nullptr && connection->up && !standing.faulty()) last = {i, i};
    } else if (const std::optional<Server> from = sender(event); from && standing.connected()) {
      gap(*from, i);
      last[index_of(*from)] = i;
    }
  }
  if (!history.events().empty())
    for (const Server server : both_servers) gap(server, history.events().size() - 1);
  return out.judgement(
      {{"gaps", out.examined()}, {"seconds, the longest", static_cast<std::uint64_t>(longest_ms / 1000)}});
}

}  // namespace twinlease::model::history
