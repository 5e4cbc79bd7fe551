#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story cut_and_healed() {
  return Story()
      .normal(0)
      .fault(10, FaultKind::cut, true)
      .add(30, Connection{false})
      .fault(100, FaultKind::cut, false);
}

TEST(L4, NormalAfterTheRepair) {
  const Judgement judgement = interrupted_pair_reunites(cut_and_healed().normal(150), {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.counts.back().number, 50u) << "seconds";
}

TEST(L4, NotNormalInTime) {
  EXPECT_EQ(interrupted_pair_reunites(cut_and_healed().until(150), {}).outcome(), Outcome::unseen)
      << "not due yet";
  EXPECT_EQ(interrupted_pair_reunites(cut_and_healed().until(400), {}).outcome(), Outcome::broken);
  EXPECT_EQ(interrupted_pair_reunites(cut_and_healed().normal(400), {}).outcome(), Outcome::broken);
  EXPECT_EQ(interrupted_pair_reunites(
                Story().normal(0).add(10, Process{S, false}).add(50, Process{S, true}).until(400), {})
                .outcome(),
            Outcome::broken)
      << "a server that was started again";
}

TEST(L4, WhatSaysNothing) {
  EXPECT_EQ(
      interrupted_pair_reunites(cut_and_healed().fault(120, FaultKind::cut, true).until(900), {}).outcome(),
      Outcome::unseen)
      << "cut again";
  EXPECT_EQ(interrupted_pair_reunites(Story()
                                          .normal(0)
                                          .fault(10, FaultKind::cut, true)
                                          .add(50, PartnerDownCommanded{P})
                                          .fault(100, FaultKind::cut, false)
                                          .until(900),
                                      {})
                .outcome(),
            Outcome::unseen)
      << "PARTNER-DOWN";
}

}  // namespace
}  // namespace twinlease::model::history
