#include "model/oracle/state_tracker.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <string_view>

namespace twinlease::model::oracle {
namespace {

using Link = Explanation::Link;

// The draft's spelling: COMMUNICATIONS-INTERRUPTED.
std::string spelled(State state) {
  std::string text(to_string(state));
  std::ranges::replace(text, '_', '-');
  return text;
}

void split_into(std::set<std::string>& clauses, std::string_view text) {
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    clauses.insert(std::string(text.substr(0, space)));
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  }
}

std::string listed(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " or ") + word;
  return text;
}

constexpr std::size_t kPeriods = 256, kMarks = 32;
constexpr StateSet kAnyState = rows::anything | StateSet(State::startup);

}  // namespace

StateTracker::StateTracker(const Options& options) : options_(options) {}

void StateTracker::connected(TimeMs now_ms, bool doubtful) {
  changed_ = true;
  received_.push_back({Received::Kind::up, now_ms, {}, false, 0, doubtful});
  if (!doubtful) connection_begins_ = received_.size();
}

void StateTracker::disconnected(TimeMs now_ms) {
  changed_ = true;
  received_.push_back({Received::Kind::down, now_ms, {}, false, 0});
}

void StateTracker::partner_said(TimeMs now_ms, State state, bool startup, bool doubtful) {
  changed_ = true;
  received_.push_back({Received::Kind::state, now_ms, state, startup, 0, doubtful});
}

void StateTracker::partner_done(TimeMs now_ms, std::uint32_t xid, bool doubtful) {
  changed_ = true;
  received_.push_back({Received::Kind::done, now_ms, {}, false, xid, doubtful});
}

void StateTracker::commanded(TimeMs now_ms, Command command) {
  changed_ = true;
  given_.push_back({now_ms, command});
}

void StateTracker::set_unanswered(bool unanswered) {
  changed_ = changed_ || unanswered != unanswered_;
  unanswered_ = unanswered;
}

void StateTracker::alive(TimeMs now_ms) {
  // A process that was stopped for a while has its reading to do when it goes on.
  if (now_ms - alive_ms_ > options_.patience_ms / 2) awake_since_ms_ = now_ms;
  alive_ms_ = now_ms;
}

void StateTracker::lose_track() {
  marks_.clear();
  close_period(std::max(alive_ms_, periods_.empty() ? 0 : periods_.back().until_ms), {}, kAnyState);
  set_.clear();
  known_ = false;
}

// What the endpoint says

bool StateTracker::is_late(const Explanation& e, const Burden& burden, TimeMs now_ms) const {
  const TimeMs before = now_ms - options_.patience_ms;
  if (before < awake_since_ms_) return false;
  if (e.read < received_.size() && received_[e.read].time_ms < before) return true;
  if (e.commands < given_.size() && given_[e.commands].time_ms < before) return true;
  return e.link != Link::none && burden.changed_ms < before && !(has_said(e) && e.due == Request::none);
}

template <class Keep>
bool StateTracker::filter(TimeMs now_ms, Keep keep) {
  StateSet visited;
  std::vector<StateSet> marked(marks_.size(), StateSet{});
  Set kept;
  for (const auto& [explanation, burden] : set_) {
    std::optional<Explained> one = keep(Explained{explanation, burden});
    if (!one) continue;
    visited = visited | burden.visited | explanation.state;
    for (std::size_t at = 0; at < marked.size(); ++at) marked[at] = marked[at] | burden.marked[at];
    one->burden.visited = explanation.state;
    one->burden.marked.clear();
    std::vector<Explained> none;
    add(kept, none, *one);
  }
  if (kept.empty()) std::ranges::fill(marked, kAnyState);
  close_period(now_ms, marked, kept.empty() ? kAnyState : visited);
  if (kept.empty()) return false;
  set_ = std::move(kept);
  changed_ = true;
  note_lapses();
  return true;
}

void StateTracker::miss(Burden& burden, Missed what) {
  burden.missed |= static_cast<std::uint8_t>(what);
  missed_number_[what] = number_;
}

