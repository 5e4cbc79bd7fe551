#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story recovering() {
  return Story().mclt(0, 60).connection(0, true).state(0, P, State::partner_down).state(1, S, State::recover);
}

TEST(L5, NormalInTheEnd) {
  EXPECT_TRUE(held(recovery_completes(
      recovering().state(61, S, State::recover_done).state(62, P, State::normal).state(63, S, State::normal),
      {})));
  EXPECT_TRUE(
      broken_by(recovery_completes(recovering().state(61, S, State::recover_done).until(400), {}), {3, 5}));
  EXPECT_TRUE(unseen(recovery_completes(recovering().connection(10, false).until(400), {})));
}

}  // namespace
}  // namespace twinlease::model::history
