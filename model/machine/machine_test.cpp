// The machine against model/spec/fsm-normal.csv, row by row: an interpreter of the table's text decides what
// has to come out, for every input and every combination of the guards that the table names for that state
// and event.
#include "model/machine/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/machine/rows.hpp"
#include "model/testing/csv.hpp"

namespace twinlease::model {
namespace {

using testing::CsvRow;

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (char c : text)
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

template <class E>
std::map<std::string, E> by_text(int count) {
  std::map<std::string, E> values;
  for (int i = 0; i < count; ++i) values[std::string(to_string(static_cast<E>(i)))] = static_cast<E>(i);
  return values;
}
const std::map<std::string, State> kStateOf = by_text<State>(kStates);
const std::map<std::string, Event> kEventOf = by_text<Event>(kEvents);
const std::map<std::string, Guard> kGuardOf = by_text<Guard>(kGuards);

const std::vector<CsvRow>& table() {
  static const std::vector<CsvRow> rows = testing::read_spec("fsm-normal.csv");
  return rows;
}

bool text_matches(const CsvRow& row, const Input& input, const Circumstances& when) {
  const std::string profile = row.at("profile");
  if (profile == "draft" && when.profile != Profile::draft) return false;
  if (profile == "ms" && when.profile != Profile::windows) return false;
  for (const std::string& guard : split(row.at("guard"), '&')) {
    const bool negated = guard[0] == '!';
    if (when.facts.has(kGuardOf.at(negated ? guard.substr(1) : guard)) == negated) return false;
  }
  const std::string argument = row.at("event_arg");
  if (input.event == Event::updreq_rcvd)
    return argument.empty() || argument == (input.request == Request::updreqall ? "UPDREQALL" : "UPDREQ");
  if (argument.empty()) return true;
  const std::vector<std::string> parts = split(argument, ',');
  if (parts.size() > 1 && (parts[1] == "S=1") != input.partner_startup) return false;
  const std::vector<std::string> states = split(parts[0], '|');
  return parts[0] == "*" || std::ranges::count(states, std::string(to_string(input.partner))) > 0;
}

// The rows of the table that match with the lowest priority number.
std::vector<const CsvRow*> winners(const std::vector<const CsvRow*>& rows, const Input& input,
                                   const Circumstances& when) {
  std::vector<const CsvRow*> won;
  for (const CsvRow* row : rows) {
    if (!text_matches(*row, input, when)) continue;
    if (!won.empty() && row->at("priority") < won[0]->at("priority")) won.clear();
    if (won.empty() || row->at("priority") == won[0]->at("priority")) won.push_back(row);
  }
  return won;
}

// "NEXT:ACTION;ACTION" of each outcome of a row: its own, then the allowed alternatives.
std::vector<std::string> outcomes(const CsvRow& row) {
  std::vector<std::string> all = {row.at("next_state") + ":" + row.at("actions")};
  for (const std::string& other : split(row.at("allowed_alternatives"), '|')) all.push_back(other);
  return all;
}

std::string text(const Step& step, State before, State previous) {
  const Target target = step.row->outcome(step.number).next;
  std::string out = target.kind() == Target::Kind::same ? "SAME" : std::string(to_string(step.next));
  if (target.kind() == Target::Kind::previous && step.next == previous) out = "PREVIOUS";
  EXPECT_TRUE(step.entered || step.next == before);
  out += ":";
  for (Action action : step.does()) out += (out.back() == ':' ? "" : ";") + std::string(to_string(action));
  return out;
}

// What the vocabulary says cannot hold together.
bool possible(Facts facts) {
  auto both = [&](Guard a, Guard b) { return facts.has(a) && facts.has(b); };
  return !both(Guard::prev_served, Guard::prev_recovering) &&
         !both(Guard::prev_is_pd, Guard::prev_recovering) &&
         !(facts.has(Guard::prev_is_pd) && !facts.has(Guard::prev_served)) &&
         !both(Guard::pd_after_last_op, Guard::pd_equals_last_op) &&
         !both(Guard::from_normal, Guard::from_startup);
}

class Against : public ::testing::TestWithParam<int> {
 protected:
  State state() const { return static_cast<State>(GetParam()); }

  std::vector<const CsvRow*> rows(Event event) const {
    std::vector<const CsvRow*> out;
    for (const CsvRow& row : table())
      if (row.at("state") == to_string(state()) && row.at("event") == to_string(event)) out.push_back(&row);
    return out;
  }

