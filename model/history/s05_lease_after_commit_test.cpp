#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story leased() {
  return Story().acked(1, P, X, alice, 300);
}

TEST(S5, AfterACrashTheLeaseIsKnown) {
  const Story crashed = leased().process(3, P, false).process(10, P, true);
  EXPECT_TRUE(held(lease_after_commit(Story(crashed).told(21, P, X, alice, 301, 400), {})));
  EXPECT_TRUE(broken_by(lease_after_commit(Story(crashed).told(21, P, X, alice, 100, 400), {}), {0, 3}))
      << "for a shorter time";
  EXPECT_TRUE(broken_by(
      lease_after_commit(Story(crashed).add(21, Record{P, X, BindingStatus::free, std::nullopt, 0}), {}),
      {0, 3}));
  EXPECT_TRUE(held(lease_after_commit(Story(crashed).updated(400, P, X, BindingStatus::expired), {})));
}

TEST(S5, InsideItWasStoredBefore) {
  const Stored stored{P, X, BindingStatus::active, alice, begin_s + 301, 0, 0, 0};
  EXPECT_TRUE(held(lease_after_commit(Story().add(0.5, stored).acked(1, P, X, alice, 300), {})));
  EXPECT_TRUE(broken_by(lease_after_commit(leased().add(2, stored), {}), {0}));
}

TEST(S5, IsUndecidedWithoutEither) {
  EXPECT_TRUE(undecided(lease_after_commit(leased(), {})));
  EXPECT_TRUE(undecided(lease_after_commit(leased()
                                               .process(3, P, false)
                                               .process(10, P, true)
                                               .ended(15, X, alice, Ending::released)
                                               .updated(20, P, X, BindingStatus::released),
                                           {})));
}

}  // namespace
}  // namespace twinlease::model::history
