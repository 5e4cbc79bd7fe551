#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

TEST(S1, OneClientAfterAnother) {
  const Judgement judgement =
      mutual_exclusion(Story().acked(0, P, X, alice, 60).acked(61, S, X, bob, 60), {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.examined, 2u);
  EXPECT_EQ(judgement.counts.back().number, 1u) << "changes of the client";
}

TEST(S1, TwoClientsAtOnce) {
  const Judgement judgement =
      mutual_exclusion(Story().acked(0, P, X, alice, 60).acked(30, S, X, bob, 60), {});
  ASSERT_EQ(judgement.outcome(), Outcome::broken);
  ASSERT_EQ(judgement.findings.size(), 1u);
  const Finding& finding = judgement.findings[0];
  EXPECT_EQ(finding.address, X);
  EXPECT_EQ(finding.events, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(
      finding.sentence,
      "10.77.1.1 was leased to 02:77:00:00:00:01 until 60.0 s, and to 02:77:00:00:00:02 from 30.0 s on: both "
      "held it for 30.0 s");
}

TEST(S1, ARenewalLengthensTheLease) {
  const Story story = Story().acked(0, P, X, alice, 60).acked(30, P, X, alice, 60, Request::renewing);
  EXPECT_EQ(mutual_exclusion(Story(story).acked(91, S, X, bob, 60), {}).outcome(), Outcome::held);
  EXPECT_EQ(mutual_exclusion(Story(story).acked(61, S, X, bob, 60), {}).outcome(), Outcome::broken);
}

TEST(S1, TheLatestAckCountsAlsoWhenItIsShorter) {
  EXPECT_EQ(mutual_exclusion(Story()
                                 .acked(0, P, X, alice, 3600)
                                 .acked(30, S, X, alice, 60, Request::rebinding)
                                 .acked(91, S, X, bob, 60),
                             {})
                .outcome(),
            Outcome::held);
}

TEST(S1, WhatEndsALease) {
  for (const Ending how : {Ending::released, Ending::declined, Ending::refused})
    EXPECT_EQ(mutual_exclusion(
                  Story().acked(0, P, X, alice, 60).ended(10, X, alice, how).acked(11, S, X, bob, 60), {})
                  .outcome(),
              Outcome::held);
  for (const Ending how : {Ending::left, Ending::lapsed})
    EXPECT_EQ(mutual_exclusion(
                  Story().acked(0, P, X, alice, 60).ended(10, X, alice, how).acked(11, S, X, bob, 60), {})
                  .outcome(),
              Outcome::broken)
        << "the server has promised the rest";
}

TEST(S1, OverlapsUpToEpsAreNone) {
  const Story story = Story().acked(0, P, X, alice, 60).acked(58.5, S, X, bob, 60);
  EXPECT_EQ(mutual_exclusion(story, {.eps_ms = 2'000}).outcome(), Outcome::held);
  EXPECT_EQ(mutual_exclusion(story, {.eps_ms = 1'000}).outcome(), Outcome::broken);
}

TEST(S1, AClientThatReturnsToAnAddressThatIsTaken) {
  EXPECT_EQ(mutual_exclusion(
                Story().acked(0, P, X, alice, 60).acked(70, P, X, bob, 60).acked(90, S, X, alice, 60), {})
                .findings.size(),
            1u);
}

}  // namespace
}  // namespace twinlease::model::history
