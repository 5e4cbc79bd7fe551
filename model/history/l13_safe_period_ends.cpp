// L13: a server with a safe period that stays apart from its partner in COMMUNICATIONS-INTERRUPTED reaches
// PARTNER-DOWN.
//
// Inside, Entered shows it. Outside, the first state that it says after a separation longer than the safe
// period does: without a stop in between it must be PARTNER-DOWN, with or without the STARTUP bit, or what
// follows from it. Counted from the loss of the connection. Evidence: separations so long of a server
// with a safe period.
#include <array>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement safe_period_ends(const History& history, const Bounds& bounds) {
  Findings out("L13", history);
  Standing standing;
  std::array<std::optional<std::size_t>, 2> parted;  // from NORMAL or COMMUNICATIONS-INTERRUPTED
  const auto overdue = [&](Server server, TimeMs now) {
    const std::uint32_t safe_s = standing.configured(server).safe_period_s;
    return parted[index_of(server)] && safe_s != 0 &&
           now > out.time_ms(*parted[index_of(server)]) + TimeMs{safe_s} * 1000 + bounds.settle_ms;
  };
  const auto shows = [&](Server server, bool partner_down, std::size_t event) {
    out.examine();
    if (!partner_down)
      out.found(event, {*parted[index_of(server)]},
                "the " + std::string(name(server)) + ", apart since " + out.when(*parted[index_of(server)]) +
                    ", did not go to PARTNER-DOWN after its safe period of " +
                    std::to_string(standing.configured(server).safe_period_s) + " s");
    parted[index_of(server)].reset();
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (const Server server : both_servers) {
      const auto* entered = as<Entered>(event);
      if (standing.inside(server) && overdue(server, event.time_ms))
        shows(server, standing.state(server) == State::partner_down, i);
      if (entered != nullptr && entered->server == server && entered->state == State::partner_down &&
          parted[index_of(server)] && standing.configured(server).safe_period_s != 0)
        shows(server, true, i);
    }
    const std::array<std::optional<State>, 2> before{standing.last(Server::primary),
                                                     standing.last(Server::secondary)};
    standing.apply(event, i);
    const auto* said = as<StateSaid>(event);
    if (said != nullptr && !standing.inside(said->server)) {
      if (overdue(said->server, event.time_ms))
        shows(said->server, said->state != State::normal && said->state != State::communications_interrupted,
              i);
      parted[index_of(said->server)].reset();
    }
    const auto* connection = as<Connection>(event);
    for (const Server server : both_servers) {
      const std::optional<State> last = before[index_of(server)];
      if (connection != nullptr && !connection->up && standing.running(server) &&
          (last == State::normal || last == State::communications_interrupted))
        parted[index_of(server)] = i;
      if (connection != nullptr && connection->up && standing.inside(server))
        parted[index_of(server)].reset();
      if (const auto* process = as<Process>(event); process != nullptr && process->server == server)
        parted[index_of(server)].reset();
    }
    if (const auto* command = as<PartnerDownCommanded>(event)) parted[index_of(command->server)].reset();
  }
  return out.judgement({{"separations longer than the safe period", out.examined()}});
}

}  // namespace twinlease::model::history
