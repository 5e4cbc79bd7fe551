#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story accepted() {
  return Story().normal(0).told(1, P, X, alice, 300, 400).answered(2, S, X);
}

TEST(S4, AfterACrashTheUpdateIsThere) {
  const Story crashed = accepted().process(3, S, false).process(10, S, true).connection(20, true);
  EXPECT_TRUE(held(ack_after_commit(Story(crashed).told(21, S, X, alice, 300, 300, 9), {})));
  EXPECT_TRUE(
      broken_by(ack_after_commit(Story(crashed).updated(21, S, X, BindingStatus::free, 9), {}), {4, 8}));
  EXPECT_TRUE(broken_by(ack_after_commit(Story(crashed).told(21, S, X, bob, 300, 300, 9), {}), {4, 8}));
}

TEST(S4, InsideItWasStoredBefore) {
  const Stored stored{S, X, BindingStatus::active, alice, begin_s + 300, 0, 0, begin_s + 400};
  EXPECT_TRUE(held(ack_after_commit(
      Story().normal(0).told(1, P, X, alice, 300, 400).add(1.5, stored).answered(2, S, X), {})));
  EXPECT_TRUE(broken_by(ack_after_commit(accepted().add(3, stored), {}), {4})) << "stored too late";
}

TEST(S4, IsUndecidedWithoutEither) {
  EXPECT_TRUE(undecided(ack_after_commit(accepted(), {})));
}

}  // namespace
}  // namespace twinlease::model::history
