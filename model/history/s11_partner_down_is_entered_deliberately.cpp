// S11: PARTNER-DOWN is entered by command, after the safe period, because the partner announced SHUTDOWN, by
// the configured rule for starting up, or because it was stored; and by nothing else.
//
// Judged for each PARTNER-DOWN that a server says or enters, coming from another state, and for each return
// from a loss of the partner without it. Needs nothing. Evidence: both.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement partner_down_deliberately(const History& history, const Bounds& bounds) {
  Findings out("S11", history);
  Standing standing;
  std::array<std::optional<State>, 2> stood;
  std::array<bool, 2> lost{};  // its partner, since it said a state
  std::uint64_t entries = 0;
  const auto stands = [&](Server server, State state, std::size_t event, bool allowed) {
    std::optional<State>& before = stood[index_of(server)];
    const bool enters = state == State::partner_down && before != state;
    if (enters || lost[index_of(server)]) out.examine();
    entries += enters ? 1 : 0;
    if (enters && !allowed)
      out.found(event, {standing.connection_changed()},
                "the " + std::string(name(server)) +
                    " is in PARTNER-DOWN without a command, a safe period, " +
                    "a SHUTDOWN of its partner or a rule for starting up");
    before = state;
    lost[index_of(server)] = false;
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    const auto allowed = [&](Server server) {  // as things stood before it said so
      return standing.could_be_partner_down(server, event.time_ms + bounds.eps_ms);
    };
    if (const auto* said = as<StateSaid>(event)) {
      if (!standing.inside(said->server) && !said->startup)
        stands(said->server, said->state, i, allowed(said->server));
    } else if (const auto* entered = as<Entered>(event)) {
      if (entered->state != State::startup)
        stands(entered->server, entered->state, i, allowed(entered->server));
    } else if (const auto* connection = as<Connection>(event)) {
      for (const Server server : both_servers)
        lost[index_of(server)] |= !connection->up && stood[index_of(server)];
    } else if (as<Scenario>(event) != nullptr) {
      stood = {};
    }
    standing.apply(event, i);
  }
  return out.judgement({{"entries into PARTNER-DOWN", entries},
                        {"losses of the partner without it", out.examined() - entries}});
}

}  // namespace twinlease::model::history
