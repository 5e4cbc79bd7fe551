// 5.2.1, 7.1.1, A-13, A-59, C1: what the partner is told to wait for.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using testing::client;
using testing::lease;
using testing::noon;
using testing::primary_config;
using testing::standing;

constexpr std::int64_t day_s = 86400;
const Client ours = client(1);

Seconds told(const Standing& at, const Lease& of, std::int64_t lease_s) {
  return draft_rules.potential_expiration(at, {&of, &ours, noon, 3 * day_s}, lease_s);
}

TEST(PotentialExpiration, HalfTheLeaseAndTheDesiredOne) {  // the example of 5.2.1
  EXPECT_EQ(told(standing(primary_config), lease(BindingStatus::free), 3600), noon + 1800 + 3 * day_s);
  EXPECT_EQ(told(standing(primary_config), lease(BindingStatus::free), 3 * day_s), noon + 9 * day_s / 2);
}

TEST(PotentialExpiration, NothingAheadWhileNobodyIsTold) {
  EXPECT_EQ(
      told(standing(primary_config, State::communications_interrupted), lease(BindingStatus::free), 3600),
      noon + 3600);
  EXPECT_EQ(told(Standing{}, lease(BindingStatus::free), 3600), noon + 3600);
}

TEST(PotentialExpiration, WhatWasSentForTheSameBindingStays) {  // 7.1.5, A-59
  Lease of = lease(BindingStatus::active, ours);
  of.potential_expiration_sent_s = noon + 30 * day_s;
  EXPECT_EQ(told(standing(primary_config), of, 3600), noon + 30 * day_s);
  of.client = client(2);
  EXPECT_EQ(told(standing(primary_config), of, 3600), noon + 1800 + 3 * day_s);
}

// The ladder of C1: with an acknowledgement after each, the first renewal is already full.
TEST(PotentialExpiration, CarriesTheFullLeaseAtTheFirstRenewal) {
  const Standing at = standing(primary_config);
  Lease of = lease(BindingStatus::free);
  const std::int64_t first_s = draft_rules.lease_time(at, {&of, &ours, noon, 3 * day_s});
  of.potential_expiration_acked_s = told(at, of, first_s);
  of.status = BindingStatus::active;
  of.client = ours;
  EXPECT_EQ(draft_rules.lease_time(at, {&of, &ours, noon + first_s / 2, 3 * day_s}), 3 * day_s);
}

RC_GTEST_PROP(PotentialExpiration, NeverBeforeTheEndOfTheLease, ()) {
  const auto lease_s = *rc::gen::inRange<std::int64_t>(0, 10 * day_s);
  RC_ASSERT(told(testing::any_standing(), testing::any_lease(), lease_s) >= noon + lease_s);
}

}  // namespace
}  // namespace twinlease::core
