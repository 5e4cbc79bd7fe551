#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

// MCLT 60 s. Y is the secondary's; alice has X until 61, of which the secondary knows. The primary is in
// PARTNER-DOWN from 100 on.
Story down() {
  return Story()
      .add(0, Pool{X, X + 9})
      .mclt(0, 60)
      .normal(0)
      .updated(1, P, Y, BindingStatus::backup)
      .answered(1, S, Y)
      .acked(2, P, X, alice, 60)
      .told(3, P, X, alice, 62, 150, 2)
      .answered(3, S, X, 2)
      .process(90, S, false)
      .add(100, PartnerDownCommanded{P});
}

TEST(S9, ThePartnersAddressesOpenAfterTheMclt) {
  EXPECT_TRUE(held(waits_in_partner_down(down().acked(161, P, Y, bob, 60), {})));
  EXPECT_TRUE(broken_by(waits_in_partner_down(down().acked(150, P, Y, bob, 60), {}), {5, 11, 12}));
}

TEST(S9, ABoundAddressAfterTheLatestOfItsTimes) {
  EXPECT_TRUE(held(waits_in_partner_down(down().acked(211, P, X, bob, 60), {})));
  EXPECT_TRUE(broken_by(waits_in_partner_down(down().acked(200, P, X, bob, 60), {}), {8, 11, 12}))
      << "potential-expiration-time 150 and the MCLT";
  EXPECT_TRUE(unseen(waits_in_partner_down(down().acked(120, P, X, alice, 60), {}))) << "it is hers";
}

TEST(S9, WhatWasGivenAloneNeedsNoWait) {
  const Story alone = down().acked(110, P, X + 5, bob, 30);
  EXPECT_TRUE(held(waits_in_partner_down(Story(alone).acked(145, P, X + 5, alice, 60), {})));
  EXPECT_FALSE(held(waits_in_partner_down(Story(alone).acked(130, P, X + 5, alice, 60), {}))) << "bob has it";
}

TEST(S9, DynamicBootpAddressesNever) {
  const Story bootp = Story()
                          .add(0, Pool{X, X + 9, true})
                          .mclt(0, 60)
                          .normal(0)
                          .updated(1, P, Y, BindingStatus::backup)
                          .answered(1, S, Y)
                          .add(100, PartnerDownCommanded{P});
  EXPECT_TRUE(broken_by(waits_in_partner_down(Story(bootp).acked(5000, P, Y, bob, 60), {}), {5, 7, 8}));
}

TEST(S9, IsUndecidedOfAddressesThatNobodyKnows) {
  EXPECT_TRUE(
      undecided(waits_in_partner_down(Story().add(1, PartnerDownCommanded{P}).acked(5, P, X, bob, 60), {})));
}

}  // namespace
}  // namespace twinlease::model::history
