// S14: after a restart the first STATE carries the state that was announced last, or its
// communications-failed successor, with the STARTUP bit; PAUSED and SHUTDOWN never come back; STARTUP is
// never sent as a server-state.
//
// A server that lost its storage says what it likes; one that may have gone to PARTNER-DOWN unseen may say
// that. RECOVER and RECOVER-WAIT are one. Needs AS3. Evidence: first STATEs after a restart of a
// server that had said a state before.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

namespace {

constexpr State one_of_recover(State state) noexcept {
  return state == State::recover_wait ? State::recover : state;
}

// 9.2: where the loss of the partner leads.
constexpr State communications_failed(State state) noexcept {
  if (state == State::normal) return State::communications_interrupted;
  return state == State::potential_conflict ? State::resolution_interrupted : state;
}

struct Announced {
  std::optional<std::size_t> last;  // the STATE that it said last, neither PAUSED nor SHUTDOWN
  bool stopped = false;             // by PAUSED or SHUTDOWN
  bool saw_partner_down = false;    // during SHUTDOWN: it records RECOVER then (9.14)
  bool restarted = false;
};

}  // namespace

Judgement stored_state(const History& history, const Bounds&) {
  Findings out("S14", history);
  Standing standing;
  std::array<Announced, 2> by;
  const auto first_state = [&](const StateSaid& said, Announced& one, std::size_t event) {
    out.examine();
    const State last = one_of_recover(as<StateSaid>(history.events()[*one.last])->state);
    const State now = one_of_recover(said.state);
    const bool honest =
        now == last || now == communications_failed(last) ||
        (now == State::partner_down && standing.could_be_partner_down(said.server, out.time_ms(event))) ||
        (now == State::recover && one.saw_partner_down);
    if (!said.startup || !honest)
      out.found(event, {*one.last},
                "after its restart the " + std::string(name(said.server)) + " said " +
                    std::string(name(said.state)) + (said.startup ? "" : " without the STARTUP bit") +
                    "; it had said " + std::string(name(last)));
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    standing.apply(event, i);
    if (const auto* process = as<Process>(event)) {
      Announced& one = by[index_of(process->server)];
      one.restarted = process->running && one.last;
      if (process->storage_lost) one = Announced{};
    } else if (const auto* command = as<Commanded>(event)) {
      if (command->command == Command::restored) by[index_of(command->server)] = Announced{};
    } else if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
      by = {};
    } else if (const auto* said = as<StateSaid>(event)) {
      Announced& one = by[index_of(said->server)];
      if (said->state == State::startup) {
        out.examine();
        out.found(i, {}, "the " + std::string(name(said->server)) + " sent STARTUP as its server-state");
      }
      if (one.restarted) first_state(*said, one, i);
      one.restarted = false;
      Announced& partner = by[index_of(partner_of(said->server))];
      partner.saw_partner_down |= partner.stopped && said->state == State::partner_down;
      one.stopped = said->state == State::shutdown;
      if (said->startup || said->state == State::paused || said->state == State::shutdown) continue;
      one.last = i;
      one.saw_partner_down = false;
    }
  }
  return out.judgement({{"restarts with a known state before", out.examined()}});
}

}  // namespace twinlease::model::history
