#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

TEST(L17, StatesComeToAnEnd) {
  Story story = Story().connection(0, true);
  for (int i = 0; i < 8; ++i)
    story.state(1 + i, P, i % 2 == 0 ? State::normal : State::communications_interrupted);
  EXPECT_TRUE(held(no_endless_exchange(story, {})));
  EXPECT_TRUE(
      held(no_endless_exchange(Story(story).discovered(20, alice, 1).state(21, P, State::normal), {})));
  EXPECT_TRUE(broken_by(no_endless_exchange(Story(story).state(21, P, State::normal), {}), {0, 9}));
}

TEST(L17, UpdatesOfOneBindingDo) {
  Story story = Story().normal(0);
  for (unsigned xid = 1; xid <= 5; ++xid)
    story.told(xid, P, X, alice, 60, 60, xid).answered(xid + 0.5, S, X, xid, 15);
  EXPECT_TRUE(broken_by(no_endless_exchange(story, {}), {0, 11}));
}

}  // namespace
}  // namespace twinlease::model::history