void StateTracker::note_lapses() {
  const auto fewest = [](const auto& a, const auto& b) {
    return std::popcount(a.second.missed) < std::popcount(b.second.missed);
  };
  const std::uint8_t missed = std::ranges::min_element(set_, fewest)->second.missed;
  if (missed == 0) return;
  const bool primary = options_.role == Role::primary;
  const std::pair<Missed, const char*> all[] = {
      {Missed::changed_state, "FO-7.10.1-03"},
      {Missed::conflict_request, primary ? "FO-9.10.1-01" : "FO-9.10.3-04"}};
  for (const auto& [what, clause] : all)
    if ((missed & static_cast<std::uint8_t>(what)) != 0) lapses_.push_back({clause, missed_number_[what]});
  for (auto& [explanation, burden] : set_) burden.missed = 0;
}

// From a STATE alone: every explanation that could have said it.
void StateTracker::begin(TimeMs now_ms, State state, bool startup) {
  set_.clear();
  known_ = changed_ = true;
  for (unsigned bits = 0; bits < 16; ++bits) {
    Explanation e;
    e.link = Link::connected;
    e.storage_lost = (bits & 1) != 0;
    e.no_record = (bits & 2) != 0;
    e.by_stop = startup && (bits & 4) != 0;
    e.read = received_.size();
    e.commands = given_.size();
    e.said = state;
    e.said_startup = startup;
    e.stored = !(startup && state == State::recover && (bits & 8) != 0);
    e.stored_state = e.previous = state;
    if (!startup) e.state = state;
    // What it has read of this connection is not known either.
    for (std::size_t read = connection_begins_; read <= received_.size(); ++read) {
      e.read = read;
      e.link = Link::connected;
      e.partner = State::startup;
      for (std::size_t at = connection_begins_; at < read; ++at) {
        if (received_[at].kind != Received::Kind::state) continue;
        e.link = Link::ok;
        e.partner = received_[at].state;
        e.partner_startup = received_[at].startup;
      }
      if (startup && e.link == Link::ok) continue;
      Explained one{e, {}};
      one.burden.changed_ms = now_ms;
      std::vector<Explained> none;
      add(set_, none, one);
      if (!startup) continue;
      for (State previous : {State::communications_interrupted, State::resolution_interrupted}) {
        if (state !=
            (previous == State::communications_interrupted ? State::normal : State::potential_conflict))
          continue;
        one.explanation.previous = previous;  // what is recorded was sent, not what it becomes
        add(set_, none, one);
      }
    }
  }
}

// It may have meant what it said, or be where it should be and have said something else.
void StateTracker::keep_on(const Set& before, TimeMs now_ms, State state, bool startup) {
  std::vector<Explained> none;
  for (const auto& [explanation, burden] : before) {
    Explained one{explanation, burden};
    Explanation& e = one.explanation;
    if (e.link == Link::none || e.read < connection_begins_ || set_.size() >= options_.most_explanations / 2)
      continue;
    e.said = state;
    e.said_startup = startup;
    e.owes = false;
    one.burden.visited = e.state;
    one.burden.marked.clear();
    one.burden.changed_ms = now_ms;
    add(set_, none, one);
  }
}

Unexplained StateTracker::why(const Set& set, std::string allowed) const {
  std::size_t read = 0;
  for (const auto& [e, burden] : set) read = std::max(read, e.read);
  std::set<std::string> clauses;
  for (const auto& [e, burden] : set)
    if (e.read == read && burden.assumed() == least_burden().assumed() && burden.last != nullptr)
      split_into(clauses, burden.last->clauses);
  if (clauses.size() > 1) clauses.erase("FO-9.1-01");  // that it starts in STARTUP explains little
  return {{clauses.begin(), clauses.end()}, "", std::move(allowed)};
}

