#include "impl/core/failover/machine.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace twinlease::core {

namespace {

using enum State;

// States as bits.
constexpr std::uint16_t bit(State state) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(state));
}
class States {
 public:
  constexpr States(std::initializer_list<State> states) {
    for (const State state : states) bits_ = static_cast<std::uint16_t>(bits_ | bit(state));
  }
  constexpr bool has(State state) const { return (bits_ & bit(state)) != 0; }

 private:
  std::uint16_t bits_ = 0;
};

constexpr States in_conflict = {potential_conflict, resolution_interrupted, conflict_done};
constexpr States in_recovery = {recover, recover_wait, recover_done};
constexpr States stopped = {paused, shutdown};

// Which partner takes an endpoint out of a state while communications are ok. A pair that is not here stays.
struct Way {
  State own;
  States partner;
  State next;
  std::string_view clause;
};
constexpr std::array ways = {
    Way{partner_down,
        {normal, communications_interrupted, partner_down, potential_conflict, resolution_interrupted,
         conflict_done},
        potential_conflict,
        "9.4.3"},
    Way{partner_down, {recover_done}, normal, "9.4.3"},
    Way{recover, in_conflict, potential_conflict, "9.5.2"},
    Way{recover_done, {normal, recover_done}, normal, "9.7.2"},
    Way{recover_done, in_conflict, potential_conflict, "Figure 9.2-1, A-26"},
    Way{recover_done, {recover, recover_wait}, communications_interrupted, "Figure 9.2-1, A-26"},
    Way{normal, {paused}, communications_interrupted, "9.8.4"},
    Way{normal, {shutdown}, partner_down, "9.8.4"},
    Way{communications_interrupted, {normal, communications_interrupted}, normal, "9.9.3"},
    Way{communications_interrupted, {recover_done}, normal, "9.9.3"},
    Way{communications_interrupted,
        {partner_down, potential_conflict, conflict_done, resolution_interrupted},
        potential_conflict,
        "9.9.3"},
    Way{communications_interrupted, {shutdown}, partner_down, "9.9.3"},
    Way{potential_conflict, {paused, shutdown}, resolution_interrupted, "A-25"},
    Way{conflict_done, {normal}, normal, "9.12.3"},
    Way{conflict_done, {partner_down}, potential_conflict, "A-29"},
};

Move stay(State state, std::string_view why = {}) {
  return {.next = state, .why = why};
}
Move go(State next, std::string_view why) {
  return {.next = next, .why = why};
}
Move refuse(State state, std::string_view reason) {
  return {.next = state, .refused = reason};
}

// In NORMAL every other state of the partner is unexpected, but for one: the primary that is about to follow
// its secondary.
bool expected_in_normal(const Facts& facts) {
  return facts.partner == normal || (facts.partner == conflict_done && facts.role == Role::secondary);
}

// The communications-ok transition for the partner's state.
Move with_partner(State state, const Facts& facts) {
  if (state == resolution_interrupted) return go(potential_conflict, "9.11.3");
  if (facts.partner_starting) return stay(state, "A-18");
  for (const Way& way : ways)
    if (way.own == state && way.partner.has(facts.partner)) return go(way.next, way.clause);
  // Both transitions at once: as if communications had failed, and then for the new state (9.2, 9.8.4).
  if (state == normal && !expected_in_normal(facts)) return with_partner(communications_interrupted, facts);
  return stay(state);
}

// 9.3.2 (5): which state to leave STARTUP for, before the partner's state has its effect on that.
Move out_of_startup(const Facts& facts) {
  const State previous = facts.previous;
  if (facts.partner != partner_down) return go(previous, "9.3.2 (5)");
  // a server that worked on its own, or was in the middle of it, cannot just ask for what it missed.
  if (previous == partner_down || in_conflict.has(previous)) return go(potential_conflict, "A-28");
  if (facts.partner_down_after_us) return go(recover, "9.3.2 (5)");
  return in_recovery.has(previous) ? go(previous, "A-28") : go(potential_conflict, "9.3.2 (5)");
}

Move startup_ends(const Facts& facts) {
  Move out = out_of_startup(facts);
  // A conflict is entered for what the partner is in, and not left for it again.
  if (out.next == potential_conflict) return out;
  const Move then = with_partner(out.next, facts);
  return then.next == out.next ? out : then;
}

// What is known of the partner counts at once on entry to the states that wait for it (9.7.2, 9.12.3).
Move enter(Move move, const Facts& facts) {
  const bool waits_for_partner =
      move.next == recover_done || move.next == conflict_done || move.next == recover;
  if (!waits_for_partner || !facts.communications_ok) return move;
  const Move then = with_partner(move.next, facts);
  return then.next == move.next ? move : then;
}

// Whether the state asks for updates now (9.5.2, 9.10.1, 9.10.3).
bool asks(State state, const Facts& facts) {
  if (!facts.communications_ok) return false;
  if (state == recover) return !facts.partner_starting;
  if (state != potential_conflict) return false;
  // The secondary waits until the primary is in CONFLICT-DONE, whenever it got there.
  return facts.role == Role::primary || facts.both_request ||
         (facts.partner == conflict_done && !facts.partner_starting);
}

