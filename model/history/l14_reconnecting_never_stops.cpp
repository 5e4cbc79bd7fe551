// L14: a server without a connection keeps trying to make one.
//
// Judged from Attempted and CONNECT, if the history tells of any attempt at all: undecided else. The pause
// between two attempts of a running server, from the loss of the connection on, stays within the bound for
// retries. Evidence: pauses that ended, or lasted too long.
#include <array>

#include "model/history/due.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement reconnecting_never_stops(const History& history, const Bounds& bounds) {
  Findings out("L14", history);
  Standing standing;
  std::array<Due, 2> due{Due(out, "the primary had not tried to connect"),
                         Due(out, "the secondary had not tried to connect")};
  std::array<bool, 2> tells{};
  for (const Event& event : history.events())
    if (const auto* attempt = as<Attempted>(event)) tells[index_of(attempt->from)] = true;
  std::uint64_t attempts = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (Due& one : due) one.check(i);
    standing.apply(event, i);
    for (const Server server : both_servers) {
      Due& one = due[index_of(server)];
      const auto* attempt = as<Attempted>(event);
      if (attempt != nullptr && attempt->from == server) {
        ++attempts;
        one.met(i);
      }
      const std::optional<State> last = standing.last(server);
      if (standing.connected() || !standing.running(server) || last == State::shutdown ||
          last == State::paused) {
        one.cancel();
      } else if (tells[index_of(server)]) {
        one.begin(i, bounds.retry_ms);
      }
    }
  }
  const bool told = tells[0] || tells[1];
  return out.judgement({{"attempts", attempts},
                        {"seconds, the longest pause", std::max(due[0].longest_s(), due[1].longest_s())}},
                       history.events().empty() || told ? "" : "attempts to connect");
}

}  // namespace twinlease::model::history
