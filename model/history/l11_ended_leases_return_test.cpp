#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story released() {
  return Story().normal(0).acked(1, P, X, alice, 600).ended(10, X, alice, Ending::released);
}

TEST(L11, TheirEndIsAcknowledged) {
  EXPECT_TRUE(held(ended_leases_return(
      released().updated(11, P, X, BindingStatus::released, 4).answered(12, S, X, 4).until(300), {})));
  EXPECT_TRUE(broken_by(ended_leases_return(released().until(300), {}), {4, 5}));
  EXPECT_TRUE(broken_by(
      ended_leases_return(Story().normal(0).acked(1, P, X, alice, 60).until(100).until(300), {}), {4, 5}))
      << "expired";
  EXPECT_TRUE(unseen(ended_leases_return(released().connection(20, false).until(300), {})));
}

}  // namespace
}  // namespace twinlease::model::history