Move updates_are_done(State state, const Facts& facts) {
  if (state == recover) return go(recover_wait, "9.5.2");
  if (state != potential_conflict) return stay(state, "A-34");
  return facts.role == Role::primary ? go(conflict_done, "9.10.3") : go(normal, "9.10.3");
}

Move startup_time_over(const Facts& facts) {
  if (facts.partner_down_at_startup) return go(partner_down, "9.3.2 (1)");
  return facts.proceed_at_startup ? go(facts.previous, "9.3.2 (6)") : stay(startup, "9.3.2 (6)");
}

Move recover_wait_over(const Facts& facts) {
  if (facts.wait_offline && !facts.communications_ok) return stay(recover_wait, "9.6.2");
  return go(recover_done, "9.6.2");
}

Move on_partner_down(State state, const Facts& facts) {
  constexpr States defined = {normal, communications_interrupted,
                              resolution_interrupted};                // 9.8.4, 9.9.3, 9.11.3
  constexpr States allowed = {startup, recover_done, conflict_done};
  if (defined.has(state) || allowed.has(state)) return go(partner_down, "9.4.2, A-30");
  if (state == recover)
    return facts.confirmed
               ? go(partner_down, "A-30")
               : refuse(state, "in RECOVER this needs to be confirmed: bindings may be missing (A-30)");
  if (state == partner_down) return refuse(state, "it is in PARTNER-DOWN already");
  if (state == recover_wait) return refuse(state, "RECOVER-WAIT ends by itself (9.6.2)");
  if (state == potential_conflict)
    return refuse(state,
                  "the partner is connected: POTENTIAL-CONFLICT ends by itself, or by the loss of it (A-30)");
  return refuse(state, "this server is stopped (9.13, 9.14)");
}

Move stop_by_command(State state, State next) {
  if (stopped.has(state)) return refuse(state, "it is stopped already");
  return go(next, next == paused ? "9.13" : "9.14");
}

Move react_once(State state, Occasion occasion, const Facts& facts) {
  switch (occasion) {
    case Occasion::partner_said:
      if (state == startup) return startup_ends(facts);
      if (stopped.has(state)) return stay(state);
      if (state == recover_wait && facts.wait_over) return recover_wait_over(facts);
      return with_partner(state, facts);
    case Occasion::communications_lost: return go(after_failure(state), "Figure 9.2-1");
    case Occasion::updates_done: return updates_are_done(state, facts);
    case Occasion::startup_over: return state == startup ? startup_time_over(facts) : stay(state);
    case Occasion::wait_over: return state == recover_wait ? recover_wait_over(facts) : stay(state);
    case Occasion::safe_period_over:
      return state == communications_interrupted ? go(partner_down, "9.9.3, 10") : stay(state);
    case Occasion::partner_down: return on_partner_down(state, facts);
    case Occasion::pause: return stop_by_command(state, paused);
    case Occasion::shutdown: return stop_by_command(state, shutdown);
    case Occasion::resume:
      return stopped.has(state) ? go(startup, "9.13.2, 9.14.3") : refuse(state, "it is not stopped");
    case Occasion::database_restored:
      return stopped.has(state) ? refuse(state, "this server is stopped (9.13, 9.14)") : go(recover, "A-19");
    case Occasion::stop_over: return stay(state);
  }
  return stay(state);
}

}  // namespace

Occasion occasion_of(Command command) {
  switch (command) {
    case Command::partner_down: return Occasion::partner_down;
    case Command::pause: return Occasion::pause;
    case Command::shutdown: return Occasion::shutdown;
    case Command::resume: return Occasion::resume;
    case Command::database_restored: break;
  }
  return Occasion::database_restored;
}

bool operates(State state) {
  constexpr States serving = {normal,       communications_interrupted, partner_down,
                              recover_done, resolution_interrupted,     conflict_done};
  return serving.has(state);
}

State after_failure(State state) {
  if (state == normal) return communications_interrupted;
  if (state == potential_conflict) return resolution_interrupted;
  return state;
}

State previous_state(const RelationshipRecord& record) {
  if (record.state == startup || record.stop_saw_partner_down) return recover;
  return after_failure(record.state);
}

Move react(State state, Occasion occasion, const Facts& facts) {
  Move move = react_once(state, occasion, facts);
  const bool entered = move.next != state;
  if (entered) move = enter(move, facts);
  // A request belongs to the state that sent it: another state asks anew.
  move.request = asks(move.next, facts) && (entered || !facts.request_outstanding);
  if (stopped.has(move.next)) {
    const bool alone = !facts.communications_ok || occasion == Occasion::communications_lost;
    const bool seen = occasion == Occasion::partner_said && facts.partner == partner_down;
    // 9.13: STATE(PAUSED), and the connection is closed. After SHUTDOWN the partner has a few seconds to take
    // over (9.14.2).
    move.stop = occasion == Occasion::stop_over || move.next == paused || alone || seen;
    move.close = move.stop;
  }
  return move;
}

}  // namespace twinlease::core
