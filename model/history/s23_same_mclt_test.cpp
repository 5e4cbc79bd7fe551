#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story smaller() {  // the secondary's own MCLT is 600 s, the primary's 60 s
  return Story()
      .add(0, Configured{S, 600})
      .add(1, ConnectSaid{P, 1, 60, 10, 30})
      .add(2, ConnectAnswered{S, 1, std::nullopt, 10, 30})
      .connection(2, true)
      .connection(20, false)
      .process(21, S, false)
      .process(30, S, true);
}

TEST(S23, ThePrimarysCounts) {
  EXPECT_TRUE(held(same_mclt(smaller().acked(60, S, X, alice, 60), {})));
  EXPECT_TRUE(broken_by(same_mclt(smaller().acked(60, S, X, alice, 600), {}), {2, 7})) << "its own";
  EXPECT_TRUE(unseen(same_mclt(Story().mclt(0, 60).acked(60, S, X, alice, 600), {}))) << "S2's";
}

}  // namespace
}  // namespace twinlease::model::history
