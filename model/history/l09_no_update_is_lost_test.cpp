#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story broken() {  // a BNDUPD about X was not answered when the connection ended
  return Story().normal(0).told(5, P, X, alice, 300, 300, 7).connection(6, false).normal(20);
}

TEST(L9, ItIsSentAgain) {
  EXPECT_TRUE(held(no_update_is_lost(broken().told(25, P, X, alice, 300, 300, 1).until(200), {})));
  EXPECT_TRUE(broken_by(no_update_is_lost(broken().until(200), {}), {7, 8}));
  EXPECT_TRUE(held(no_update_is_lost(broken().acked(25, S, X, alice, 60, Request::rebinding).until(200), {})))
      << "there is newer news";
  EXPECT_TRUE(unseen(no_update_is_lost(Story()
                                           .normal(0)
                                           .told(5, P, X, alice, 300, 300, 7)
                                           .answered(5.5, S, X, 7)
                                           .connection(6, false)
                                           .normal(20)
                                           .until(200),
                                       {})));
}

}  // namespace
}  // namespace twinlease::model::history
