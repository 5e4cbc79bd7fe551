#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story starting() {
  return Story().connection(0, true).state(1, P, State::recover, true);
}

TEST(L16, WithinTheStartupTime) {
  EXPECT_TRUE(held(startup_ends(starting().state(10, P, State::recover), {})));
  EXPECT_TRUE(broken_by(startup_ends(starting().until(100), {}), {1, 2}));
  EXPECT_TRUE(broken_by(startup_ends(Story().add(0, Entered{S, State::startup}).until(100), {}), {0, 1}));
  EXPECT_TRUE(unseen(startup_ends(starting().connection(30, false).until(100), {})));
  EXPECT_TRUE(unseen(startup_ends(Story()
                                      .add(0, Configured{P, 0, 0, 0, false, true})
                                      .connection(0, true)
                                      .state(1, P, State::recover, true)
                                      .until(100),
                                  {})))
      << "it may wait";
}

}  // namespace
}  // namespace twinlease::model::history
