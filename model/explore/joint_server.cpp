#include "model/explore/joint_server.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace twinlease::model::explore::joint {
namespace {

constexpr State after_failure(State state) {  // 9.3.2 step 2
  if (state == State::normal) return State::communications_interrupted;
  if (state == State::potential_conflict) return State::resolution_interrupted;
  return state;
}

}  // namespace

State previous_after_restart(const Server& server) {
  if (server.running && server.state == State::startup) return server.previous;
  return server.recorded ? after_failure(server.record) : State::recover;
}

bool Doing::handle(const Input& input) {
  const bool again = take(input, me_.state);
  if (again && me_.view == View::ok) take({Event::comm_ok, me_.partner, me_.partner_startup}, me_.state);
  announce();
  if (asks_) send({Kind::updreq, me_.asked_in});
  says_ += asks_ ? " +UPDREQ" : "";
  if (me_.state != State::startup) me_.previous = State::recover;
  return moved_;
}

void Doing::send(const Signal& signal) {
  const Side there = static_cast<Side>(1 - side_);
  if (me_.view == View::none || world_.server[there].view == View::none) return;
  assert(world_.waiting[there] < kMostWaiting);
  world_.to[there][world_.waiting[there]++] = signal;
}

void Doing::take_off() {
  auto& queue = world_.to[side_];
  std::copy(queue.begin() + 1, queue.end(), queue.begin());
  queue.back() = Signal{};
  --world_.waiting[side_];
}

void Doing::asked_by_partner_in(State state) {
  partner_asked_in_ = state;
  handle({.event = Event::updreq_rcvd, .request = Request::updreq});
}

void Doing::drop_link() {
  const Server old = me_;
  me_ = Server{};
  me_.running = old.running, me_.state = old.state, me_.previous = old.previous;
  me_.recorded = old.recorded, me_.record = old.record;
  me_.by_stop = old.by_stop, me_.saw_partner_down = old.saw_partner_down;
  world_.to[side_] = {};
  world_.waiting[side_] = 0;
}

void Doing::stop() {
  me_.running = false;
  me_.state = State::startup;
  me_.previous = State::recover;
  drop_link();
}

bool Doing::take(const Input& input, State left) {
  if (input.event == Event::comm_ok || input.event == Event::partner_state) {
    me_.view = View::ok;
    me_.partner = input.partner;
    me_.partner_startup = input.partner_startup;
  }
  Machine machine(me_.state);
  const std::optional<Step> step = machine.process(input, circumstances(input, left));
  if (!step) {
    undefined_ = std::string(to_string(me_.state)) + " " + std::string(to_string(input.event));
    return false;
  }
  bool again = false;
  for (Action action : step->does()) again |= perform(action);
  if (!step->entered) return again;
  moved_ = true;
  const State from = me_.state;
  me_.state = step->next;
  return take({Event::entry}, from) || again;
}

Circumstances Doing::circumstances(const Input& input, State left) const {
  using enum State;
  const bool ok = me_.view == View::ok, clear = ok && !me_.partner_startup;
  const auto previous = [&](StateSet states) { return states.has(me_.previous); };
  const std::pair<Guard, bool> facts[] = {
      {Guard::primary, side_ == 0},
      {Guard::comm_up, ok},
      {Guard::stored_state, me_.recorded},
      {Guard::stored_by_stop, me_.by_stop},
      {Guard::stop_saw_pd, me_.saw_partner_down},
      {Guard::prev_served, previous(partner_down | resolution_interrupted | conflict_done)},
      {Guard::prev_is_pd, previous(partner_down)},
      {Guard::prev_recovering, previous(recover | recover_wait | recover_done)},
      {Guard::pd_after_last_op, answers_.partner_down_later},
      {Guard::pd_equals_last_op, answers_.partner_down_equal},
      {Guard::from_normal, left == normal},
      {Guard::from_startup, left == startup},
      {Guard::partner_recovering, ok && (recover | recover_wait).has(me_.partner)},
      {Guard::partner_is_normal, clear && me_.partner == normal},
      {Guard::partner_is_conflict_done, clear && me_.partner == conflict_done},
      {Guard::upd_outstanding, me_.asked},
      {Guard::xid_match, input.event == Event::upddone_rcvd},  // receive() lets no other through
      {Guard::first_time, answers_.first_time},
      {Guard::cfg_startup_proceed, true},
  };
  Circumstances when;
  when.previous = me_.previous;
  for (const auto& [guard, holds] : facts) when.facts.set(guard, holds);
  return when;
}

bool Doing::perform(Action action) {
  switch (action) {
    case Action::load_previous: me_.previous = me_.record; break;
    case Action::set_previous_recover: me_.previous = State::recover; break;
    case Action::comm_failed_previous: me_.previous = after_failure(me_.previous); break;
    case Action::rerun_comm_ok: return true;
    case Action::store_state: record(me_.state, false, false); break;
    case Action::store_previous:
      record(me_.state == State::startup ? me_.previous : me_.state, true, false);
      break;
    case Action::store_previous_recover: record(State::recover, true, true); break;
    case Action::send_state: announce_ = true; break;
    case Action::send_state_startup: say(me_.previous, true); break;
    case Action::send_updreq:
    case Action::send_updreqall:
      asks_ = me_.asked = true;
      me_.asked_in = me_.state;
      break;
    case Action::send_upddone:  // in a step of its own
      (partner_asked_in_ == State::recover ? me_.answers_recover : me_.answers_conflict) = true;
      break;
    case Action::forget_xids:
    case Action::clear_lost_mark:
      me_.asked = asks_ = false;
      me_.asked_in = State::startup;
      break;
    case Action::close_conn:
      announce();
      drop_link();
      break;
    case Action::stop_process: stop(); break;
    default: break;  // bindings, timers, alarms
  }
  return false;
}

void Doing::record(State state, bool by_stop, bool saw_partner_down) {
  me_.recorded = true;
  me_.record = state, me_.by_stop = by_stop, me_.saw_partner_down = saw_partner_down;
}

void Doing::announce() {
  if (announce_) say(me_.state, false);
  announce_ = false;
}

void Doing::say(State state, bool startup) {
  if (me_.view == View::none || (me_.said == state && me_.said_startup == startup)) return;
  me_.said = state;
  me_.said_startup = startup;
  send({Kind::state, state, startup});
  says_ += " +STATE";
}

}  // namespace twinlease::model::explore::joint
