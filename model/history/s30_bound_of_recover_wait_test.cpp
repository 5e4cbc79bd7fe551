#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story recovering(bool storage_lost = false) {  // MCLT 60 s, down at 10, up at 40
  return Story()
      .mclt(0, 60)
      .normal(0)
      .process(10, S, false)
      .process(40, S, true, storage_lost)
      .connection(41, true)
      .state(42, S, State::recover);
}

TEST(S30, FromTheTimeItWentDown) {
  EXPECT_TRUE(held(bound_of_recover_wait(recovering().state(71, S, State::recover_done), {})));
  EXPECT_TRUE(broken_by(bound_of_recover_wait(recovering().state(60, S, State::recover_done), {}), {4, 8}));
}

TEST(S30, FromItsStartIfItLostItsStorage) {
  EXPECT_TRUE(held(bound_of_recover_wait(recovering(true).state(101, S, State::recover_done), {})));
  EXPECT_TRUE(
      broken_by(bound_of_recover_wait(recovering(true).state(71, S, State::recover_done), {}), {5, 8}));
}

TEST(S30, TheFirstRunDoesNotWait) {
  EXPECT_TRUE(unseen(bound_of_recover_wait(
      Story().mclt(0, 60).process(1, S, true).state(2, S, State::recover).state(3, S, State::recover_done),
      {})));
}

}  // namespace
}  // namespace twinlease::model::history