// Which invariant it breaks to say that; `instead`: the states of the explanations that say something else.
void StateTracker::name(Unexplained& unexplained, State state, bool startup, StateSet instead) const {
  const StateSet synchronising = StateSet(State::recover) | State::potential_conflict;
  const StateSet after =
      StateSet(State::normal) | State::conflict_done | State::recover_done | State::recover_wait;
  std::vector<std::string>& clauses = unexplained.clauses;
  if (startup || state == State::startup) {
    unexplained.invariant = "S14";
  } else if (state == State::partner_down) {
    unexplained.invariant = "S11";
    clauses.insert(clauses.begin(), "FO-9.4.2-04");
  } else if (state == State::recover_done && is_within(instead, State::recover_wait)) {
    unexplained.invariant = "S30";
    clauses = {"FO-9.6.2-01"};
  } else if (after.has(state) && is_within(instead, synchronising)) {
    unexplained.invariant = "S13";
    clauses.push_back("FO-7.4-01");
    const auto done = [](const Received& one) { return one.kind == Received::Kind::done; };
    if (std::any_of(received_.begin() + static_cast<std::ptrdiff_t>(connection_begins_), received_.end(),
                    done)) {
      // An UPDDONE of another xid: that it must do nothing is a reading.
      unexplained.level = Level::should;
      clauses = {"FO-7.5.1-02"};
    }
  } else if (is_within(instead, State::partner_down) && !received_.empty() && received_.back().startup) {
    unexplained.invariant = "S15";
  } else {
    unexplained.invariant = "S12";
  }
}

std::optional<Unexplained> StateTracker::said(TimeMs now_ms, State state, bool startup, bool again) {
  saturate(now_ms);
  if (!known_) {
    close_period(now_ms, {}, kAnyState);
    begin(now_ms, state, startup);
    return std::nullopt;
  }
  const Set before = set_;
  const bool explained = filter(now_ms, [&](Explained one) -> std::optional<Explained> {
    Explanation& e = one.explanation;
    if (e.link == Link::none || e.read < connection_begins_ || !may_say(e, state, startup)) return {};
    if (again && e.passes == 0) miss(one.burden, Missed::changed_state);
    e.said = state;
    e.said_startup = startup;
    e.passed = {};
    e.passes = 0;
    e.owes = e.owes && (e.said != e.state || e.said_startup);
    one.burden.changed_ms = now_ms;
    return one;
  });
  if (explained) return std::nullopt;

  std::set<std::string> words;
  StateSet states;
  std::size_t read = 0;
  for (const auto& [e, burden] : before) read = std::max(read, e.read);
  for (const auto& [e, burden] : before) {
    if (e.read != read || e.link == Link::none || burden.assumed() > least_burden().assumed()) continue;
    states = states | e.state;
    for (State one : announced(e))
      words.insert("STATE " + spelled(one) + (e.state == State::startup ? " with STARTUP" : ""));
  }
  Unexplained unexplained = why(before, listed(words));
  name(unexplained, state, startup, words.empty() ? kAnyState : states);
  begin(now_ms, state, startup);
  keep_on(before, now_ms, state, startup);
  return unexplained;
}

std::optional<Unexplained> StateTracker::requested(TimeMs now_ms, std::uint32_t xid, bool all) {
  if (known_) saturate(now_ms);
  if (!known_) return std::nullopt;
  const Request kind = all ? Request::updreqall : Request::updreq;
  Set before = set_;
  std::erase_if(before, [](const auto& one) { return one.first.owes; });
  const auto explains = [&](Explained one) -> std::optional<Explained> {
    Explanation& e = one.explanation;
    if (e.link == Link::none || e.read < connection_begins_ || e.owes) return {};
    // Which of the two it is matters in RECOVER alone (9.5.2); nowhere does the draft forbid to ask (A-34,
    //
    const bool lost = e.storage_lost || e.restored;
    const bool fits = all ? lost || e.no_record : !lost;
    if (e.state == State::recover && !fits && e.due != kind && e.asked != kind) return {};
    e.ask(xid, kind);
    one.burden.changed_ms = now_ms;
    return one;
  };
  if (filter(now_ms, explains)) return std::nullopt;
  Unexplained unexplained = why(before, all ? "UPDREQ" : "UPDREQALL");
  unexplained.clauses = {"FO-9.5.2-03"};
  Set next;
  std::vector<Explained> none;
  for (const auto& [explanation, burden] : before) {
    Explained one{explanation, burden};
    if (one.explanation.link == Link::none || one.explanation.read < connection_begins_) continue;
    one.explanation.ask(xid, kind);
    add(next, none, one);
  }
  if (next.empty())
    lose_track();
  else
    set_ = std::move(next);
  return unexplained;
}

