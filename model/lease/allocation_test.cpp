#include "model/lease/allocation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "model/lease/rules.hpp"

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

// From when which address may be given to a new client, in every state of the server: 9.4.2 as a table.
TEST(Allocation, OpensToNewClients) {
  constexpr Seconds at_once = std::numeric_limits<Seconds>::min(), open = kEntry + kMclt;
  Binding told = of(expired, 1), late = told, later = told, alone = told;
  late.received_potential = kEntry + 700;  // promised by the partner
  later.start_of_state = kEntry + 900;     // ended in PARTNER-DOWN
  alone.given_alone = true;                // the partner cannot know of it
  alone.lease_expiration = alone.start_of_state = kEntry + 100;
  const struct {
    int number;
    Role role;
    Binding binding;
    std::optional<Seconds> opens;  // in PARTNER-DOWN
  } table[] = {
      {1, Role::primary, of(free), at_once},
      {2, Role::primary, of(backup), open},
      {3, Role::secondary, of(free), open},
      {4, Role::secondary, of(backup), at_once},
      {5, Role::primary, told, open},
      {6, Role::secondary, told, open},
      {7, Role::primary, late, open + 700},
      {8, Role::primary, later, open + 900},
      {9, Role::primary, alone, kEntry + 100},
      {10, Role::primary, of(active, 1), std::nullopt},
      {11, Role::primary, of(abandoned), std::nullopt},
  };
  for (const auto& row : table) {
    EXPECT_EQ(opens_to_new(in(State::partner_down, row.role), row.binding), row.opens) << row.number;
    const std::optional<Seconds> own = row.opens == at_once ? row.opens : std::nullopt;
    for (State state : {State::normal, State::communications_interrupted, State::resolution_interrupted})
      EXPECT_EQ(opens_to_new(in(state, row.role), row.binding), own) << row.number;
    Allocator bootp = in(State::partner_down, row.role);
    bootp.dynamic_bootp_pool = true;
    EXPECT_EQ(opens_to_new(bootp, row.binding), own) << row.number;
  }
}

Seconds time_until(Seconds most) {
  return *rc::gen::inRange<Seconds>(0, most + 1);
}

// Why the waits of 9.4.2 are enough (S9). The partner gave its last lease at some moment before PARTNER-DOWN
// was entered, by whatever rules and for whatever time; what it believed acknowledged we had received, and
// what it had received we had sent (S3). When we give the address to another client, its client's lease is
// over.
RC_GTEST_PROP(AllocationProperty, TheWaitsOutlastWhateverThePartnerGave, ()) {
  Binding ours = of(*rc::gen::element(expired, released, reset), 1), theirs = of(active, 1);
  ours.lease_expiration = time_until(4 * kEntry);
  ours.sent_potential = time_until(4 * kEntry);
  ours.received_potential = time_until(4 * kEntry);
  ours.acked_potential = time_until(ours.sent_potential);
  ours.start_of_state = time_until(4 * kEntry);
  theirs.acked_potential = time_until(ours.received_potential);
  theirs.received_potential = time_until(ours.sent_potential);
  theirs.partner_has_expiration = *rc::gen::arbitrary<bool>();
  theirs.lease_expiration = theirs.partner_has_expiration ? time_until(ours.lease_expiration) : 4 * kEntry;
  const Seconds given = time_until(kEntry), desired = time_until(9 * kEntry);
  const LeaseRules rules = *rc::gen::element(kDraftRules, kWindowsRules);
  const State state = *rc::gen::element(State::normal, State::communications_interrupted);
  const LeaseLimit limit = service(rules, state, ClientMessage::request_renewing).lease_limit;
  const Seconds held = *lease_end(limit, theirs, given, kMclt, desired);
  const Role role = *rc::gen::element(Role::primary, Role::secondary);
  RC_ASSERT(*opens_to_new(in(State::partner_down, role), ours) >= held);
  // And a new client of the partner's, of whom we never heard: on an address that was the partner's.
  const Binding unknown = of(role == Role::primary ? backup : free);
  const Seconds first = *lease_end(limit, Binding{}, given, kMclt, desired);
  RC_ASSERT(*opens_to_new(in(State::partner_down, role), unknown) >= first);
}

RC_GTEST_PROP(AllocationProperty, OnceOpenAnAddressStaysOpen, (std::uint16_t earlier, std::uint16_t pause)) {
  Binding ours = of(*rc::gen::element(free, backup, expired, released, reset), 1);
  ours.sent_potential = time_until(4 * kEntry);
  ours.start_of_state = time_until(2 * kEntry);
  const Allocator who = in(State::partner_down);
  RC_ASSERT(!may_give_to_new(who, ours, earlier) || may_give_to_new(who, ours, earlier + pause));
  RC_ASSERT(may_give_to_new(who, ours, *opens_to_new(who, ours)));
}

}  // namespace
}  // namespace twinlease::model
