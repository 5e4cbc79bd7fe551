// S11 to S13, S30: what states the two servers are in, and how they come there.
#include <algorithm>

#include "model/explore/invariants.hpp"

namespace twinlease::model::explore {
namespace {

using Kind = Step::Kind;

bool brings(const Moment& moment, Side side, Message::Type type) {
  return moment.step.kind == Kind::deliver && moment.step.side == side &&
         moment.before.to[side].begin()->type == type;
}

// Where the server stood: after a restart that is what it had stored.
State stood(const Endpoint& server) {
  return server.state() == State::startup ? server.record().state : server.state();
}

bool each_running(const Moment& moment, bool (*holds)(const Moment&, Side, State before, State after)) {
  return std::ranges::all_of(std::array{kPrimary, kSecondary}, [&](Side side) {
    const Endpoint& before = moment.before.endpoint[side];
    const Endpoint& after = moment.after.endpoint[side];
    return !before.running() || !after.running() || before.state() == after.state() ||
           holds(moment, side, before.state(), after.state());
  });
}

// The states that may stand opposite `one` while nothing is under way. Where the command may be false (AS2),
// PARTNER-DOWN may stand opposite POTENTIAL-CONFLICT until that ends.
bool compatible(const Scope& scope, State one, State opposite) {
  constexpr StateSet kRecovering = StateSet(State::recover) | State::recover_wait | State::recover_done;
  switch (one) {
    case State::partner_down:
      return (kRecovering | State::startup).has(opposite) ||
             (scope.any_command && opposite == State::potential_conflict) ||
             (scope.every_reading && opposite == State::conflict_done);  // A-29 stay
    case State::normal:
      return (StateSet(State::normal) | State::conflict_done | State::recover_done).has(opposite);
    case State::potential_conflict:
      return (StateSet(State::potential_conflict) | State::conflict_done | State::recover_wait)
                 .has(opposite) ||
             (scope.any_command && opposite == State::partner_down) ||
             (scope.every_reading && opposite == State::recover_done);  // A-26 stay
    default: return true;
  }
}

}  // namespace

bool s11_partner_down_is_deliberate(const Moment& moment) {
  return each_running(moment, [](const Moment& m, Side side, State before, State after) {
    if (after != State::partner_down) return true;
    if (m.step.side == side && (m.step.kind == Kind::partner_down || m.step.kind == Kind::timer_safe_period))
      return true;
    if (brings(m, side, Message::Type::state) && m.before.to[side].begin()->server_state == State::shutdown)
      return true;
    const Record& record = m.before.endpoint[side].record();
    if (before != State::startup) return false;
    return record.any ? record.state == State::partner_down
                      : m.configs.of[side].every_setting && m.step.kind == Kind::timer_startup;
  });
}

bool s12_joint_states(const Moment& moment) {
  const World& world = moment.after;
  for (Side side : {kPrimary, kSecondary}) {
    if (world.endpoint[side].link() != Link::ok || world.deaf[side]) return true;
    if (std::ranges::any_of(world.to[side], [](const Message& m) { return m.type == Message::Type::state; }))
      return true;
  }
  const State primary = world.endpoint[kPrimary].state(), secondary = world.endpoint[kSecondary].state();
  if (kStopping.has(primary) || kStopping.has(secondary)) return true;
  const auto restored = [&](Side side) {  // asks its partner, whatever state that is in
    return world.endpoint[side].state() == State::recover && world.endpoint[side].record().restored;
  };
  if (restored(kPrimary) || restored(kSecondary)) return true;
  return compatible(moment.scope, primary, secondary) && compatible(moment.scope, secondary, primary) &&
         secondary != State::conflict_done;
}

bool s13_reintegration_before_service(const Moment& moment) {
  return each_running(moment, [](const Moment& m, Side side, State before, State after) {
    const Endpoint& server = m.before.endpoint[side];
    const bool answered = server.asks() && brings(m, side, Message::Type::upddone);
    const bool serves = after == State::normal || after == State::conflict_done ||
                        after == State::communications_interrupted || after == State::recover_done;
    const bool starting = before == State::startup;
    switch (stood(server)) {
      case State::recover: return !(serves || after == State::recover_wait) || (answered && !starting);
      case State::recover_wait: return !starting || !serves;
      case State::potential_conflict: return starting || !serves || answered;
      default: return true;
    }
  });
}

bool s30_bound_of_recover_wait(const Moment& moment) {
  return each_running(moment, [](const Moment& m, Side side, State before, State after) {
    const bool waits =
        (kStopping | State::recover | State::recover_wait | State::potential_conflict).has(after);
    const bool leaves = before == State::recover_wait || before == State::recover;
    const Seconds down = m.before.ghosts.down[side];
    return waits || !leaves || m.step.kind == Kind::partner_down || down == 0 ||
           m.before.now >= down + m.scope.mclt;
  });
}

}  // namespace twinlease::model::explore
