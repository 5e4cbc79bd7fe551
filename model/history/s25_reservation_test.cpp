#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story reserved() {
  return Story().add(0, Reserved{X, alice});
}

TEST(S25, ToItsClientOnly) {
  EXPECT_TRUE(held(reservation(reserved().offered(1, S, alice, 1, X).acked(2, P, X, alice, 60), {})));
  EXPECT_TRUE(broken_by(reservation(reserved().offered(1, S, bob, 1, X), {}), {0, 1}));
  EXPECT_TRUE(broken_by(reservation(reserved().acked(1, P, X, bob, 60), {}), {0, 1}));
  EXPECT_TRUE(unseen(reservation(reserved().acked(1, P, Y, bob, 60), {})));
  EXPECT_TRUE(held(reservation(reserved().fault(1, FaultKind::exhaustion, true).discovered(2, bob, 1), {})));
}

}  // namespace
}  // namespace twinlease::model::history
