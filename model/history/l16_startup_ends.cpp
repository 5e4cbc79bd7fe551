// L16: a server leaves STARTUP when communications are ok or its startup time is over.
//
// Judged from the first STATE with the STARTUP bit, or from inside, within the startup time and the settling
// time. A server that is configured to wait for its partner may stay. Evidence: STARTUPs that ended, or
// lasted too long.
#include "model/history/each_server.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

Judgement startup_ends(const History& history, const Bounds& bounds) {
  Findings out("L16", history);
  std::array<Due, 2> due{Due(out, "the primary was still in STARTUP"),
                         Due(out, "the secondary was still in STARTUP")};
  for_each_server(history, due,
                  [&](Due& one, Server server, const Standing& standing, const Event&, std::size_t i) {
                    const std::optional<State> state = standing.state(server);
                    if (state == State::startup) {
                      if (!standing.configured(server).waits_at_startup)
                        one.begin(i, bounds.startup_ms + bounds.settle_ms);
                    } else if (state) {
                      one.met(i);
                    } else {
                      one.cancel();  // it stopped, or nobody sees it any more
                    }
                  });
  return out.judgement({{"STARTUPs that ended", due[0].times_met() + due[1].times_met()},
                        {"seconds, the longest", std::max(due[0].longest_s(), due[1].longest_s())}});
}

}  // namespace twinlease::model::history
