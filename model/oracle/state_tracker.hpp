// The failover state of one endpoint, as the set of all explanations of what it said.
//
//  1. What the endpoint received waits, in order, until an explanation reads it: a message that is on the
//     wire need not have been read by the time the next one is seen. An explanation may have read any
//     number of them, but none is left unread for longer than Options::patience_ms.
//  2. The set is never empty: when nothing explains a message, that is reported, and the set starts again
//     from what the message itself says and from what should have been said.
//  3. Hidden steps are taken before the endpoint's next word is judged: timers, commands and restarts that
//     nobody saw (unless Options says that all of them are).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/machine/row.hpp"
#include "model/oracle/explanation.hpp"
#include "model/oracle/finding.hpp"
#include "model/oracle/options.hpp"
#include "model/oracle/seen.hpp"

namespace twinlease::model::oracle {

// Why nothing explains a message: what the explanations that were left had to go on.
struct Unexplained {
  std::vector<std::string> clauses;
  std::string invariant;
  std::string allowed;
  Level level = Level::must;
};

// What is recommended (clause), and the event, by its Seen::number, that missed it.
struct Lapse {
  std::string clause;
  std::uint64_t number = 0;
};

class StateTracker {
 public:
  explicit StateTracker(const Options& options);

  // What happens to the endpoint; it notices now or later.
  // `doubtful`: the endpoint may leave it unread (Seen).
  void connected(TimeMs now_ms, bool doubtful);
  void disconnected(TimeMs now_ms);
  void partner_said(TimeMs now_ms, State state, bool startup, bool doubtful);
  void partner_done(TimeMs now_ms, std::uint32_t xid, bool doubtful);
  void commanded(TimeMs now_ms, Command command);
  void started(TimeMs now_ms, bool storage_lost);
  void set_mclt(std::optional<Seconds> mclt) { mclt_ = mclt; }
  void set_unanswered(bool unanswered);  // BNDUPDs of it wait for a BNDACK
  void alive(TimeMs now_ms);             // it sent something
  void lose_track();                     // Gap

  // What the endpoint does.
  // `again`: the same STATE as before on this connection, with the same start-time-of-state.
  std::optional<Unexplained> said(TimeMs now_ms, State state, bool startup, bool again);
  std::optional<Unexplained> requested(TimeMs now_ms, std::uint32_t xid, bool all);
  // Was there something to be said that it did not say in time? Asked now and then.
  std::optional<Unexplained> overdue(TimeMs now_ms);

  // What every explanation that is left has missed. Told once.
  std::vector<Lapse> take_lapses() { return std::exchange(lapses_, {}); }

  // The states in which it may have been at any moment between the two, as far as the explanations go that
  // are left; nothing while the endpoint has not said a STATE since, unless `final`.
  std::optional<StateSet> between(TimeMs from_ms, TimeMs to_ms, bool final);
  // Likewise, from one event to another.
  std::optional<StateSet> between_events(std::uint64_t from, std::uint64_t to, bool final);
  // The place of what comes next, and its Seen::number.
  void at(std::uint64_t event, std::uint64_t number) {
    event_ = event;
    number_ = number;
  }
  // The endpoint sends another message than STATE here: what is asked of the time before it shall not depend
  // on what comes after.
  void mark(TimeMs now_ms);

  bool known() const { return known_; }  // it has said a STATE since it was last lost track of
  bool overflowed() const { return overflowed_; }
  std::size_t explanations() const { return set_.size(); }
  const Burden& least_burden() const;

  // A step that is the endpoint's own: no input that it reads.
  enum class Own : std::uint8_t { timer, safe_period, command, loss };

 private:
  struct Received {
    enum class Kind : std::uint8_t { up, down, state, done } kind{};
    TimeMs time_ms = 0;
    State state{};
    bool startup = false;
    std::uint32_t xid = 0;
    bool doubtful = false;
  };
  struct Given {
    TimeMs time_ms = 0;
    Command command{};
  };
  struct Period {  // until that time, since the one before: which states were possible
    TimeMs until_ms = 0;
    std::uint64_t until = 0;  // likewise, as the number of an event
    StateSet states;
  };
  using Set = std::map<Explanation, Burden>;

  void add(Set& set, std::vector<Explained>& todo, const Explained& one) const;
  void saturate(TimeMs now_ms);
  void hidden_steps(const Explained& from, TimeMs now_ms, std::vector<Explained>& out) const;
  void read_next(const Explained& from, TimeMs now_ms, std::vector<Explained>& out) const;
  void lose_unread(const Explained& from, std::vector<Explained>& out) const;
  void restarts(const Explained& from, TimeMs now_ms, std::vector<Explained>& out) const;
  void post(const Explained& from, Event event, TimeMs now_ms, std::vector<Explained>& out) const;
  void step_of_its_own(const Explained& from, Event event, Own kind, TimeMs now_ms,
                       std::vector<Explained>& out) const;
  static bool waits(const Explained& one);
  bool is_over(const Burden& burden, TimeMs now_ms) const;
  bool is_late(const Explanation& e, const Burden& burden, TimeMs now_ms) const;
  void close_period(TimeMs now_ms, const std::vector<StateSet>& marked, StateSet states);
  // Over all periods that the predicate names, the present one last.
  template <class Covers>
  StateSet states_in(TimeMs now_ms, Covers covers);
  void begin(TimeMs now_ms, State state, bool startup);
  void keep_on(const Set& before, TimeMs now_ms, State state, bool startup);
  template <class Keep>
  bool filter(TimeMs now_ms, Keep keep);
  void note_lapses();
  void miss(Burden& burden, Missed what);
  void name(Unexplained& unexplained, State state, bool startup, StateSet instead) const;
  Unexplained why(const Set& set, std::string allowed) const;

  Options options_;
  Set set_;
  bool known_ = false;
  std::vector<Lapse> lapses_;
  std::uint64_t number_ = 0;                       // of the event
  std::map<Missed, std::uint64_t> missed_number_;  // of the latest that missed it
  bool overflowed_ = false;
  bool unanswered_ = false;
  bool changed_ = true;  // there may be steps to take
  TimeMs overdue_asked_ms_ = 0;
  std::optional<Seconds> mclt_;
  TimeMs alive_ms_ = 0;
  TimeMs awake_since_ms_ = 0;  // no long silence of it since then
  std::vector<Received> received_;
  std::size_t connection_begins_ = 0;  // the place in received_ after the latest `up`
  std::vector<Given> given_;
  std::vector<Period> periods_;
  std::vector<Period> marks_;  // since the latest of the periods; the states are in Burden::marked
  std::uint64_t event_ = 0;
};

}  // namespace twinlease::model::oracle
