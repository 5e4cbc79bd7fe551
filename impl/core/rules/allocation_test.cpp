// 5.2.2, 5.4, 5.11, 9.4.2, A-09, A-10, A-39, C3, C4: who may be given which address.

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
using testing::secondary_config;
using testing::standing;
using enum wire::BindingStatus;

const Client old_client = client(1), new_client = client(2);
constexpr State allocating[] = {State::normal, State::communications_interrupted, State::partner_down,
                                State::resolution_interrupted, State::conflict_done};

bool may(const Standing& at, const Lease& of, const Client& to = new_client, Seconds now_s = noon) {
  return draft_rules.may_allocate(at, {&of, &to, now_s, 0}).serve;
}

TEST(MayAllocate, OfItsOwnPoolOnly) {  // 5.4, 9.9.2, 9.11.2, C3, C4
  for (State state : allocating) {
    EXPECT_TRUE(may(standing(primary_config, state), lease(free))) << name(state);
    EXPECT_TRUE(may(standing(secondary_config, state), lease(backup))) << name(state);
    EXPECT_FALSE(may(standing(primary_config, state), lease(backup))) << name(state);
    EXPECT_FALSE(may(standing(secondary_config, state), lease(free))) << name(state);
  }
  Standing interrupted_for_long = standing(primary_config, State::communications_interrupted);
  EXPECT_FALSE(may(interrupted_for_long, lease(backup), new_client, noon + 1'000'000));
}

TEST(MayAllocate, NothingInTheOtherStates) {
  for (int n = 0; n < state_count; ++n) {
    const auto state = static_cast<State>(n);
    if (std::ranges::count(allocating, state)) continue;
    EXPECT_FALSE(may(standing(primary_config, state), lease(free))) << name(state);
    EXPECT_FALSE(may(standing(secondary_config, state), lease(backup))) << name(state);
  }
}

TEST(MayAllocate, NotWhatIsOnItsWayBackFromThePartner) {
  Lease recalled = lease(free);
  recalled.untold = true;
  EXPECT_FALSE(may(standing(primary_config), recalled));
  EXPECT_FALSE(may(standing(primary_config, State::partner_down), recalled));
  EXPECT_TRUE(may(standing(primary_config, State::partner_down), recalled, new_client, noon - 100 + mclt_s));
  recalled.reserved = true;  // both servers', for one client
  EXPECT_TRUE(may(standing(primary_config), recalled));
}

TEST(MayAllocate, InUseOrUnusableNever) {
  for (State state : allocating)
    for (BindingStatus status : {active, abandoned})
      EXPECT_FALSE(may(standing(primary_config, state), lease(status, old_client), new_client, noon * 2));
}

TEST(MayAllocate, AfterTheEndOnlyTheSameClientAndOnlyWhileUntold) {  // 5.2.2
  for (BindingStatus status : {expired, released}) {
    Lease over = lease(status, old_client);
    over.untold = true;
    over.start_time_of_state_s = noon - 50;  // after the partner was lost
    const Standing alone = standing(primary_config, State::communications_interrupted);
    EXPECT_TRUE(may(alone, over, old_client));
    EXPECT_FALSE(may(alone, over, new_client));
    EXPECT_FALSE(may(standing(primary_config), over, old_client));
    over.start_time_of_state_s = noon - 200;  // it may have been told
    EXPECT_FALSE(may(alone, over, old_client));
    EXPECT_TRUE(may(standing(primary_config, State::partner_down), over, old_client));
  }
}

// 9.4.2 and A-09: entry at noon - 100.
TEST(MayAllocate, PartnerDownWaitsMcltBeyondEveryTime) {
  const Standing at = standing(primary_config, State::partner_down);
  const Seconds entered_s = at.entered_s;
  const auto from = [&](const Lease& of) {
    Seconds earliest_s = entered_s;
    while (!may(at, of, new_client, earliest_s)) ++earliest_s;
    return earliest_s;
  };
  EXPECT_EQ(from(lease(backup)), entered_s + mclt_s);
  EXPECT_EQ(from(lease(free)), entered_s);
  for (auto time :
       {&Lease::lease_expiration_s, &Lease::potential_expiration_sent_s, &Lease::potential_expiration_acked_s,
        &Lease::potential_expiration_received_s, &Lease::start_time_of_state_s}) {
    Lease of = lease(expired, old_client);
    of.*time = entered_s - 10;
    EXPECT_EQ(from(of), entered_s + mclt_s);
    of.*time = entered_s + 10;
    EXPECT_EQ(from(of), entered_s + 10 + mclt_s);
  }
}

TEST(MayAllocate, AScopeThatIsNotShared) {
  EXPECT_TRUE(may({}, lease(free)));
  EXPECT_TRUE(may({}, lease(expired, old_client)));
  EXPECT_FALSE(may({}, lease(active, old_client)));
  EXPECT_FALSE(may({}, lease(abandoned)));
}

TEST(AfterEnd, AcknowledgedIsFree) {  // 5.11
  for (BindingStatus status : {expired, released, reset})
    for (const auto* config : {&primary_config, &secondary_config}) {
      Lease over = lease(status, old_client);
      EXPECT_EQ(draft_rules.after_end(standing(*config), over, noon), free);
      over.untold = true;
      EXPECT_EQ(draft_rules.after_end(standing(*config), over, noon), status);
      EXPECT_EQ(draft_rules.after_end({}, over, noon), free);
    }
  EXPECT_EQ(draft_rules.after_end(standing(primary_config), lease(active), noon), active);
  EXPECT_EQ(draft_rules.after_end(standing(primary_config), lease(abandoned), noon), abandoned);
}

TEST(AfterEnd, PartnerDownGivesItToTheServerThatIsUp) {  // Figure 5.11-1 (1), (2)
  Lease over = lease(expired, old_client);
  over.untold = true;
  over.lease_expiration_s = over.start_time_of_state_s = noon;
  const auto after = [&](const RelationshipConfig& config, Seconds now_s) {
    return draft_rules.after_end(standing(config, State::partner_down), over, now_s);
  };
  EXPECT_EQ(after(primary_config, noon + mclt_s - 1), expired);
  EXPECT_EQ(after(primary_config, noon + mclt_s), free);
  EXPECT_EQ(after(secondary_config, noon + mclt_s), backup);
}

// S1 from the rules alone: with equal, fully told records no address is both servers' at once, in any pair of
// states without PARTNER-DOWN.
RC_GTEST_PROP(MayAllocate, NeverBothServers, ()) {
  Lease of = testing::any_lease();
  of.untold = false;
  Standing a = testing::any_standing(), b = testing::any_standing();
  RC_PRE(a.state != State::partner_down && b.state != State::partner_down);
  a.config = &primary_config;
  b.config = &secondary_config;
  RC_ASSERT(!(may(a, of) && may(b, of)));
}

RC_GTEST_PROP(MayAllocate, NeverALivingLease, ()) {
  Lease of = testing::any_lease();
  of.status = active;
  RC_ASSERT(!may(testing::any_standing(), of, client(9), noon + 1'000'000));
}

}  // namespace
}  // namespace twinlease::core
