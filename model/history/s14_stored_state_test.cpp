#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story restarted(State before) {
  return Story()
      .connection(0, true)
      .state(1, P, before)
      .process(10, P, false)
      .process(20, P, true)
      .connection(21, true);
}

TEST(S14, TheFirstStateIsTheLastOrItsSuccessor) {
  EXPECT_TRUE(held(stored_state(restarted(State::normal).state(22, P, State::normal, true), {})));
  EXPECT_TRUE(
      held(stored_state(restarted(State::normal).state(22, P, State::communications_interrupted, true), {})));
  EXPECT_TRUE(held(stored_state(restarted(State::recover_wait).state(22, P, State::recover, true), {})));
  EXPECT_TRUE(
      broken_by(stored_state(restarted(State::normal).state(22, P, State::partner_down, true), {}), {1, 5}));
  EXPECT_TRUE(broken_by(stored_state(restarted(State::normal).state(22, P, State::normal), {}), {1, 5}))
      << "without the STARTUP bit";
}

TEST(S14, PausedAndShutdownAreNoPreviousStates) {
  const Story stopped = Story()
                            .connection(0, true)
                            .state(1, P, State::normal)
                            .state(5, P, State::shutdown)
                            .process(10, P, false)
                            .process(20, P, true);
  EXPECT_TRUE(held(stored_state(Story(stopped).state(22, P, State::normal, true), {})));
  EXPECT_TRUE(broken_by(stored_state(Story(stopped).state(22, P, State::shutdown, true), {}), {1, 5}));
  EXPECT_TRUE(held(stored_state(Story(stopped).add(22, StateSaid{P, State::normal, true}), {})));
}

TEST(S14, StartupIsNeverSent) {
  EXPECT_TRUE(broken_by(stored_state(Story().state(1, P, State::startup), {}), {0}));
}

TEST(S14, LostStorageHasNoState) {
  EXPECT_TRUE(unseen(stored_state(Story()
                                      .state(1, P, State::normal)
                                      .process(10, P, false)
                                      .process(20, P, true, true)
                                      .state(22, P, State::recover, true),
                                  {})));
}

}  // namespace
}  // namespace twinlease::model::history
