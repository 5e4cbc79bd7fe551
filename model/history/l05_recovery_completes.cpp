// L5: a server in RECOVER reaches RECOVER-DONE and then NORMAL.
//
// Due within one exchange of updates, the MCLT and the settling time, counted from the RECOVER that it says
// to a partner; a lost connection, a stop, a command or a partner in one of the conflict states makes it say
// nothing. Evidence: recoveries that completed or did not.
#include "model/history/each_server.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

Judgement recovery_completes(const History& history, const Bounds& bounds) {
  Findings out("L5", history);
  std::array<Due, 2> due{Due(out, "the primary, in RECOVER, was not in NORMAL"),
                         Due(out, "the secondary, in RECOVER, was not in NORMAL")};
  for_each_server(history, due,
                  [&](Due& one, Server server, const Standing& standing, const Event& event, std::size_t i) {
                    const std::optional<State> state = standing.state(server);
                    const std::optional<State> partner = standing.state(partner_of(server));
                    const bool conflict =
                        partner == State::potential_conflict || partner == State::resolution_interrupted ||
                        partner == State::conflict_done || state == State::potential_conflict;
                    if (as<Process>(event) != nullptr || as<PartnerDownCommanded>(event) != nullptr ||
                        standing.faulty() || !standing.connected() || conflict) {
                      one.cancel();
                    } else if (state == State::recover && standing.mclt_s()) {
                      one.begin(i, bounds.transfer_ms + *standing.mclt_s() * 1000 + bounds.settle_ms);
                    } else if (state == State::normal) {
                      one.met(i);
                    }
                  });
  return out.judgement({{"recoveries", due[0].times_met() + due[1].times_met()},
                        {"seconds, the longest", std::max(due[0].longest_s(), due[1].longest_s())}});
}

}  // namespace twinlease::model::history
