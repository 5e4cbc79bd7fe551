#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

// MCLT 60 s; alice has X from the primary, which told its partner of 200 s.
Story told() {
  return Story().mclt(0, 60).normal(0).acked(1, P, X, alice, 60).told(2, P, X, alice, 61, 200);
}

TEST(S2, TheFirstLeaseIsTheMclt) {
  EXPECT_TRUE(held(lead_time_bound(Story().mclt(0, 60).acked(1, P, X, alice, 60), {})));
  EXPECT_TRUE(broken_by(lead_time_bound(Story().mclt(0, 60).acked(1, P, X, alice, 120), {}), {1}));
}

TEST(S2, WhatThePartnerAcknowledgedCounts) {
  const Story renewed = told().answered(3, S, X);
  EXPECT_TRUE(held(lead_time_bound(Story(renewed).acked(30, P, X, alice, 230, Request::renewing), {})));
  EXPECT_TRUE(
      broken_by(lead_time_bound(Story(renewed).acked(30, P, X, alice, 300, Request::renewing), {}), {7}));
  EXPECT_TRUE(broken_by(lead_time_bound(told().acked(30, P, X, alice, 230, Request::renewing), {}), {6}))
      << "not acknowledged";
  EXPECT_TRUE(
      held(lead_time_bound(told().acked(30, P, X, alice, 230, Request::renewing).answered(31, S, X), {})))
      << "acknowledged at the same time";
}

TEST(S2, WhatThePartnerToldCounts) {
  EXPECT_TRUE(
      held(lead_time_bound(told().answered(3, S, X).acked(30, S, X, alice, 230, Request::rebinding), {})));
}

TEST(S2, TimesOfAnEarlierBindingDoNot) {
  const Story released =
      told().answered(3, S, X).updated(10, P, X, BindingStatus::released, 2).answered(11, S, X, 2);
  EXPECT_TRUE(broken_by(lead_time_bound(Story(released).acked(20, P, X, bob, 200), {}), {9})) << "A-59";
}

TEST(S2, TheWiderReadingIsForOneStep) {
  Story story = Story().mclt(0, 60).acked(1, P, X, alice, 60).acked(30, P, X, alice, 90, Request::renewing);
  EXPECT_TRUE(held(lead_time_bound(story, {})));
  EXPECT_TRUE(
      broken_by(lead_time_bound(Story(story).acked(60, P, X, alice, 120, Request::renewing), {}), {3}))
      << "the excess grows";
}

TEST(S2, PartnerDownIsFree) {
  const Story down = Story().mclt(0, 60).add(1, PartnerDownCommanded{P});
  EXPECT_TRUE(unseen(lead_time_bound(Story(down).acked(5, P, X, alice, 3600), {})));
  EXPECT_TRUE(undecided(lead_time_bound(Story().acked(5, P, X, alice, 3600), {}))) << "no MCLT known";
}

}  // namespace
}  // namespace twinlease::model::history
