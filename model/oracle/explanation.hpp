// One state of the model that explains what an endpoint has done so far, and how an input takes it further.
//
// What a black box does not show is branched over: step() yields every explanation that the input may lead
// to, with each reading of the draft that is as good as another (Row::or_else) and each value of the facts
// that nobody outside knows (CFG_..., FIRST_TIME, whether the partner's PARTNER-DOWN is newer than the last
// time of operation).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <vector>

#include "model/history/vocabulary.hpp"
#include "model/lease/binding.hpp"
#include "model/machine/machine.hpp"

namespace twinlease::model::oracle {

struct Explanation {
  enum class Link : std::uint8_t { none, connected, ok };  // ok: a STATE of the partner was read (8.3)

  State state = State::startup;
  State previous = State::recover;  // previous-state (9.3.2)
  Link link = Link::none;
  State partner = State::startup;  // as read; STARTUP: nothing
  bool partner_startup = false;

  // What is in its stable storage.
  bool stored = false;  // a failover state is
  State stored_state = State::recover;
  bool by_stop = false;           // stored on the way to PAUSED or SHUTDOWN
  bool saw_partner_down = false;  // in SHUTDOWN (9.14.2)
  bool storage_lost = false;      // known or deduced, and no UPDDONE since
  bool no_record = false;
  bool restored = false;
  bool may_be_first = true;  // FIRST_TIME may hold: nothing shows that it ran failover before (9.6.2)
  bool mclt_expired = false;

  // What it said on this connection.
  State said = State::startup;  // in the last STATE; STARTUP: no STATE yet
  bool said_startup = false;
  std::array<State, 2> passed{};  // entered and left since, and not said: may be said still
  std::uint8_t passes = 0;
  Request due = Request::none;  // a request that its last row asks for
  Request asked = Request::none;
  std::array<std::uint32_t, 2> xids{};  // of its latest requests without an UPDDONE
  std::uint8_t requests = 0;

  // It entered its state by a step of its own (a command, a timer): while connected, it says so before it
  // does anything else (FO-7.10-02). What it reads may come in one heap, and its STATEs too.
  bool owes = false;

  std::size_t read = 0;      // inputs that it has taken from the connection
  std::size_t commands = 0;  // commands that it has carried out

  friend auto operator<=>(const Explanation&, const Explanation&) = default;

  bool asks_with(std::uint32_t xid) const;
  void ask(std::uint32_t xid, Request kind);
  void drop_connection();
};

bool is_within(StateSet some, StateSet others);

// What a STATE may carry that is sent now (12.23, 12.24, A-03, A-18).
std::vector<State> announced(const Explanation& e);
// May its next message be this STATE?
bool may_say(const Explanation& e, State state, bool startup);
// It owes its partner nothing about its state. In RECOVER-WAIT it may be silent; that it stops, it
// should say (9.13, 9.14).
bool has_said(const Explanation& e);

// What an explanation has not done that the draft only recommends.
enum class Missed : std::uint8_t {
  changed_state = 1,     // it said a STATE again that had not changed (7.10.1)
  conflict_request = 2,  // it sent no UPDREQ in POTENTIAL-CONFLICT (9.10.1, 9.10.3)
};

// What an explanation rests on that nobody saw, and since when.
struct Burden {
  std::uint8_t missed = 0;            // of Missed
  int commands = 0;                   // of an operator
  int losses = 0;                     // of stable storage
  int safe_periods = 0;               // that ran out
  StateSet visited;                   // its states since the last mark() or STATE,
  std::vector<StateSet> marked;       // and before each mark() since then
  history::TimeMs changed_ms = 0;     // since when there is something to be said
  history::TimeMs down_after_ms = 0;  // it went down after that (9.6.2); 0: nobody knows
  const Row* last = nullptr;          // the last row with a clause

  int assumed() const { return commands + losses + safe_periods; }
};

struct Explained {
  Explanation explanation;
  Burden burden;
};

// Every explanation that the event may lead to at that time. `facts`: those that hold beside what the
// explanation itself knows.
std::vector<Explained> step(const Explained& from, const Input& input, Facts facts, Role role,
                            Profile profile, history::TimeMs now_ms);

// The combinations of facts that nobody outside knows, and on which the answer to the event may depend.
std::vector<Facts> unknown_facts(Event event, State state);

}  // namespace twinlease::model::oracle
