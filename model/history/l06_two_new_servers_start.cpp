// L6: two servers without any record reach NORMAL without an operator.
//
// Due from the moment when both run after the pool began anew (Pool), within the bound of a reunion and two
// full updates. A fault, a stop or a command makes it say nothing. Evidence: such beginnings.
#include "model/history/due.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement two_new_servers_start(const History& history, const Bounds& bounds) {
  Findings out("L6", history);
  Standing standing;
  Due due(out, "two new servers were not in NORMAL");
  std::array<bool, 2> started{};
  bool anew = false;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    due.check(i);
    standing.apply(event, i);
    if (as<Pool>(event) != nullptr) {
      anew = true;
      started = {};
    } else if (const auto* process = as<Process>(event)) {
      started[index_of(process->server)] = process->running;
      if (!process->running) anew = false;
      if (anew && started[0] && started[1]) due.begin(i, bounds.reunite_ms + 2 * bounds.transfer_ms);
    }
    if (as<PartnerDownCommanded>(event) != nullptr || as<Commanded>(event) != nullptr || standing.faulty() ||
        !anew) {
      anew = false;
      due.cancel();
    }
    if (due.running() && standing.connected() && standing.state(Server::primary) == State::normal &&
        standing.state(Server::secondary) == State::normal) {
      due.met(i);
      anew = false;
    }
  }
  return out.judgement({{"beginnings", due.times_met()}, {"seconds, the longest", due.longest_s()}});
}

}  // namespace twinlease::model::history
