#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story parted() {
  return Story().normal(0).connection(10, false).add(20, Attempted{P});
}

TEST(L14, AttemptsGoOn) {
  EXPECT_TRUE(
      held(reconnecting_never_stops(parted().add(80, Attempted{P}).add(140, Attempted{P}).until(200), {})));
  EXPECT_TRUE(broken_by(reconnecting_never_stops(parted().until(200), {}), {4, 5}));
  EXPECT_TRUE(held(reconnecting_never_stops(parted().normal(25).until(900), {})));
  EXPECT_TRUE(undecided(reconnecting_never_stops(Story().normal(0).connection(10, false).until(900), {})));
}

}  // namespace
}  // namespace twinlease::model::history
