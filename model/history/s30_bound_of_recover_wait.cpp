// S30: a server leaves RECOVER-WAIT not before the time it went down, or started if it lost its storage, plus
// the MCLT.
//
// Outside, RECOVER-WAIT is said as RECOVER: judged is the STATE(RECOVER-DONE), or NORMAL, that follows
// RECOVER. A server whose end was not seen is not judged, nor one that had never said a state before: it runs
// failover for the first time. Needs AS3. Evidence: ends of RECOVER so judged.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

namespace {

constexpr bool recovers(State state) noexcept {
  return state == State::recover || state == State::recover_wait;
}

struct Down {
  std::optional<std::size_t> from;  // the event from which the MCLT counts
  std::optional<State> state;       // said or entered last
  bool spoke = false;               // before it went down
};

}  // namespace

Judgement bound_of_recover_wait(const History& history, const Bounds& bounds) {
  Findings out("S30", history);
  Standing standing;
  std::array<Down, 2> by;
  const auto stands = [&](Server server, State state, std::size_t event) {
    Down& down = by[index_of(server)];
    const bool leaves =
        down.state && recovers(*down.state) && (state == State::recover_done || state == State::normal);
    down.state = state;
    if (!leaves || !down.from || !down.spoke || !standing.mclt_s()) return;
    out.examine();
    const TimeMs bound_ms = out.time_ms(*down.from) + *standing.mclt_s() * 1000;
    if (out.time_ms(event) + bounds.eps_ms < bound_ms)
      out.found(event, {*down.from},
                "the " + std::string(name(server)) + " left RECOVER-WAIT at " + out.when(event) +
                    ", and had to stay until " + history.when(bound_ms));
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    standing.apply(event, i);
    if (const auto* said = as<StateSaid>(event)) {
      if (!said->startup && !standing.inside(said->server)) stands(said->server, said->state, i);
    } else if (const auto* entered = as<Entered>(event)) {
      if (entered->state != State::startup) stands(entered->server, entered->state, i);
    } else if (const auto* process = as<Process>(event)) {
      Down& down = by[index_of(process->server)];
      down.spoke |= down.state.has_value();
      if (!process->running || process->storage_lost) down.from = i;
      if (!down.state || !recovers(*down.state) || process->storage_lost) down.state.reset();
    } else if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
      by = {};
    }
  }
  return out.judgement({{"ways out of RECOVER-WAIT", out.examined()}});
}

}  // namespace twinlease::model::history
