#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Updated told_at(TimeMs until_s, TimeMs potential_s, TimeMs contact_s) {
  return {P,
          1,
          X,
          BindingStatus::active,
          alice,
          static_cast<std::uint32_t>(begin_s + until_s),
          static_cast<std::uint32_t>(begin_s + potential_s),
          static_cast<std::uint32_t>(begin_s + contact_s)};
}
Story leased() {
  return Story().acked(10, P, X, alice, 60);
}

TEST(S24, TheTimesAreTrue) {
  EXPECT_TRUE(held(reported_times(leased().add(11, told_at(70, 70, 10)), {})));
  EXPECT_TRUE(broken_by(reported_times(leased().add(11, told_at(40, 70, 10)), {}), {0, 1})) << "too short";
  EXPECT_TRUE(broken_by(reported_times(leased().add(11, told_at(99, 99, 10)), {}), {0, 1})) << "too long";
  EXPECT_TRUE(broken_by(reported_times(leased().add(11, told_at(70, 60, 10)), {}), {0, 1})) << "A-13";
  EXPECT_TRUE(broken_by(reported_times(leased().add(40, told_at(70, 70, 35)), {}), {0, 1}))
      << "no contact then";
}

TEST(S24, OnTheClockOfTheSender) {
  EXPECT_TRUE(
      held(reported_times(leased().add(10.5, ClockSet{P, 3600}).add(11, told_at(3670, 3670, 3610)), {})));
}

TEST(S24, AnothersLeaseIsNotCompared) {
  EXPECT_TRUE(unseen(reported_times(Story().acked(10, S, X, alice, 60).add(11, told_at(40, 40, 10)), {})));
}

}  // namespace
}  // namespace twinlease::model::history
