#include "model/oracle/explanation.hpp"

#include <algorithm>
#include <utility>

namespace twinlease::model::oracle {
namespace {

using Link = Explanation::Link;

// 9.3.2 step 2: what a state becomes when communications have failed in it.
constexpr State after_failure(State state) {
  if (state == State::normal) return State::communications_interrupted;
  if (state == State::potential_conflict) return State::resolution_interrupted;
  return state;
}

// States in which a server may be that never ran failover before (9.6.2).
constexpr StateSet kNew = StateSet(State::startup) | State::recover | State::recover_wait |
                          State::recover_done | State::paused | State::shutdown;

Facts known_facts(const Explanation& e, Role role, State left, bool xid_match) {
  const bool ok = e.link == Link::ok;
  constexpr StateSet served =
      StateSet(State::partner_down) | State::resolution_interrupted | State::conflict_done;
  constexpr StateSet recovering = StateSet(State::recover) | State::recover_wait | State::recover_done;
  const bool clear = ok && !e.partner_startup;
  Facts facts;
  const std::pair<Guard, bool> all[] = {
      {Guard::primary, role == Role::primary},
      {Guard::comm_up, ok},
      {Guard::stored_state, e.stored},
      {Guard::stored_by_stop, e.by_stop},
      {Guard::stop_saw_pd, e.saw_partner_down},
      {Guard::storage_lost, e.storage_lost},
      {Guard::no_record, e.no_record},
      {Guard::restored, e.restored},
      {Guard::prev_served, served.has(e.previous)},
      {Guard::prev_is_pd, e.previous == State::partner_down},
      {Guard::prev_recovering, recovering.has(e.previous)},
      {Guard::from_normal, left == State::normal},
      {Guard::from_startup, left == State::startup},
      {Guard::partner_recovering, ok && (StateSet(State::recover) | State::recover_wait).has(e.partner)},
      {Guard::partner_is_normal, clear && e.partner == State::normal},
      {Guard::partner_is_conflict_done, clear && e.partner == State::conflict_done},
      {Guard::upd_outstanding, e.asked != Request::none || e.due != Request::none},
      {Guard::xid_match, xid_match},
      {Guard::mclt_timer_expired, e.mclt_expired},
  };
  for (const auto& [guard, holds] : all) facts.set(guard, holds);
  return facts;
}

class Stepper {
 public:
  Stepper(Role role, Profile profile, Facts given, history::TimeMs now_ms)
      : role_(role), profile_(profile), given_(given), now_ms_(now_ms) {}

  // A row and the ENTRY that follows; `rerun`: COMM_OK is to be posted after that.
  struct Taken {
    Explained at;
    bool rerun;
  };
  std::vector<Taken> take(const Explained& from, const Input& input, State left) const {
    const Explanation& e = from.explanation;
    Circumstances when;
    when.facts = known_facts(e, role_, left, given_.has(Guard::xid_match)) | given_;
    when.previous = e.previous;
    when.profile = profile_;
    const Row* row = Machine(e.state).row(input, when);
    if (row == nullptr) return {{from, false}};  // the draft says nothing
    std::vector<Taken> all;
    for (std::size_t number = 0; number < row->outcomes(); ++number) {
      Machine machine(e.state);
      const Step step = *machine.process(input, when, number);
      Taken taken{from, false};
      if (tells(*row, e.state)) taken.at.burden.last = row;
      for (Action action : step.does()) taken.rerun |= perform(taken.at, action);
      if (!step.entered) {
        all.push_back(taken);
        continue;
      }
      enter(taken.at, step.next);
      for (Taken& next : take(taken.at, {Event::entry}, e.state)) {
        next.rerun |= taken.rerun;
        all.push_back(next);
      }
    }
    return all;
  }

 private:
  // What a row on the way says, to whoever asks why the endpoint should be where it is.
  static bool tells(const Row& row, State state) {
    if (row.clauses.empty() || row.on == Event::connected) return false;
    return row.on != Event::entry || state == State::recover_wait;
  }

  void enter(Explained& at, State next) const {
    Explanation& e = at.explanation;
    if (e.state != State::startup && e.state != e.said && e.link != Link::none) pass(e, e.state);
    e.state = next;
    e.mclt_expired = false;
    if (!kNew.has(next)) e.may_be_first = false;
    at.burden.changed_ms = now_ms_;
    at.burden.visited = at.burden.visited | next;
  }

  static void pass(Explanation& e, State state) {
    if (e.passes == e.passed.size()) {
      std::shift_left(e.passed.begin(), e.passed.end(), 1);
      --e.passes;
    }
    e.passed[e.passes++] = state;
  }

