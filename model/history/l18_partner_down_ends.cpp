// L18: a server in PARTNER-DOWN whose partner has completed its recovery ends in NORMAL.
//
// Due within the settling time after the partner said RECOVER-DONE on a connection that lasts. Evidence: such
// returns.
#include "model/history/each_server.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

Judgement partner_down_ends(const History& history, const Bounds& bounds) {
  Findings out("L18", history);
  std::array<Due, 2> due{Due(out, "the primary was not in NORMAL"),
                         Due(out, "the secondary was not in NORMAL")};
  for_each_server(history, due,
                  [&](Due& one, Server server, const Standing& standing, const Event& event, std::size_t i) {
                    const auto* said = as<StateSaid>(event);
                    if (!standing.connected() || standing.faulty() || as<Process>(event) != nullptr) {
                      one.cancel();
                    } else if (standing.state(server) == State::normal) {
                      one.met(i);
                    } else if (said != nullptr && said->server != server &&
                               said->state == State::recover_done && !said->startup &&
                               standing.state(server) == State::partner_down) {
                      one.begin(i, bounds.settle_ms);
                    }
                  });
  return out.judgement({{"returns of a partner", due[0].times_met() + due[1].times_met()}});
}

}  // namespace twinlease::model::history
