// The failover state machine of chapter 9: which row of the tables answers an input.
//
// The machine is Boost.MSM's, made from the rows (rows.hpp) and instantiated in machine.cpp alone. Here is a
// plain value: one state. It knows no time, no partner and no storage: what of these a row asks for are the
// facts that the caller states, and what is to be done are the actions that it gets back.
#pragma once

#include <optional>

#include "model/machine/row.hpp"

namespace twinlease::model {

// An event with its argument, if it has one.
struct Input {
  Event event;
  State partner = State::startup;   // COMM_OK, PARTNER_STATE: the state that the partner announces
  bool partner_startup = false;     // COMM_OK, PARTNER_STATE: its STARTUP bit
  Request request = Request::none;  // UPDREQ_RCVD
};

// What the guards of the rows ask, besides the input.
struct Circumstances {
  Facts facts;
  State previous =
      State::recover;  // previous-state (9.3.2): never NORMAL, POTENTIAL_CONFLICT, PAUSED, SHUTDOWN
  Profile profile = Profile::draft;  // draft or windows
};

// What came of an input.
struct Step {
  const Row* row;
  std::size_t number;  // which of the row's outcomes: 0 is its own, the others are readings (row->reading)
  State next;
  bool entered;  // ENTRY of `next` is due now; not for SAME
  const Actions& does() const { return number == 0 ? row->does : row->or_else[number - 1].does; }
};

class Machine {
 public:
  explicit Machine(State state) : state_(state) {}
  State state() const { return state_; }

  // The row that answers the input; null if the draft says nothing (UNDEFINED).
  const Row* row(const Input&, const Circumstances&) const;

  // Takes the outcome of that number of the row that matches, and is in its next state; nothing, and nowhere
  // else, if no row matches (the draft says nothing: UNDEFINED) or the row has no such outcome.
  std::optional<Step> process(const Input&, const Circumstances&, std::size_t number = 0);

 private:
  State state_;
};

}  // namespace twinlease::model
