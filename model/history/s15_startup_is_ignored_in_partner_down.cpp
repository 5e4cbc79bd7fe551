// S15: a server in PARTNER-DOWN makes no transition because of a STATE whose STARTUP bit is set.
//
// A transition that it makes before its partner says a state without the bit, on the same connection and
// without a command, can have no other cause. Needs nothing. Evidence: STATEs with the bit that reached a
// server in PARTNER-DOWN, and what came after.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement startup_ignored(const History& history, const Bounds&) {
  Findings out("S15", history);
  Standing standing;
  std::array<std::optional<std::size_t>, 2>
      told;  // the STATE with STARTUP that this server, in PARTNER-DOWN, got
  const auto stands = [&](Server server, State state, std::size_t event) {
    std::optional<std::size_t>& by = told[index_of(server)];
    if (by && state != State::partner_down && state != State::startup)
      out.found(event, {*by},
                "the " + std::string(name(server)) + " left PARTNER-DOWN for " + std::string(name(state)) +
                    " after a STATE with the STARTUP bit");
    by.reset();
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* entered = as<Entered>(event)) stands(entered->server, entered->state, i);
    if (const auto* said = as<StateSaid>(event)) {
      if (!said->startup && !standing.inside(said->server)) stands(said->server, said->state, i);
      std::optional<std::size_t>& partners = told[index_of(partner_of(said->server))];
      if (!said->startup) {
        partners.reset();
      } else if (standing.state(partner_of(said->server)) == State::partner_down) {
        out.examine();
        partners = i;
      }
    }
    if (as<Connection>(event) != nullptr || as<Process>(event) != nullptr ||
        as<Commanded>(event) != nullptr || as<PartnerDownCommanded>(event) != nullptr ||
        as<Scenario>(event) != nullptr)
      told = {};
    standing.apply(event, i);
  }
  return out.judgement({{"STATEs with STARTUP at a server in PARTNER-DOWN", out.examined()}});
}

}  // namespace twinlease::model::history
