#include "model/history/ledger.hpp"

#include <gtest/gtest.h>

#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Ledger after(const History& history) {
  Scene scene;
  for (std::size_t i = 0; i < history.events().size(); ++i) scene.apply(history.events()[i], i);
  return scene.ledger;
}
Story told() {
  return Story().normal(0).acked(1, P, X, alice, 60).told(2, P, X, alice, 61, 200);
}

TEST(Ledger, FollowsALease) {
  const Ledger sent = after(told());
  const Binding& b = sent.find(P, X)->binding;
  EXPECT_EQ(b.lease_expiration, begin_s + 61);
  EXPECT_EQ(b.sent_potential, begin_s + 200);
  EXPECT_EQ(b.acked_potential, 0);
  EXPECT_EQ(b.unacked, Unacked::sent);
  EXPECT_EQ(b.client, sent.id(alice));
  EXPECT_EQ(sent.find(S, X), nullptr);
  EXPECT_TRUE(sent.pending(X));
  const Ledger acked = after(told().answered(3, S, X));
  EXPECT_EQ(acked.find(P, X)->binding.acked_potential, begin_s + 200);
  EXPECT_TRUE(acked.find(P, X)->binding.partner_has_expiration);
  EXPECT_EQ(acked.find(S, X)->binding.received_potential, begin_s + 200);
  EXPECT_EQ(acked.find(S, X)->binding.status, BindingStatus::active);
}

TEST(Ledger, TheEndOfALeaseMakesItFreeOnBoth) {
  const Ledger ledger =
      after(told().answered(3, S, X).updated(70, S, X, BindingStatus::expired, 2).answered(71, P, X, 2));
  for (const Server server : both_servers) {
    EXPECT_EQ(ledger.find(server, X)->binding.status, BindingStatus::free) << "A-40";
    EXPECT_EQ(ledger.find(server, X)->binding.acked_potential, 0) << "A-59";
  }
}

TEST(Ledger, APoolChangesHands) {
  Story story = Story().add(0, Pool{X, X + 3}).normal(0).updated(1, P, X, BindingStatus::backup);
  EXPECT_EQ(after(story).find(P, X)->binding.status, BindingStatus::backup) << "at once (A-39)";
  EXPECT_EQ(after(story).find(S, X)->binding.status, BindingStatus::free);
  story.answered(2, S, X);
  EXPECT_EQ(after(story).find(S, X)->binding.status, BindingStatus::backup);
  story.updated(3, P, X, BindingStatus::free, 2);
  EXPECT_EQ(after(story).find(P, X)->binding.status, BindingStatus::backup) << "until the BNDACK";
  story.answered(4, S, X, 2);
  EXPECT_EQ(after(story).find(P, X)->binding.status, BindingStatus::free);
}

TEST(Ledger, WhatNobodyKnowsIsNotSure) {
  EXPECT_FALSE(after(told().answered(3, S, X, 1, 15)).find(P, X)->sure) << "rejected";
  EXPECT_TRUE(after(told().connection(3, false)).find(P, X)->sure);
  EXPECT_FALSE(after(told().answered(3, S, X).ended(5, X, alice, Ending::released)).find(S, X)->sure);
  EXPECT_EQ(after(told().process(5, P, true, true)).find(P, X), nullptr);
  EXPECT_EQ(after(told().connection(3, false)).find(P, X)->binding.unacked, Unacked::resend);
}

TEST(Ledger, CorrectsClocks) {
  EXPECT_EQ(after(Story().add(0, ClockSet{P, 3600}).told(2, P, X, alice, 3661, 3800))
                .find(P, X)
                ->binding.lease_expiration,
            begin_s + 61);
}

}  // namespace
}  // namespace twinlease::model::history
