// S13: out of RECOVER towards NORMAL, and out of POTENTIAL-CONFLICT to CONFLICT-DONE or NORMAL, only after
// the UPDDONE for the server's own request. (The wait after RECOVER is S30's.)
//
// A UPDDONE counts if it carries the xid of a request that the server sent in that state on that connection
// . Needs nothing. Evidence: such ways out of the two states.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

namespace {

struct Integration {
  std::optional<std::size_t> entered;  // RECOVER or POTENTIAL-CONFLICT
  State state{};
  std::optional<std::uint32_t> request;  // xid
  bool done = false;
};

constexpr bool needs_done(State from, State to) noexcept {
  if (from == State::recover)
    return to == State::recover_wait || to == State::recover_done || to == State::normal;
  return to == State::conflict_done || to == State::normal;
}

}  // namespace

Judgement reintegration_before_service(const History& history, const Bounds&) {
  Findings out("S13", history);
  Standing standing;
  std::array<Integration, 2> by;
  const auto stands = [&](Server server, State state, std::size_t event) {
    Integration& one = by[index_of(server)];
    if (one.entered && one.state == state) return;
    if (one.entered && needs_done(one.state, state)) {
      out.examine();
      if (!one.done)
        out.found(event, {*one.entered},
                  "the " + std::string(name(server)) + " went from " + std::string(name(one.state)) + " to " +
                      std::string(name(state)) + " without the UPDDONE for its own request");
    }
    one = Integration{};
    if (state != State::recover && state != State::potential_conflict) return;
    one.entered = event;
    one.state = state;
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    standing.apply(event, i);
    if (const auto* said = as<StateSaid>(event))
      if (!said->startup && !standing.inside(said->server)) stands(said->server, said->state, i);
    if (const auto* entered = as<Entered>(event)) stands(entered->server, entered->state, i);
    if (const auto* word = as<Said>(event)) {
      if (word->word == Word::updreq || word->word == Word::updreqall)
        by[index_of(word->from)].request = word->xid;
      Integration& partners = by[index_of(partner_of(word->from))];
      if (word->word == Word::upddone && partners.request == word->xid) partners.done = true;
    }
    if (const auto* connection = as<Connection>(event))
      for (Integration& one : by)
        if (!connection->up) one.request.reset();
    if (const auto* process = as<Process>(event)) {
      Integration& one = by[index_of(process->server)];
      if (one.state == State::potential_conflict || process->storage_lost) one = Integration{};
    }
  }
  return out.judgement({{"ways out of RECOVER and POTENTIAL-CONFLICT", out.examined()}});
}

}  // namespace twinlease::model::history
