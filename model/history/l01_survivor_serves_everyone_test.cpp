#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story primary_alone() {
  HashBucketAssignment all_the_secondarys{};
  all_the_secondarys.fill(0xff);
  return Story().add(0, BucketsAssigned{all_the_secondarys}).normal(0).add(10, Process{S, false});
}

TEST(L1, TheSurvivorAnswers) {
  const Judgement judgement = survivor_serves_everyone(
      primary_alone().discovered(60, alice, 1).offered(60.1, P, alice, 1).until(90), {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.counts.back().number, 1u) << "of the partner's buckets";
}

TEST(L1, TheSurvivorIsSilent) {
  const Story once = primary_alone().discovered(60, alice, 1);
  EXPECT_EQ(survivor_serves_everyone(Story(once).until(90), {}).outcome(), Outcome::unseen)
      << "the DISCOVER may have been lost";
  const Judgement judgement =
      survivor_serves_everyone(Story(once).discovered(64, alice, 2).discovered(73, alice, 3).until(90), {});
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].sentence,
            "the primary, alone since 10.0 s, left 02:77:00:00:00:01 unanswered from 60.0 s to 73.0 s");
}

TEST(L1, WhatItIsNotAskedFor) {
  const auto in_vain = [](Story story, Servers heard_by = Servers::both) {
    return story.discovered(60, alice, 1, heard_by).discovered(73, alice, 2, heard_by).until(90);
  };
  EXPECT_EQ(survivor_serves_everyone(in_vain(Story().normal(0)), {}).outcome(), Outcome::unseen)
      << "not alone";
  EXPECT_EQ(survivor_serves_everyone(in_vain(primary_alone(), Servers::secondary), {}).outcome(),
            Outcome::unseen);
  EXPECT_EQ(
      survivor_serves_everyone(in_vain(primary_alone().fault(50, FaultKind::exhaustion, true)), {}).outcome(),
      Outcome::unseen);
  EXPECT_EQ(survivor_serves_everyone(
                primary_alone().discovered(20, alice, 1).discovered(33, alice, 2).until(90), {})
                .outcome(),
            Outcome::unseen)
      << "it may not have noticed yet";
}

}  // namespace
}  // namespace twinlease::model::history
