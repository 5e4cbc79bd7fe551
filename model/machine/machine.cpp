#include "model/machine/machine.hpp"

#include <algorithm>
#include <array>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/mp11/mpl.hpp>
// mp11 before MSM: its transition table is an mp_list
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>
#include <cstdlib>
#include <utility>
#include <vector>

#include "model/machine/rows.hpp"

namespace twinlease::model {
namespace {

namespace mp = boost::mp11;
namespace msm = boost::msm;

bool matches(const Row& row, const Input& input, const Circumstances& when) {
  if (row.profile != Profile::all && row.profile != when.profile) return false;
  if (row.request != Request::none && row.request != input.request) return false;
  if (input.event == Event::comm_ok || input.event == Event::partner_state) {
    if (!row.partner.states.has(input.partner)) return false;
    if (row.partner.startup != StartupBit::either &&
        (row.partner.startup == StartupBit::set) != input.partner_startup)
      return false;
  }
  return row.when.holds(when.facts);
}

using Rows = std::vector<const Row*>;

// Rows of a state by their event, of lower priority number first.
std::array<std::array<Rows, kEvents>, kStates> rows_by_event() {
  std::array<std::array<Rows, kEvents>, kStates> all;
  for (int s = 0; s < kStates; ++s) {
    for (const Row& row : rows_of(static_cast<State>(s)))
      all[s][static_cast<std::size_t>(row.on)].push_back(&row);
    for (Rows& rows : all[s])
      std::ranges::sort(rows, {}, [](const Row* row) { return std::pair(row->priority, row); });
  }
  return all;
}

// The row of lowest priority number that matches; null if the draft says nothing.
const Row* find(State state, const Input& input, const Circumstances& when) {
  static const auto kRows = rows_by_event();
  for (const Row* row : kRows[static_cast<std::size_t>(state)][static_cast<std::size_t>(input.event)])
    if (matches(*row, input, when)) return row;
  return nullptr;
}

// What MSM sees of an input: the row that answers it is found before, and MSM makes the transition.
struct Asked {
  bool same;
  State to;
};
template <Event E>
struct On : Asked {};
struct Restore {  // MSM has no other way to begin in a state
  State state;
};

// A row of MSM's table. Rows of ours with the same states and event share one: compile time grows with MSM's
// rows.
struct Arrow {
  State from = State::startup;
  Event on = Event::process_start;
  bool same = false;
  State to = State::startup;
  friend constexpr bool operator==(const Arrow&, const Arrow&) = default;
};

constexpr StateSet kPrevious =
    rows::anything - StateSet(State::normal) - State::potential_conflict - State::paused - State::shutdown;

template <std::size_t N>
struct Arrows {
  std::array<Arrow, N> all{};
  std::size_t size = 0;
  constexpr void add(const Arrow& arrow) {
    for (std::size_t at = 0; at < size; ++at)
      if (all[at] == arrow) return;
    all[size++] = arrow;
  }
};

constexpr Arrows<1000> kEveryArrow = [] {
  Arrows<1000> arrows;
  for (int s = 0; s < kStates; ++s) {
    const State from = static_cast<State>(s);
    for (const Row& row : rows_of(from))
      for (std::size_t number = 0; number < row.outcomes(); ++number) {
        const Target next = row.outcome(number).next;
        if (next.kind() == Target::Kind::same) arrows.add({from, row.on, true, from});
        if (next.kind() == Target::Kind::state) arrows.add({from, row.on, false, next.state()});
        for (int p = 0; next.kind() == Target::Kind::previous && p < kStates; ++p)
          if (kPrevious.has(static_cast<State>(p))) arrows.add({from, row.on, false, static_cast<State>(p)});
      }
  }
  return arrows;
}();

template <State S>
struct In : msm::front::state<> {
  static constexpr State kState = S;
};
struct Nowhere : msm::front::state<> {};

template <bool Same, State To>
struct Leads {
  template <class Ev, class Fsm, class From, class Target>
  bool operator()(const Ev& event, Fsm&, From&, Target&) const {
    return event.same == Same && event.to == To;
  }
};
template <State S>
struct Is {
  template <class Ev, class Fsm, class From, class To>
  bool operator()(const Ev& event, Fsm&, From&, To&) const {
    return event.state == S;
  }
};

template <class I, Arrow A = kEveryArrow.all[I::value]>
using ArrowRow = msm::front::Row<In<A.from>, On<A.on>, mp::mp_if_c<A.same, msm::front::none, In<A.to>>,
                                 msm::front::none, Leads<A.same, A.to>>;
template <class I>
using MakeRow = ArrowRow<I>;
template <class S>
using RestoreRow = msm::front::Row<Nowhere, Restore, In<static_cast<State>(S::value)>, msm::front::none,
                                   Is<static_cast<State>(S::value)>>;

struct Definition : msm::front::state_machine_def<Definition> {
  using no_message_queue = int;  // actions only note which row was taken: they post nothing
  using no_exception_thrown = int;
  using initial_state = Nowhere;
  using transition_table = mp::mp_append<mp::mp_transform<RestoreRow, mp::mp_iota_c<kStates>>,
                                         mp::mp_transform<MakeRow, mp::mp_iota_c<kEveryArrow.size>>>;

  template <class Fsm, class Ev>
  void no_transition(const Ev&, Fsm&, int) {
    std::abort();  // every row has its arrow: only a row of ours asks for a transition
  }
};
using Backend = msm::back::state_machine<Definition>;

// MSM numbers states as they come in its table: ours by its number.
const std::array<State, kStates + 1>& states() {
  static const std::array<State, kStates + 1> all = [] {
    std::array<State, kStates + 1> ours{};
    mp::mp_for_each<mp::mp_iota_c<kStates>>([&](auto s) {
      constexpr State state = static_cast<State>(decltype(s)::value);
      ours[msm::back::get_state_id<Backend::stt, In<state>>::value] = state;
    });
    return ours;
  }();
  return all;
}

// A machine in each state, to be copied.
const std::array<Backend, kStates>& machines() {
  static const std::array<Backend, kStates> all = [] {
    std::array<Backend, kStates> made;
    for (int s = 0; s < kStates; ++s) {
      made[s].start();
      made[s].process_event(Restore{static_cast<State>(s)});
    }
    return made;
  }();
  return all;
}

template <int E = 0>
void dispatch(Backend& machine, Event event, const Asked& asked) {
  if constexpr (E < kEvents) {
    if (static_cast<Event>(E) != event) return dispatch<E + 1>(machine, event, asked);
    machine.process_event(On<static_cast<Event>(E)>{asked});
  }
}

}  // namespace

const Row* Machine::row(const Input& input, const Circumstances& when) const {
  return find(state_, input, when);
}

std::optional<Step> Machine::process(const Input& input, const Circumstances& when, std::size_t number) {
  const Row* row = find(state_, input, when);
  if (row == nullptr || number >= row->outcomes()) return std::nullopt;
  const Target next = row->outcome(number).next;
  const bool same = next.kind() == Target::Kind::same;
  const State to = same ? state_ : next.kind() == Target::Kind::previous ? when.previous : next.state();
  Backend machine(
      std::as_const(machines()[static_cast<std::size_t>(state_)]));  // a plain copy would start anew
  dispatch(machine, input.event, Asked{same, to});
  state_ = static_cast<State>(states()[machine.current_state()[0]]);
  return Step{row, number, state_, !same};
}

}  // namespace twinlease::model
