#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story leased() {  // MCLT 60 s, 300 s desired, of which the partner knows
  return Story()
      .add(0, Configured{P, 60, 0, 300})
      .normal(0)
      .acked(1, P, X, alice, 60)
      .told(2, P, X, alice, 61, 331)
      .answered(3, S, X);
}

TEST(L10, TheFirstRenewalIsFull) {
  EXPECT_TRUE(held(full_lease_comes_soon(leased().acked(31, P, X, alice, 300, Request::renewing), {})));
  EXPECT_TRUE(
      broken_by(full_lease_comes_soon(leased().acked(31, P, X, alice, 60, Request::renewing), {}), {5, 7}));
}

TEST(L10, WhatIsNotPossibleIsNotDue) {
  EXPECT_TRUE(unseen(full_lease_comes_soon(leased().acked(200, P, X, alice, 60, Request::renewing), {})))
      << "391 is the ceiling";
  EXPECT_TRUE(undecided(full_lease_comes_soon(
      Story().mclt(0, 60).normal(0).acked(1, P, X, alice, 60).acked(30, P, X, alice, 60, Request::renewing),
      {})))
      << "nobody said what is desired";
}

}  // namespace
}  // namespace twinlease::model::history
