#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

// Alice has X at the secondary, bob at the primary.
Story two_clients() {
  return Story().acked(1, S, X, alice, 600).acked(2, P, X, bob, 600).connection(50, true);
}

TEST(S20, ThePrimarysClientStays) {
  EXPECT_TRUE(
      held(deterministic_decisions(two_clients().told(51, P, X, bob, 602, 700).answered(52, S, X), {})));
  EXPECT_TRUE(held(
      deterministic_decisions(two_clients().told(51, S, X, alice, 601, 700).answered(52, P, X, 1, 2), {})));
  EXPECT_TRUE(
      broken_by(deterministic_decisions(two_clients().told(51, S, X, alice, 601, 700).answered(52, P, X), {}),
                {1, 3, 4}));
  EXPECT_TRUE(broken_by(
      deterministic_decisions(two_clients().told(51, P, X, bob, 602, 700).answered(52, S, X, 1, 2), {}),
      {0, 3, 4}));
}

TEST(S20, WhatTheFigureDoesNotDecide) {
  EXPECT_TRUE(unseen(
      deterministic_decisions(two_clients().told(51, P, X, bob, 602, 700).answered(52, S, X, 1, 3), {})));
  EXPECT_TRUE(unseen(deterministic_decisions(Story().told(51, P, X, bob, 602, 700).answered(52, S, X), {})))
      << "nobody knows its own record";
}

}  // namespace
}  // namespace twinlease::model::history
