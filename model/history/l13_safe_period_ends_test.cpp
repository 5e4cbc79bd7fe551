#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story parted() {  // the primary's safe period is 100 s
  return Story().add(0, Configured{P, 60, 100}).normal(0).connection(10, false);
}

TEST(L13, PartnerDownAfterIt) {
  EXPECT_TRUE(held(safe_period_ends(parted().connection(200, true).state(201, P, State::partner_down), {})));
  EXPECT_TRUE(broken_by(
      safe_period_ends(parted().connection(200, true).state(201, P, State::communications_interrupted), {}),
      {4, 6}));
  EXPECT_TRUE(unseen(
      safe_period_ends(parted().connection(90, true).state(91, P, State::communications_interrupted), {})));
}

TEST(L13, SeenFromInside) {
  const Story inside = Story()
                           .add(0, Configured{P, 60, 100})
                           .normal(0)
                           .add(1, Entered{P, State::normal})
                           .connection(10, false)
                           .add(11, Entered{P, State::communications_interrupted});
  EXPECT_TRUE(held(safe_period_ends(Story(inside).add(110, Entered{P, State::partner_down}).until(200), {})));
  EXPECT_TRUE(broken_by(safe_period_ends(Story(inside).until(200), {}), {5, 7}));
}

}  // namespace
}  // namespace twinlease::model::history
