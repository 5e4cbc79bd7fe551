#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story both(State primary, State secondary) {
  return Story().connection(0, true).state(1, P, primary).state(2, S, secondary).until(60);
}

TEST(S12, WhatMayMeet) {
  for (const auto& [p, s] :
       std::vector<std::pair<State, State>>{{State::normal, State::normal},
                                            {State::partner_down, State::recover},
                                            {State::recover_done, State::partner_down},
                                            {State::conflict_done, State::normal},
                                            {State::conflict_done, State::potential_conflict},
                                            {State::normal, State::recover_done}})
    EXPECT_TRUE(held(joint_states(both(p, s), {}))) << name(p) << " " << name(s);
}

TEST(S12, WhatMayNot) {
  for (const auto& [p, s] :
       std::vector<std::pair<State, State>>{{State::partner_down, State::normal},
                                            {State::partner_down, State::partner_down},
                                            {State::partner_down, State::communications_interrupted},
                                            {State::normal, State::potential_conflict},
                                            {State::normal, State::conflict_done},
                                            {State::potential_conflict, State::resolution_interrupted}})
    EXPECT_TRUE(broken_by(joint_states(both(p, s), {}), {1, 2})) << name(p) << " " << name(s);
}

TEST(S12, AStateThatIsUnderWay) {
  EXPECT_TRUE(held(joint_states(Story()
                                    .connection(0, true)
                                    .state(1, P, State::partner_down)
                                    .state(2, S, State::normal)
                                    .state(4, P, State::normal)
                                    .until(60),
                                {})));
  EXPECT_TRUE(unseen(joint_states(
      Story().connection(0, true).state(1, P, State::normal).state(2, S, State::shutdown).until(60), {})));
}

}  // namespace
}  // namespace twinlease::model::history
