// S12: which states the two servers may be in together, while communications are ok on both sides.
//
// Judged once for each pair of states that both have had for the settling time on a lasting connection, so
// that no STATE is under way; STARTUP, PAUSED and SHUTDOWN are left out. RECOVER may stand for RECOVER-WAIT
// . Needs nothing. Evidence: such pairs.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

namespace {

constexpr bool recovers(State state) noexcept {
  return state == State::recover || state == State::recover_wait || state == State::recover_done;
}

constexpr bool may_meet_normal(State state) noexcept {
  return state == State::normal || state == State::recover_done;
}

constexpr bool may_meet(State primary, State secondary) noexcept {
  if (secondary == State::conflict_done) return false;
  if (primary == State::partner_down || secondary == State::partner_down)
    return recovers(primary) || recovers(secondary);
  if (primary == State::normal) return may_meet_normal(secondary);
  if (secondary == State::normal) return may_meet_normal(primary) || primary == State::conflict_done;
  if (primary == State::potential_conflict)
    return secondary == State::potential_conflict || recovers(secondary);
  if (secondary == State::potential_conflict) return primary == State::conflict_done || recovers(primary);
  return true;
}

constexpr bool left_out(State state) noexcept {
  return state == State::startup || state == State::paused || state == State::shutdown;
}

}  // namespace

Judgement joint_states(const History& history, const Bounds& bounds) {
  Findings out("S12", history);
  Standing standing;
  std::optional<std::pair<std::size_t, std::size_t>> judged;  // the events that showed the two states
  const auto judge = [&](TimeMs now) {
    const std::optional<State> p = standing.state(Server::primary);
    const std::optional<State> s = standing.state(Server::secondary);
    if (!p || !s || !standing.connected() || standing.faulty() || left_out(*p) || left_out(*s)) return;
    const std::pair since{standing.since(Server::primary), standing.since(Server::secondary)};
    const TimeMs settled_ms =
        std::max({standing.since_ms(Server::primary), standing.since_ms(Server::secondary),
                  standing.connection_changed_ms()}) +
        bounds.settle_ms;
    if (judged == since || now < settled_ms) return;
    judged = since;
    out.examine();
    if (!may_meet(*p, *s))
      out.found(std::max(since.first, since.second), {since.first, since.second},
                "the primary stays in " + std::string(name(*p)) + " opposite " + std::string(name(*s)));
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    judge(history.events()[i].time_ms);
    standing.apply(history.events()[i], i);
  }
  judge(history.end_ms());
  return out.judgement({{"pairs of states", out.examined()}});
}

}  // namespace twinlease::model::history
