#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story down() {
  return Story().connection(0, true).state(0, P, State::partner_down).state(5, S, State::normal, true);
}

TEST(S15, NoTransition) {
  EXPECT_TRUE(held(startup_ignored(down().until(60), {})));
  EXPECT_TRUE(broken_by(startup_ignored(down().state(6, P, State::potential_conflict), {}), {2, 3}));
  EXPECT_TRUE(broken_by(startup_ignored(down().add(6, Entered{P, State::normal}), {}), {2, 3}));
  EXPECT_TRUE(
      held(startup_ignored(down().state(6, S, State::normal).state(7, P, State::potential_conflict), {})))
      << "because of the next STATE";
}

}  // namespace
}  // namespace twinlease::model::history
