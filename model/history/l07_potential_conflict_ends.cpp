// L7: two servers in POTENTIAL-CONFLICT reach NORMAL.
//
// Due within two exchanges of updates and the settling time, while the connection lasts and nobody is stopped
// or commanded. That the states come in the right order is S12's and S13's. Evidence: such conflicts.
#include "model/history/due.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement potential_conflict_ends(const History& history, const Bounds& bounds) {
  Findings out("L7", history);
  Standing standing;
  Due due(out, "the pair, once in POTENTIAL-CONFLICT, was not in NORMAL");
  const auto both = [&](State state) {
    return standing.state(Server::primary) == state && standing.state(Server::secondary) == state;
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    due.check(i);
    standing.apply(event, i);
    if (as<Process>(event) != nullptr || as<PartnerDownCommanded>(event) != nullptr ||
        as<Commanded>(event) != nullptr || standing.faulty() || !standing.connected()) {
      due.cancel();
    } else if (both(State::potential_conflict)) {
      due.begin(i, 2 * bounds.transfer_ms + bounds.settle_ms);
    } else if (both(State::normal)) {
      due.met(i);
    }
  }
  return out.judgement(
      {{"conflicts that ended", due.times_met()}, {"seconds, the longest", due.longest_s()}});
}

}  // namespace twinlease::model::history
