// One row of the failover state machine (chapter 9): in a state, on an event, when the guards hold, what
// comes next.
//
// Of the rows of one state that match, the one with the lowest priority number is taken; two of the same
// priority never match together (a test goes through all combinations of guards). Where the draft can be read
// in two ways, `or_else` has the outcomes that are as good as the row itself; the reading says which question
// they answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

class StateSet {
 public:
  constexpr StateSet() = default;
  constexpr StateSet(State one) : bits_(static_cast<std::uint16_t>(1u << static_cast<unsigned>(one))) {}
  constexpr bool has(State one) const { return (bits_ & StateSet(one).bits_) != 0; }
  friend constexpr StateSet operator|(StateSet a, StateSet b) { return from(a.bits_ | b.bits_); }
  friend constexpr StateSet operator-(StateSet a, StateSet b) { return from(a.bits_ & ~b.bits_); }

 private:
  static constexpr StateSet from(int bits) {
    StateSet set;
    set.bits_ = static_cast<std::uint16_t>(bits);
    return set;
  }
  std::uint16_t bits_ = 0;
};
constexpr StateSet operator|(State a, State b) {
  return StateSet(a) | StateSet(b);
}

enum class StartupBit : std::uint8_t { either, clear, set };

// What COMM_OK and PARTNER_STATE bring: the server-state of the partner's STATE (12.24) and its STARTUP bit
// (12.23).
struct PartnerStates {
  StateSet states;
  StartupBit startup = StartupBit::either;
};

enum class Request : std::uint8_t { none, updreq, updreqall };  // UPDREQ_RCVD

// Facts that hold, or must hold: a set of guards.
class Facts {
 public:
  constexpr Facts() = default;
  constexpr Facts(std::initializer_list<Guard> guards) {
    for (Guard guard : guards) set(guard, true);
  }
  constexpr bool has(Guard guard) const { return (bits_ & bit(guard)) != 0; }
  constexpr void set(Guard guard, bool holds) { bits_ = holds ? bits_ | bit(guard) : bits_ & ~bit(guard); }
  constexpr bool all_of(Facts others) const { return (others.bits_ & ~bits_) == 0; }
  constexpr bool none_of(Facts others) const { return (others.bits_ & bits_) == 0; }
  friend constexpr Facts operator|(Facts a, Facts b) {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  static constexpr std::uint64_t bit(Guard guard) { return std::uint64_t{1} << static_cast<unsigned>(guard); }
  std::uint64_t bits_ = 0;
};

// Guards joined by &, some of them negated.
struct Condition {
  Facts must, must_not;
  constexpr Condition() = default;
  constexpr Condition(Guard guard) : must{guard} {}
  constexpr Condition(Facts yes, Facts no) : must(yes), must_not(no) {}
  constexpr bool holds(Facts facts) const { return facts.all_of(must) && facts.none_of(must_not); }
  friend constexpr Condition operator&(Condition a, Condition b) {
    return {a.must | b.must, a.must_not | b.must_not};
  }
};
constexpr Condition operator!(Guard guard) {
  return {Facts{}, Facts{guard}};
}
constexpr Condition operator&(Guard a, Guard b) {
  return Condition(a) & Condition(b);
}

// SAME is no transition: nothing is entered. A state, even the present one, is left and entered.
class Target {
 public:
  enum class Kind : std::uint8_t { same, previous, state };
  constexpr Target(Kind kind) : kind_(kind) {}
  constexpr Target(State state) : kind_(Kind::state), state_(state) {}
  constexpr Kind kind() const { return kind_; }
  constexpr State state() const { return state_; }  // of Kind::state only
  friend constexpr bool operator==(Target, Target) = default;

 private:
  Kind kind_;
  State state_ = State::startup;
};

// At most N things, in their order.
template <class T, std::size_t N>
class Few {
 public:
  constexpr Few() = default;
  constexpr Few(std::initializer_list<T> items) {
    for (const T& item : items) items_.at(size_++) = item;
  }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }
  constexpr std::size_t size() const { return size_; }
  constexpr const T& operator[](std::size_t at) const { return items_.at(at); }

 private:
  std::array<T, N> items_{};
  std::size_t size_ = 0;
};
using Actions = Few<Action, 6>;

struct Outcome {
  Target next = Target::Kind::same;
  Actions does{};
};

enum class Profile : std::uint8_t { all, draft, windows };

struct Row {
  std::string_view id;       // of model/spec/fsm-normal.csv
  std::string_view clauses;  // separated by spaces
  Event on;
  PartnerStates partner{};
  Request request = Request::none;
  Condition when{};
  int priority = 1;
  Profile profile = Profile::all;
  Target next = Target::Kind::same;
  Actions does{};
  std::string_view reading{};  // A-nn, separated by spaces, if there is an or_else
  Few<Outcome, 3> or_else{};

  // The outcome by number: 0 is the row's own, the others are those of or_else.
  constexpr Outcome outcome(std::size_t number) const {
    return number == 0 ? Outcome{next, does} : or_else[number - 1];
  }
  constexpr std::size_t outcomes() const { return 1 + or_else.size(); }
};

// The words as rows write them.
namespace rows {
using enum State;
using enum Event;
using enum Guard;
using enum Action;
using enum Request;
using enum StartupBit;
inline constexpr Target same = Target::Kind::same;
inline constexpr Target previous = Target::Kind::previous;
inline constexpr StateSet anything = normal | communications_interrupted | partner_down | recover |
                                     recover_wait | recover_done | potential_conflict |
                                     resolution_interrupted | conflict_done | paused | shutdown;
}  // namespace rows

}  // namespace twinlease::model