std::optional<Unexplained> StateTracker::overdue(TimeMs now_ms) {
  if (!known_ || now_ms - overdue_asked_ms_ < options_.patience_ms / 4) return std::nullopt;
  overdue_asked_ms_ = now_ms;
  saturate(now_ms);
  if (!known_) return std::nullopt;  // too many explanations
  const Set before = set_;
  const auto keeps = [&](Explained one) -> std::optional<Explained> {
    if (!is_late(one.explanation, one.burden, now_ms)) return one;
    Explanation& e = one.explanation;
    if (e.state != State::potential_conflict || e.due == Request::none) return {};
    e.due = Request::none;  // should, not MUST
    if (is_late(e, one.burden, now_ms)) return {};
    miss(one.burden, Missed::conflict_request);
    return one;
  };
  if (filter(now_ms, keeps)) return std::nullopt;
  std::set<std::string> words;
  for (const auto& [e, burden] : before) {
    if (e.read != received_.size() || burden.assumed() > least_burden().assumed()) continue;
    if (!has_said(e)) words.insert("STATE " + spelled(announced(e).front()));
    if (e.due != Request::none) words.insert(e.due == Request::updreq ? "UPDREQ" : "UPDREQALL");
  }
  Unexplained unexplained = why(before, listed(words));
  lose_track();
  return unexplained;
}

void StateTracker::close_period(TimeMs now_ms, const std::vector<StateSet>& marked, StateSet states) {
  for (std::size_t at = 0; at < marked.size(); ++at)
    periods_.push_back({marks_[at].until_ms, marks_[at].until, marked[at]});
  marks_.clear();
  periods_.push_back({now_ms, event_, states});
  if (periods_.size() > kPeriods)
    periods_.erase(periods_.begin(), periods_.end() - static_cast<std::ptrdiff_t>(kPeriods));
}

void StateTracker::mark(TimeMs now_ms) {
  if (!known_ || marks_.size() == kMarks || (!marks_.empty() && marks_.back().until == event_)) return;
  saturate(now_ms);
  if (!known_) return;
  std::erase_if(set_, [](const auto& one) { return one.first.owes; });
  marks_.push_back({now_ms, event_, {}});
  for (auto& [explanation, burden] : set_) {
    burden.marked.push_back(burden.visited | explanation.state);
    burden.visited = explanation.state;
  }
}

template <class Covers>
StateSet StateTracker::states_in(TimeMs now_ms, Covers covers) {
  StateSet states;
  Period before;
  for (const Period& period : periods_) {
    if (covers(before, period)) states = states | period.states;
    before = period;
  }
  saturate(now_ms);
  if (!known_) return kAnyState;
  for (std::size_t at = 0; at < marks_.size(); ++at) {
    if (covers(before, marks_[at]))
      for (const auto& [explanation, burden] : set_) states = states | burden.marked[at];
    before = marks_[at];
  }
  const Period present{std::numeric_limits<TimeMs>::max(), std::numeric_limits<std::uint64_t>::max(), {}};
  if (covers(before, present))
    for (const auto& [explanation, burden] : set_) states = states | burden.visited | explanation.state;
  return states;
}

std::optional<StateSet> StateTracker::between(TimeMs from_ms, TimeMs to_ms, bool final) {
  if (!final && (periods_.empty() || periods_.back().until_ms < to_ms)) return std::nullopt;
  return states_in(to_ms, [&](const Period& before, const Period& period) {
    return period.until_ms >= from_ms && before.until_ms <= to_ms;
  });
}

std::optional<StateSet> StateTracker::between_events(std::uint64_t from, std::uint64_t to, bool final) {
  if (!final && (periods_.empty() || periods_.back().until < to)) return std::nullopt;
  return states_in(alive_ms_, [&](const Period& before, const Period& period) {
    return period.until >= from && before.until < to;
  });
}

const Burden& StateTracker::least_burden() const {
  static const Burden kNone;
  const Burden* least = nullptr;
  for (const auto& [explanation, burden] : set_)
    if (least == nullptr || burden.assumed() < least->assumed()) least = &burden;
  return least == nullptr ? kNone : *least;
}

}  // namespace twinlease::model::oracle
