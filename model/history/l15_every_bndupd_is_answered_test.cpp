#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story sent() {
  return Story()
      .normal(0)
      .updated(1, P, X, BindingStatus::backup, 7)
      .updated(1, P, Y, BindingStatus::backup, 7);
}

TEST(L15, InTheEnd) {
  EXPECT_TRUE(
      held(every_bndupd_is_answered(sent().answered(50, S, X, 7).answered(50, S, Y, 7).until(100), {})));
  EXPECT_TRUE(broken_by(every_bndupd_is_answered(sent().until(100), {}), {3, 5}));
  EXPECT_TRUE(unseen(every_bndupd_is_answered(sent().connection(10, false).until(100), {})));
}

}  // namespace
}  // namespace twinlease::model::history