  bool perform(Explained& at, Action action) const {
    Explanation& e = at.explanation;
    switch (action) {
      case Action::load_previous: e.previous = e.stored_state; break;
      case Action::comm_failed_previous: e.previous = after_failure(e.previous); break;
      case Action::set_previous_recover:
        e.previous = State::recover;
        at.burden.down_after_ms = 0;
        break;
      case Action::set_tof_configured:
      case Action::set_tof_zero:
      case Action::set_tof_start:  // the whole wait is as good as none
        at.burden.down_after_ms = 0;
        e.may_be_first = true;
        break;
      case Action::mark_storage_lost: e.storage_lost = true; break;
      case Action::mark_no_record: e.no_record = true; break;
      case Action::mark_restored: e.restored = true; break;
      case Action::clear_lost_mark:
        e.storage_lost = e.no_record = e.restored = false;
        forget(e);
        break;
      case Action::forget_xids: forget(e); break;
      case Action::rerun_comm_ok: return true;
      case Action::rerun_comm_ok_at_once: e.partner_startup = false; return true;
      case Action::store_state:
        e.stored = true;
        e.stored_state = e.state;
        e.by_stop = e.saw_partner_down = false;
        break;
      case Action::store_previous:
        e.stored = e.by_stop = true;
        e.stored_state = e.state == State::startup ? e.previous : e.state;
        break;
      case Action::store_previous_recover: e.saw_partner_down = true; break;
      case Action::send_state_intermediate:
        if (e.state == State::normal) pass(e, State::communications_interrupted);
        break;  // the others were entered: enter()
      case Action::send_updreq: due(at, Request::updreq); break;
      case Action::send_updreqall: due(at, Request::updreqall); break;
      case Action::mark_mclt_expired: e.mclt_expired = true; break;
      case Action::close_conn:
      case Action::stop_process: e.drop_connection(); break;
      default: break;
    }
    return false;
  }

  static void forget(Explanation& e) {
    e.due = e.asked = Request::none;
    e.requests = 0;
    e.xids = {};
  }
  void due(Explained& at, Request kind) const {
    at.explanation.due = kind;
    at.burden.changed_ms = now_ms_;
  }

  Role role_;
  Profile profile_;
  Facts given_;
  history::TimeMs now_ms_;
};

}  // namespace

std::vector<State> announced(const Explanation& e) {
  if (e.state == State::startup) return {e.previous, e.stored ? e.stored_state : State::recover};
  if (e.state == State::recover_wait) return {State::recover_wait, State::recover};
  return {e.state};
}

bool may_say(const Explanation& e, State state, bool startup) {
  if (startup != (e.state == State::startup)) return false;
  const auto now = announced(e);
  const auto* passed_end = e.passed.data() + e.passes;
  return std::ranges::find(now, state) != now.end() ||
         (!startup && std::find(e.passed.data(), passed_end, state) != passed_end);
}

bool has_said(const Explanation& e) {
  if (e.state == State::recover_wait || e.state == State::paused || e.state == State::shutdown) return true;
  const auto now = announced(e);
  return e.said_startup == (e.state == State::startup) && std::ranges::find(now, e.said) != now.end();
}

bool is_within(StateSet some, StateSet others) {
  for (int s = 0; s < kStates; ++s)
    if (some.has(static_cast<State>(s)) && !others.has(static_cast<State>(s))) return false;
  return true;
}

bool Explanation::asks_with(std::uint32_t xid) const {
  return std::find(xids.begin(), xids.begin() + requests, xid) != xids.begin() + requests;
}

void Explanation::ask(std::uint32_t xid, Request kind) {
  due = Request::none;
  asked = kind;
  if (requests == xids.size()) {
    std::shift_left(xids.begin(), xids.end(), 1);
    --requests;
  }
  xids[requests++] = xid;
}

void Explanation::drop_connection() {
  link = Link::none;
  partner = State::startup;
  partner_startup = false;
  said = State::startup;
  said_startup = false;
  passes = 0;
  passed = {};
  owes = false;
  due = asked = Request::none;
  requests = 0;
  xids = {};
}

std::vector<Explained> step(const Explained& from, const Input& input, Facts facts, Role role,
                            Profile profile, history::TimeMs now_ms) {
  const Stepper stepper(role, profile, facts, now_ms);
  std::vector<Explained> all;
  for (const Stepper::Taken& taken : stepper.take(from, input, from.explanation.state)) {
    const Explanation& e = taken.at.explanation;
    if (!taken.rerun || e.link != Link::ok) {
      all.push_back(taken.at);
      continue;
    }
    const Input again{Event::comm_ok, e.partner, e.partner_startup, Request::none};
    for (const Stepper::Taken& next : stepper.take(taken.at, again, e.state)) all.push_back(next.at);
  }
  return all;
}

std::vector<Facts> unknown_facts(Event event, State state) {
  switch (event) {
    case Event::process_start: return {{}, {Guard::cfg_storage_lost}};
    case Event::comm_ok:
      if (state == State::startup) return {{}, {Guard::pd_after_last_op}, {Guard::pd_equals_last_op}};
      return {{}};
    case Event::timer_startup:
      return {{}, {Guard::cfg_pd_at_startup}, {Guard::cfg_startup_proceed}, {Guard::ms_prev_init}};
    case Event::timer_mclt: return {{}, {Guard::cfg_rw_stay_offline}};
    case Event::timer_no_ack: return {{Guard::cfg_noack_interrupts}};
    case Event::upddone_rcvd: return {{}, {Guard::first_time}};
    default: return {{}};
  }
}

}  // namespace twinlease::model::oracle