  // Every input of that kind, in every possible combination of the guards that the rows name.
  template <class Visit>
  void each(Event event, const std::vector<const CsvRow*>& rows, Visit visit) const {
    std::set<Guard> guards;
    for (const CsvRow* row : rows)
      for (const std::string& guard : split(row->at("guard"), '&'))
        guards.insert(kGuardOf.at(guard[0] == '!' ? guard.substr(1) : guard));
    const std::vector<Guard> named(guards.begin(), guards.end());
    const bool partner = event == Event::comm_ok || event == Event::partner_state;
    for (unsigned bits = 0; bits < 1u << named.size(); ++bits) {
      Circumstances when;
      for (std::size_t i = 0; i < named.size(); ++i) when.facts.set(named[i], (bits >> i & 1) != 0);
      if (!possible(when.facts)) continue;
      for (Profile profile : {Profile::draft, Profile::windows})
        for (State previous : {State::recover, State::communications_interrupted, State::partner_down})
          for (int p = 1; p < (partner ? kStates : 2); ++p)
            for (int more = 0; more < (partner || event == Event::updreq_rcvd ? 2 : 1); ++more) {
              when.profile = profile;
              when.previous = previous;
              Input input{event, static_cast<State>(p), more == 1,
                          more == 1 ? Request::updreqall : Request::updreq};
              visit(input, when);
            }
    }
  }
};

TEST_P(Against, EveryInputIsAnsweredAsTheTableSays) {
  std::set<std::string> answered;
  for (int e = 0; e < kEvents; ++e) {
    const Event event = static_cast<Event>(e);
    const std::vector<const CsvRow*> of_event = rows(event);
    each(event, of_event, [&](const Input& input, const Circumstances& when) {
      const std::vector<const CsvRow*> won = winners(of_event, input, when);
      ASSERT_LE(won.size(), 1u) << won[0]->at("id") << " and " << won[1]->at("id");
      Machine machine(state());
      if (won.empty() || won[0]->at("next_state") == "UNDEFINED") {
        EXPECT_FALSE(machine.process(input, when)) << to_string(event);
        EXPECT_EQ(machine.state(), state());
        return;
      }
      const std::vector<std::string> expected = outcomes(*won[0]);
      for (std::size_t number = 0; number < expected.size(); ++number) {
        Machine each(state());
        const std::optional<Step> step = each.process(input, when, number);
        ASSERT_TRUE(step) << won[0]->at("id") << " " << number;
        EXPECT_EQ(step->row->id, won[0]->at("id"));
        EXPECT_EQ(text(*step, state(), when.previous), expected[number]) << step->row->id << " " << number;
        EXPECT_EQ(each.state(), step->next);
        std::string clauses(step->row->clauses), reading(step->row->reading);
        std::ranges::replace(clauses, ' ', ';');
        std::ranges::replace(reading, ' ', ';');
        EXPECT_EQ(clauses, won[0]->at("clauses"));
        EXPECT_EQ(reading, won[0]->at("allowed_alternatives").empty() ? "" : won[0]->at("choice"));
      }
      EXPECT_FALSE(machine.process(input, when, expected.size())) << won[0]->at("id");
      answered.insert(won[0]->at("id"));
    });
  }
  std::set<std::string> all;
  for (const CsvRow& row : table())
    if (row.at("state") == to_string(state()) && row.at("next_state") != "UNDEFINED")
      all.insert(row.at("id"));
  EXPECT_EQ(answered, all);
}

INSTANTIATE_TEST_SUITE_P(States, Against, ::testing::Range(0, kStates), [](const auto& info) {
  return std::string(to_string(static_cast<State>(info.param)));
});

TEST(Machine, ACopyIsInTheSameState) {
  Machine machine(State::normal);
  ASSERT_TRUE(machine.process({Event::comm_lost}, {}));
  const Machine copy(machine);
  Machine moved(std::move(machine));
  EXPECT_EQ(copy.state(), State::communications_interrupted);
  EXPECT_EQ(moved.state(), State::communications_interrupted);
}

TEST(Machine, AnEventFromTheHandOfTheOperatorIsNotConfusedWithAnother) {
  Machine machine(State::communications_interrupted);
  const std::optional<Step> step = machine.process({Event::operator_partner_down}, {});
  ASSERT_TRUE(step);
  EXPECT_EQ(step->next, State::partner_down);
  EXPECT_TRUE(step->entered);
}

}  // namespace
}  // namespace twinlease::model
