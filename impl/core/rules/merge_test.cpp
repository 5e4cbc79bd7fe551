// 7.1.5, 5.11, 5.13, A-37, A-59: the record after an accepted update, and updates that cross.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using testing::client;
using testing::lease;
using testing::noon;
using testing::primary_config;
using testing::secondary_config;
using testing::standing;
using enum wire::BindingStatus;

Lease merged(const RelationshipConfig& config, const Lease& own, const Lease& received) {
  return draft_rules.merge(standing(config), {&own, &received, noon});
}

Lease leased(const Client& to, Seconds until_s) {
  Lease made = lease(active, to);
  made.lease_expiration_s = until_s;
  made.client_last_transaction_s = until_s - 100;
  made.start_time_of_state_s = until_s - 1000;
  made.potential_expiration_received_s = until_s + 500;
  return made;
}

TEST(Merge, AFreeAddressTakesTheLeaseAsReceived) {
  Lease own = lease(free, client(9));
  own.potential_expiration_acked_s = own.potential_expiration_sent_s = noon + 9999;
  own.untold = true;
  EXPECT_EQ(merged(primary_config, own, leased(client(1), noon)).potential_expiration_acked_s, 0);
  const Lease made = merged(secondary_config, own, leased(client(1), noon));
  EXPECT_EQ(made.status, active);
  EXPECT_EQ(made.client, client(1));
  EXPECT_EQ(made.lease_expiration_s, noon);
  EXPECT_EQ(made.potential_expiration_received_s, noon + 500);
  EXPECT_EQ(made.potential_expiration_sent_s, 0);
  EXPECT_FALSE(made.untold);
}

TEST(Merge, OfOneClientTheLaterTimesStay) {  // 7.1.5, A-37
  Lease own = leased(client(1), noon + 50);
  own.potential_expiration_sent_s = 7;
  own.potential_expiration_acked_s = 6;
  own.potential_expiration_received_s = noon + 9000;
  const Lease older = merged(primary_config, own, leased(client(1), noon));
  EXPECT_EQ(older.lease_expiration_s, noon + 50);
  EXPECT_EQ(older.client_last_transaction_s, noon - 50);
  EXPECT_EQ(older.potential_expiration_received_s, noon + 9000);
  EXPECT_EQ(older.potential_expiration_sent_s, 7);
  EXPECT_EQ(older.potential_expiration_acked_s, 6);
  EXPECT_EQ(merged(primary_config, own, leased(client(1), noon + 80)).lease_expiration_s, noon + 80);
}

TEST(Merge, AnotherClientReplacesTheRecord) {
  Lease own = leased(client(1), noon + 5000);
  own.potential_expiration_sent_s = own.potential_expiration_acked_s = noon + 6000;
  own.potential_expiration_received_s = noon + 7000;
  own.untold = true;
  const Lease made = merged(secondary_config, own, leased(client(2), noon));
  EXPECT_EQ(made.client, client(2));
  EXPECT_EQ(made.lease_expiration_s, noon);
  EXPECT_EQ(made.potential_expiration_sent_s, 0);
  EXPECT_EQ(made.potential_expiration_acked_s, 0);
  EXPECT_EQ(made.potential_expiration_received_s, noon + 500);
  EXPECT_FALSE(made.untold);
}

TEST(Merge, ARenewalThatCrossedIsStillOwed) {
  Lease own = leased(client(1), noon + 50);
  own.untold = true;
  EXPECT_TRUE(merged(primary_config, own, leased(client(1), noon)).untold);
  EXPECT_FALSE(merged(primary_config, own, leased(client(1), noon + 60)).untold);
  own.untold = false;
  EXPECT_FALSE(merged(primary_config, own, leased(client(1), noon)).untold);
}

TEST(Merge, WhatIsOverThereIsFreeHere) {  // 5.11
  for (BindingStatus status : {expired, released, reset, free}) {
    Lease own = leased(client(1), noon - 5);
    own.potential_expiration_sent_s = own.potential_expiration_acked_s = noon;
    own.untold = true;
    const Lease made = merged(secondary_config, own, lease(status));
    EXPECT_EQ(made.status, free) << wire::name(status);
    EXPECT_EQ(made.client, client(1));
    EXPECT_EQ(made.start_time_of_state_s, noon);
    EXPECT_FALSE(made.untold);
    EXPECT_EQ(std::max({made.lease_expiration_s, made.potential_expiration_sent_s,
                        made.potential_expiration_acked_s, made.potential_expiration_received_s}),
              0);
  }
  EXPECT_EQ(merged(secondary_config, lease(free), lease(backup)).status, backup);
  EXPECT_EQ(merged(primary_config, lease(free), lease(backup)).status, backup);
  EXPECT_EQ(merged(secondary_config, lease(backup), lease(free)).status, free);
}

TEST(Merge, AbandonedHasNoClient) {  // 5.11
  const Lease made = merged(secondary_config, leased(client(1), noon), lease(abandoned));
  EXPECT_EQ(made.status, abandoned);
  EXPECT_TRUE(made.client.none());
  EXPECT_EQ(made.lease_expiration_s, 0);
}

TEST(Merge, AReservedAddressIsFreeForThePrimary) {  // 5.13
  Lease own = leased(client(1), noon - 5);
  own.reserved = true;
  const Lease over = merged(primary_config, own, lease(released));
  EXPECT_EQ(over.status, free);
  EXPECT_TRUE(over.untold);
  const Lease known = merged(primary_config, own, lease(backup));
  EXPECT_EQ(known.status, free);
  EXPECT_FALSE(known.untold);
  EXPECT_EQ(merged(secondary_config, own, lease(backup)).status, backup);
}

// 5.4: whatever the secondary says while the primary's word is under way, no more than one owns the address.
TEST(Merge, ThePrimarysWordOnOwnershipPrevailsWhenTheTwoCross) {
  for (BindingStatus word : {free, backup})
    for (BindingStatus crossing : {free, backup, expired, released, reset}) {
      Lease at_primary = lease(word), at_secondary = lease(crossing);
      at_primary.untold = at_secondary.untold = true;
      const Lease kept = merged(primary_config, at_primary, at_secondary);
      const Lease told = merged(secondary_config, at_secondary, at_primary);
      EXPECT_EQ(kept.status, word);
      EXPECT_TRUE(kept.untold);
      EXPECT_EQ(told.status, word);
    }
}

// An update does not take from the partner what it was promised: received only grows while the binding lasts.
RC_GTEST_PROP(Merge, ReceivedTimesOfABindingNeverShrink, ()) {
  const Lease own = testing::any_lease();
  Lease received = testing::any_lease();
  received.status = active;
  const Standing at = testing::any_standing();
  const UpdateQuestion question{&own, &received, noon};
  RC_PRE(!draft_rules.update(at, question).reject);
  const Lease made = draft_rules.merge(at, question);
  RC_ASSERT(made.potential_expiration_received_s >= received.potential_expiration_received_s);
  RC_ASSERT(made.client == received.client);
  if (own.status == active && same_client(own.client, received.client)) {
    RC_ASSERT(made.potential_expiration_received_s >= own.potential_expiration_received_s);
    RC_ASSERT(made.lease_expiration_s >= own.lease_expiration_s);
    RC_ASSERT(made.potential_expiration_acked_s == own.potential_expiration_acked_s);
  } else if (!same_client(own.client, received.client)) {
    RC_ASSERT(made.potential_expiration_acked_s == 0);
  }
}

}  // namespace
}  // namespace twinlease::core
