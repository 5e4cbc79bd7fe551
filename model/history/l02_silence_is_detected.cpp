// L2: a partner that stays connected and sends nothing is noticed: within tReceive the connection is closed.
//
// The silence begins with a cut of what the partner says. tReceive is what the server announced in its
// CONNECT or CONNECTACK, else the bound. That DISCONNECT with reason 17 comes first can get lost, and is only
// counted. Evidence: silences that lasted, or ended with the connection.
#include <array>

#include "model/history/due.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement silence_is_detected(const History& history, const Bounds& bounds) {
  Findings out("L2", history);
  Standing standing;
  std::array<Due, 2> due{Due(out, "the primary still kept a silent connection"),
                         Due(out, "the secondary still kept a silent connection")};
  std::array<TimeMs, 2> receive_timer_ms{bounds.receive_timer_ms, bounds.receive_timer_ms};
  std::uint64_t reasons = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (Due& one : due) one.check(i);
    standing.apply(event, i);
    const auto announces = [&](Server from, std::uint32_t seconds) {
      if (seconds != 0) receive_timer_ms[index_of(from)] = TimeMs{seconds} * 1000;
    };
    if (const auto* connect = as<ConnectSaid>(event)) announces(connect->from, connect->receive_timer_s);
    if (const auto* answer = as<ConnectAnswered>(event)) announces(answer->from, answer->receive_timer_s);
    if (const auto* said = as<Said>(event))
      reasons += said->word == Word::disconnect && said->number == 17 ? 1 : 0;
    if (const auto* fault = as<Fault>(event); fault != nullptr && fault->kind != FaultKind::exhaustion)
      for (const Server server : both_servers) {
        const FaultKind partners =
            server == Server::primary ? FaultKind::cut_from_secondary : FaultKind::cut_from_primary;
        Due& one = due[index_of(server)];
        if (fault->begins && standing.connected() &&
            (fault->kind == FaultKind::cut || fault->kind == partners))
          one.begin(i, receive_timer_ms[index_of(server)] + bounds.settle_ms);
        if (!fault->begins) one.cancel();
      }
    if (const auto* process = as<Process>(event); process != nullptr)
      for (Due& one : due) one.cancel();
    if (const auto* connection = as<Connection>(event); connection != nullptr && !connection->up)
      for (Due& one : due) one.met(i);
  }
  return out.judgement({{"silences that ended the connection", due[0].times_met() + due[1].times_met()},
                        {"DISCONNECTs with reason 17", reasons},
                        {"seconds, the longest", std::max(due[0].longest_s(), due[1].longest_s())}});
}

}  // namespace twinlease::model::history
