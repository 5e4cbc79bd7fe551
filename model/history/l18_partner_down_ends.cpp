// L18: a server in PARTNER-DOWN whose partner has completed its recovery ends in NORMAL.
//
// Due within the settling time after the partner said RECOVER-DONE on a connection that lasts. Evidence: such
// returns.
#include <array>

#include "model/history/due.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement partner_down_ends(const History& history, const Bounds& bounds) {
  Findings out("L18", history);
  Standing standing;
  std::array<Due, 2> due{Due(out, "the primary was not in NORMAL"),
                         Due(out, "the secondary was not in NORMAL")};
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (Due& one : due) one.check(i);
    standing.apply(event, i);
    for (const Server server : both_servers) {
      Due& one = due[index_of(server)];
      const auto* said = as<StateSaid>(event);
      if (!standing.connected() || standing.faulty() || as<Process>(event) != nullptr) {
        one.cancel();
      } else if (standing.state(server) == State::normal) {
        one.met(i);
      } else if (said != nullptr && said->server != server && said->state == State::recover_done &&
                 !said->startup && standing.state(server) == State::partner_down) {
        one.begin(i, bounds.settle_ms);
      }
    }
  }
  return out.judgement({{"returns of a partner", due[0].times_met() + due[1].times_met()}});
}

}  // namespace twinlease::model::history
