#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story& run(Story& story, double at_s, std::int64_t ahead_s, Address address) {
  return story.add(at_s, Scenario{"one lease"})
      .add(at_s, ClockSet{S, ahead_s})
      .discovered(at_s + 1, alice, 1)
      .offered(at_s + 1, S, alice, 1, address);
}

TEST(S27, TheSameDecisions) {
  Story story;
  run(story, 0, 0, X);
  EXPECT_TRUE(undecided(time_correction(story, {}))) << "nothing to compare with";
  Story other = story;
  EXPECT_TRUE(held(time_correction(run(story, 100, 3600, X), {})));
  EXPECT_TRUE(broken_by(time_correction(run(other, 100, 3600, Y), {}), {3, 7}));
}

TEST(S27, NothingWhereThereWasSomething) {
  Story story;
  run(story, 0, 0, X).add(100, Scenario{"one lease"});
  EXPECT_TRUE(broken_by(time_correction(story, {}), {3}));
}

}  // namespace
}  // namespace twinlease::model::history
