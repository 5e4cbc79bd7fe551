#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story whole_pool(unsigned addresses = 20) {
  return Story().add(0, Pool{X, X + addresses - 1}).normal(1);
}

TEST(L12, TheShareComes) {
  const Judgement judgement = secondary_gets_its_share(
      whole_pool().updated(20, P, X, BindingStatus::backup).answered(21, S, X).until(300), {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.counts.back().number, 1u) << "addresses that became BACKUP";
}

TEST(L12, NoShare) {
  EXPECT_EQ(secondary_gets_its_share(whole_pool().until(300), {}).outcome(), Outcome::broken);
  EXPECT_EQ(
      secondary_gets_its_share(
          whole_pool().updated(20, P, X, BindingStatus::backup).answered(21, S, X, 1, 15).until(300), {})
          .outcome(),
      Outcome::broken)
      << "offered and rejected";
}

TEST(L12, UsedUpAndFilledAgain) {
  Story story = whole_pool().updated(20, P, X, BindingStatus::backup).answered(21, S, X);
  story.updated(40, S, X, BindingStatus::active, 2).answered(41, P, X, 2);
  EXPECT_EQ(secondary_gets_its_share(Story(story).until(300), {}).outcome(), Outcome::broken);
  story.updated(60, P, Y, BindingStatus::backup, 3).answered(61, S, Y, 3);
  const Judgement judgement = secondary_gets_its_share(Story(story).until(300), {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.examined, 2u);
}

TEST(L12, WhatIsNotDue) {
  EXPECT_EQ(secondary_gets_its_share(whole_pool(4).until(300), {}).outcome(), Outcome::unseen)
      << "the primary has hardly any itself";
  EXPECT_EQ(secondary_gets_its_share(Story().add(0, Pool{X, X + 19}).until(300), {}).outcome(),
            Outcome::unseen)
      << "not in NORMAL";
  EXPECT_EQ(secondary_gets_its_share(whole_pool().fault(50, FaultKind::cut, true).until(300), {}).outcome(),
            Outcome::unseen)
      << "not for long enough";
}

}  // namespace
}  // namespace twinlease::model::history
