// The steps that nobody sees: reading, timers, commands, restarts. What the endpoint says: state_tracker.cpp.
#include <algorithm>
#include <bit>

#include "model/oracle/state_tracker.hpp"

namespace twinlease::model::oracle {
namespace {

using Link = Explanation::Link;

Event event_of(Command command) {
  switch (command) {
    case Command::partner_down: return Event::operator_partner_down;
    case Command::pause: return Event::operator_pause;
    case Command::shutdown: return Event::operator_shutdown;
    case Command::restored: return Event::database_restored;
  }
  return Event::operator_partner_down;
}

// Of two ways to the same explanation: what rests on less counts, and the time that demands less.
void merge(Burden& into, const Burden& other) {
  if (other.assumed() < into.assumed()) {
    into.commands = other.commands;
    into.losses = other.losses;
    into.safe_periods = other.safe_periods;
    into.last = other.last;
  }
  if (std::popcount(other.missed) < std::popcount(into.missed)) into.missed = other.missed;
  into.visited = into.visited | other.visited;
  for (std::size_t at = 0; at < into.marked.size() && at < other.marked.size(); ++at)
    into.marked[at] = into.marked[at] | other.marked[at];
  into.changed_ms = std::max(into.changed_ms, other.changed_ms);
  into.down_after_ms = std::min(into.down_after_ms, other.down_after_ms);
}

bool are_within(const std::vector<StateSet>& some, const std::vector<StateSet>& others) {
  return std::ranges::equal(some, others, is_within);
}

bool changes(Burden& into, const Burden& other) {
  const Burden before = into;
  merge(into, other);
  return into.assumed() != before.assumed() || into.missed != before.missed ||
         !is_within(into.visited, before.visited) || !are_within(into.marked, before.marked) ||
         into.changed_ms != before.changed_ms || into.down_after_ms != before.down_after_ms;
}

}  // namespace

void StateTracker::started(TimeMs now_ms, bool storage_lost) {
  saturate(now_ms);
  Set next;
  std::vector<Explained> all;
  for (const auto& [explanation, burden] : set_) {
    Explained fresh{explanation, burden};
    fresh.explanation.read = received_.size();
    fresh.explanation.commands = given_.size();
    fresh.explanation.drop_connection();
    fresh.explanation.state = State::startup;
    fresh.explanation.mclt_expired = false;
    fresh.burden.changed_ms = now_ms;
    fresh.burden.down_after_ms = alive_ms_;
    if (storage_lost) {
      fresh.explanation.stored = fresh.explanation.by_stop = fresh.explanation.saw_partner_down = false;
      fresh.explanation.storage_lost = fresh.explanation.no_record = fresh.explanation.restored = false;
    }
    post(fresh, Event::process_start, now_ms, all);
  }
  for (const Explained& one : all) next.try_emplace(one.explanation, one.burden);
  set_ = std::move(next);
  changed_ = true;
}

void StateTracker::post(const Explained& from, Event event, TimeMs now_ms,
                        std::vector<Explained>& out) const {
  for (const Facts& facts : unknown_facts(event, from.explanation.state))
    for (const Explained& one : step(from, {event}, facts, options_.role, options_.profile, now_ms))
      out.push_back(one);
}

void StateTracker::step_of_its_own(const Explained& from, Event event, Own kind, TimeMs now_ms,
                                   std::vector<Explained>& out) const {
  Explained start = from;
  start.burden.commands += kind == Own::command ? 1 : 0;
  start.burden.losses += kind == Own::loss ? 1 : 0;
  start.burden.safe_periods += kind == Own::safe_period ? 1 : 0;
  std::vector<Explained> all;
  post(start, event, now_ms, all);
  for (Explained& one : all) {
    Explanation& e = one.explanation;
    e.owes =
        e.link != Link::none && e.state != from.explanation.state && (e.said != e.state || e.said_startup);
    out.push_back(one);
  }
}

void StateTracker::read_next(const Explained& from, TimeMs now_ms, std::vector<Explained>& out) const {
  if (from.explanation.read >= received_.size()) return;
  const Received& input = received_[from.explanation.read];
  if (from.explanation.owes && input.kind != Received::Kind::down) return;
  Explained next = from;
  Explanation& e = next.explanation;
  ++e.read;
  if (input.doubtful) out.push_back(next);
  switch (input.kind) {
    case Received::Kind::up: {
      const Link was = e.link;
      e.drop_connection();
      std::vector<Explained> before = {next};
      // That the one before is over, it may notice with this one (8.2).
      if (was != Link::none)
        post(next, was == Link::ok ? Event::comm_lost : Event::handshake_failed, now_ms, before);
      for (Explained& one : before) {
        one.explanation.link = Link::connected;
        one.burden.changed_ms = now_ms;
        post(one, Event::connected, now_ms, out);
      }
      return;
    }
    case Received::Kind::down: {
      const Link was = e.link;
      e.drop_connection();
      if (was == Link::none) return out.push_back(next);
      return post(next, was == Link::ok ? Event::comm_lost : Event::handshake_failed, now_ms, out);
    }
    case Received::Kind::state: {
      if (e.link == Link::none) return out.push_back(next);
      const bool first = e.link == Link::connected;
      if (!first && e.partner == input.state && e.partner_startup == input.startup) out.push_back(next);
      e.link = Link::ok;
      e.partner = input.state;
      e.partner_startup = input.startup;
      const Event event = first ? Event::comm_ok : Event::partner_state;
      for (const Facts& facts : unknown_facts(event, e.state))
        for (const Explained& one : step(next, {event, input.state, input.startup, Request::none}, facts,
                                         options_.role, options_.profile, now_ms))
          out.push_back(one);
      return;
    }
    case Received::Kind::done: {
      if (e.link == Link::none) return out.push_back(next);
      for (Facts facts : unknown_facts(Event::upddone_rcvd, e.state)) {
        if (facts.has(Guard::first_time) && !e.may_be_first) continue;
        facts.set(Guard::xid_match, e.asks_with(input.xid));
        for (const Explained& one :
             step(next, {Event::upddone_rcvd}, facts, options_.role, options_.profile, now_ms))
          out.push_back(one);
      }
      return;
    }
  }
}

// What a connection still held when it ended is lost, if the endpoint did not read it before (8.6).
void StateTracker::lose_unread(const Explained& from, std::vector<Explained>& out) const {
  const auto begin = received_.begin() + static_cast<std::ptrdiff_t>(from.explanation.read);
  const auto down = std::find_if(begin, received_.end(), [](const Received& one) {
    return one.kind == Received::Kind::down || one.kind == Received::Kind::up;
  });
  if (down == received_.end() || down == begin || down->kind == Received::Kind::up) return;
  Explained next = from;
  next.explanation.read = static_cast<std::size_t>(down - received_.begin());
  out.push_back(next);
}

void StateTracker::restarts(const Explained& from, TimeMs now_ms, std::vector<Explained>& out) const {
  if (options_.processes_seen) return;
  std::size_t read = received_.size();
  while (read > from.explanation.read && received_[read - 1].kind != Received::Kind::down) --read;
  if (read == from.explanation.read && from.explanation.link != Link::none) return;
  Explained fresh = from;
  Explanation& e = fresh.explanation;
  e.read = read;
  e.drop_connection();
  e.state = State::startup;
  e.mclt_expired = false;
  fresh.burden.changed_ms = now_ms;
  fresh.burden.down_after_ms = alive_ms_;
  if (e.stored) post(fresh, Event::process_start, now_ms, out);
  if (options_.storage_kept && e.stored) return;
  fresh.burden.losses += e.stored ? 1 : 0;
  Explained leases = fresh;  // the state is there, the leases are not
  leases.explanation.storage_lost = true;
  leases.burden.down_after_ms = 0;
  if (e.stored) post(leases, Event::process_start, now_ms, out);
  e.stored = e.by_stop = e.saw_partner_down = e.storage_lost = e.no_record = e.restored = false;
  post(fresh, Event::process_start, now_ms, out);
}

void StateTracker::hidden_steps(const Explained& from, TimeMs now_ms, std::vector<Explained>& out) const {
  const Explanation& e = from.explanation;
  read_next(from, now_ms, out);
  lose_unread(from, out);
  restarts(from, now_ms, out);
  if (e.owes) return;
  const auto own = [&](Event event, Own kind) { step_of_its_own(from, event, kind, now_ms, out); };
  if (e.state == State::startup && e.link != Link::ok) own(Event::timer_startup, Own::timer);
  if (e.state == State::communications_interrupted && options_.safe_period)
    own(Event::timer_safe_period, Own::safe_period);
  if (e.state == State::normal && unanswered_) own(Event::timer_no_ack, Own::timer);
  if (waits(from) && is_over(from.burden, now_ms)) own(Event::timer_mclt, Own::timer);
  if (e.commands < given_.size()) {
    Explained next = from;
    ++next.explanation.commands;
    step_of_its_own(next, event_of(given_[e.commands].command), Own::timer, now_ms, out);
  }
  if (!options_.commands_seen)
    for (Command command : {Command::partner_down, Command::pause, Command::shutdown})
      own(event_of(command), Own::command);
  if (!options_.storage_kept) own(Event::database_restored, Own::loss);
}

// The wait of RECOVER-WAIT (9.6.2).
bool StateTracker::waits(const Explained& one) {
  return one.explanation.state == State::recover_wait && !one.explanation.mclt_expired;
}

bool StateTracker::is_over(const Burden& burden, TimeMs now_ms) const {
  if (!mclt_ || burden.down_after_ms == 0) return true;
  return now_ms + options_.eps_ms >= burden.down_after_ms + *mclt_ * 1000;
}

void StateTracker::add(Set& set, std::vector<Explained>& todo, const Explained& one) const {
  const auto [place, fresh] = set.try_emplace(one.explanation, one.burden);
  if (fresh || changes(place->second, one.burden)) todo.push_back({place->first, place->second});
}

void StateTracker::saturate(TimeMs now_ms) {
  std::vector<Explained> todo, next;
  for (const auto& [explanation, burden] : set_)
    if (changed_ || waits({explanation, burden})) todo.push_back({explanation, burden});
  changed_ = false;
  while (!todo.empty()) {
    const Explained from = todo.back();
    todo.pop_back();
    next.clear();
    hidden_steps(from, now_ms, next);
    for (const Explained& one : next) add(set_, todo, one);
    if (set_.size() > options_.most_explanations) {
      overflowed_ = true;
      return lose_track();
    }
  }
}

}  // namespace twinlease::model::oracle
