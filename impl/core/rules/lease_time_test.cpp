// 5.2.1, 7.1.5, 9.4.2, 9.8.3, 9.9.2, A-06, A-07, A-59, C2, C24: how long a lease may be.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using testing::client;
using testing::lease;
using testing::mclt_s;
using testing::noon;
using testing::primary_config;
using testing::standing;

constexpr std::int64_t day_s = 86400;
const Client ours = client(1), other = client(2);

std::int64_t longest(const Rules& rules, const Standing& at, const Lease& of, const Client& to = ours,
                     std::int64_t desired_s = 3 * day_s) {
  return rules.lease_time(at, {&of, &to, noon, desired_s});
}

Lease acked_until(Seconds until_s) {
  Lease made = lease(BindingStatus::active, ours);
  made.potential_expiration_acked_s = until_s;
  return made;
}

TEST(LeaseTime, LadderOfTheDraft) {  // the example of 5.2.1
  const Standing at = standing(primary_config);
  EXPECT_EQ(longest(draft_rules, at, lease(BindingStatus::free)), mclt_s);
  EXPECT_EQ(longest(draft_rules, at, acked_until(noon + 3 * day_s)), 3 * day_s);
  EXPECT_EQ(longest(draft_rules, at, acked_until(noon + 1800)), 1800 + mclt_s);
  EXPECT_EQ(longest(draft_rules, at, acked_until(noon - 1800)), mclt_s);
}

TEST(LeaseTime, ReceivedCountsLikeAcknowledged) {  // 7.1.5
  Lease of = acked_until(noon + 100);
  of.potential_expiration_received_s = noon + 900;
  EXPECT_EQ(longest(draft_rules, standing(primary_config), of), 900 + mclt_s);
}

TEST(LeaseTime, WhatThisServerAloneKnowsDoesNotCount) {
  Lease of = acked_until(0);
  of.lease_expiration_s = of.potential_expiration_sent_s = noon + day_s;
  for (State state : {State::normal, State::communications_interrupted, State::resolution_interrupted})
    EXPECT_EQ(longest(draft_rules, standing(primary_config, state), of), mclt_s) << name(state);
}

TEST(LeaseTime, TimesOfAnotherBindingDoNotCount) {
  const Standing at = standing(primary_config);
  EXPECT_EQ(longest(draft_rules, at, acked_until(noon + day_s), other), mclt_s);
  for (BindingStatus status : {BindingStatus::free, BindingStatus::backup, BindingStatus::reset}) {
    Lease of = acked_until(noon + day_s);
    of.status = status;
    EXPECT_EQ(longest(draft_rules, at, of), mclt_s) << wire::name(status);
  }
}

TEST(LeaseTime, PartnerDownIsAChoice) {  // 9.4.2, C24
  RelationshipConfig bounded = primary_config;
  bounded.full_lease_in_partner_down = false;
  EXPECT_EQ(longest(draft_rules, standing(primary_config, State::partner_down), lease(BindingStatus::free)),
            3 * day_s);
  EXPECT_EQ(longest(draft_rules, standing(bounded, State::partner_down), lease(BindingStatus::free)), mclt_s);
  Standing connected = standing(primary_config, State::partner_down);
  connected.communications_ok = true;
  EXPECT_EQ(longest(draft_rules, connected, lease(BindingStatus::free)), mclt_s);
}

TEST(LeaseTime, WindowsRenewsForTheMcltWhileInterrupted) {  // C2
  const Lease of = acked_until(noon + 3 * day_s);
  for (State state : {State::communications_interrupted, State::resolution_interrupted}) {
    EXPECT_EQ(longest(windows_rules, standing(primary_config, state), of), mclt_s);
    EXPECT_EQ(longest(draft_rules, standing(primary_config, state), of), 3 * day_s);
  }
  EXPECT_EQ(longest(windows_rules, standing(primary_config), of), 3 * day_s);
  EXPECT_EQ(longest(windows_rules, standing(primary_config, State::partner_down), of), 3 * day_s);
}

TEST(LeaseTime, AScopeThatIsNotSharedGivesWhatIsDesired) {
  EXPECT_EQ(longest(draft_rules, Standing{}, lease(BindingStatus::free)), 3 * day_s);
  EXPECT_EQ(longest(windows_rules, Standing{}, lease(BindingStatus::free)), 3 * day_s);
}

// A-06, and never longer than desired.
RC_GTEST_PROP(LeaseTime, IsBoundedByWhatThePartnerKnows, ()) {
  const Standing at = testing::any_standing();
  const Lease of = testing::any_lease();
  const auto desired_s = *rc::gen::inRange<std::int64_t>(0, 200'000);
  const Rules& rules = *rc::gen::arbitrary<bool>() ? draft_rules : windows_rules;
  const std::int64_t longest_s = longest(rules, at, of, ours, desired_s);
  RC_ASSERT(longest_s >= 0);
  RC_ASSERT(longest_s <= desired_s);
  RC_ASSERT(longest_s >= std::min<std::int64_t>(desired_s, mclt_s));
  if (at.state != State::partner_down)
    RC_ASSERT(noon + longest_s <=
              std::max({noon, of.potential_expiration_acked_s, of.potential_expiration_received_s}) + mclt_s);
}

}  // namespace
}  // namespace twinlease::core
