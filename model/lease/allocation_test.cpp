#include "model/lease/allocation.hpp"

#include <gtest/gtest.h>

namespace twinlease::model {
namespace {

using enum BindingStatus;

constexpr Seconds kMclt = 3600, kEntry = 10000;

Binding of(BindingStatus status, ClientId client = 0) {
  Binding binding;
  binding.status = status;
  binding.client = client;
  return binding;
}
Allocator in(State state, Role role = Role::primary) {
  return {
      .role = role, .state = state, .partner_down_since = kEntry, .mclt = kMclt, .dynamic_bootp_pool = false};
}

TEST(Allocation, OutsidePartnerDownEachServerHasItsOwnPool) {  // S7, FO-9.9.2-03
  for (State state : {State::normal, State::communications_interrupted, State::resolution_interrupted}) {
    EXPECT_TRUE(may_give_to_new(in(state), of(free), kEntry + 9 * kMclt));
    EXPECT_FALSE(may_give_to_new(in(state), of(backup), kEntry + 9 * kMclt));
    EXPECT_FALSE(may_give_to_new(in(state, Role::secondary), of(free), kEntry + 9 * kMclt));
    EXPECT_TRUE(may_give_to_new(in(state, Role::secondary), of(backup), kEntry + 9 * kMclt));
  }
}

TEST(Allocation, InSilenceNobodyIsServed) {  // S10
  for (State state : {State::startup, State::recover, State::recover_wait, State::recover_done,
                      State::potential_conflict, State::paused, State::shutdown})
    EXPECT_FALSE(may_give_to_new(in(state), of(free), kEntry));
}

TEST(Allocation, ThePartnersPoolOpensAnMcltAfterTheEntry) {  // S9 (1), FO-9.4.2-05
  EXPECT_TRUE(may_give_to_new(in(State::partner_down), of(free), kEntry));
  EXPECT_FALSE(may_give_to_new(in(State::partner_down), of(backup), kEntry + kMclt - 1));
  EXPECT_TRUE(may_give_to_new(in(State::partner_down), of(backup), kEntry + kMclt));
  Allocator bootp = in(State::partner_down);
  bootp.dynamic_bootp_pool = true;  // S9 (5)
  EXPECT_FALSE(may_give_to_new(bootp, of(backup), kEntry + 9 * kMclt));
}

TEST(Allocation, AnotherClientWaitsForTheLatestPromiseAndTheMclt) {  // S9 (2), FO-9.4.2-06
  Binding binding = of(expired, 1);
  binding.lease_expiration = kEntry - 50;
  EXPECT_EQ(reallocation_opens(in(State::partner_down), binding), kEntry + kMclt);
  for (Seconds Binding::* time : {&Binding::lease_expiration, &Binding::sent_potential,
                                  &Binding::acked_potential, &Binding::received_potential}) {
    Binding promised = binding;
    promised.*time = kEntry + 700;
    EXPECT_EQ(reallocation_opens(in(State::partner_down), promised), kEntry + 700 + kMclt);
    EXPECT_FALSE(may_give_to_new(in(State::partner_down), promised, kEntry + 700 + kMclt - 1));
    EXPECT_TRUE(may_give_to_new(in(State::partner_down), promised, kEntry + 700 + kMclt));
  }
}

TEST(Allocation, WhatEndsInPartnerDownWaitsAnMcltMore) {  // S9 (3), Figure 5.11-1 note 1
  Binding binding = of(released, 1);
  binding.start_of_state = kEntry + 900;
  EXPECT_FALSE(may_free_alone(in(State::partner_down), binding, kEntry + kMclt + 899));
  EXPECT_TRUE(may_free_alone(in(State::partner_down), binding, kEntry + kMclt + 900));
  EXPECT_FALSE(may_free_alone(in(State::communications_interrupted), binding, kEntry + 9 * kMclt));
}

TEST(Allocation, ALeaseThatThePartnerCannotKnowOfNeedsNoWait) {  // S9 (4), A-58
  Binding binding = of(expired, 1);
  binding.given_alone = true;
  binding.lease_expiration = binding.start_of_state = kEntry + 100;
  EXPECT_TRUE(may_give_to_new(in(State::partner_down), binding, kEntry + 100));
}

TEST(Allocation, TheSameClientMayComeBackUntilThePartnerIsTold) {  // FO-5.2.2-03, FO-9.8.3-07
  for (BindingStatus status : {expired, released}) {
    Binding binding = of(status, 1);
    EXPECT_TRUE(may_give_again(in(State::normal), binding, 1));
    EXPECT_FALSE(may_give_again(in(State::normal), binding, 2));
    binding.unacked = Unacked::sent;
    EXPECT_FALSE(may_give_again(in(State::normal), binding, 1));
    EXPECT_TRUE(may_give_again(in(State::partner_down), binding, 1));
  }
  EXPECT_TRUE(may_give_again(in(State::communications_interrupted), of(active, 1), 1));
  EXPECT_FALSE(may_give_again(in(State::normal), of(reset, 1), 1));
}

}  // namespace
}  // namespace twinlease::model
