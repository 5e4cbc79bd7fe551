// 9.x.2, 5.3 and 5.5: which client messages are answered, state by state.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using testing::client;
using testing::primary_config;
using testing::secondary_config;
using testing::standing;

constexpr ClientMessage messages[] = {ClientMessage::discover,
                                      ClientMessage::request_selecting,
                                      ClientMessage::request_init_reboot,
                                      ClientMessage::request_renewing,
                                      ClientMessage::request_rebinding,
                                      ClientMessage::release,
                                      ClientMessage::decline,
                                      ClientMessage::inform,
                                      ClientMessage::bootp};

// One letter a message, in the order above: served whatever the bucket, by bucket, or not.
std::string served(const Rules& rules, Standing at, bool addressed_to_us) {
  const Client any = client(1);
  std::string letters;
  for (ClientMessage message : messages) {
    const ClientQuestion question{message, &any, 0, addressed_to_us};
    at.buckets.fill(0xff);
    const bool mine = rules.service(at, question).serve;
    at.buckets.fill(0);
    const bool anyone = rules.service(at, question).serve;
    letters += anyone ? 'y' : mine ? 'b' : '-';
  }
  return letters;
}

TEST(Service, EveryStateAndMessageAddressedToThisServer) {
  const std::map<State, std::string> expected = {
      {State::startup, "---------"},                     // 9.3.1
      {State::normal, "bybyyyybb"},                      // 9.8.2, 5.5, A-36
      {State::communications_interrupted, "yyyyyyyyy"},  // 9.9.2
      {State::partner_down, "yyyyyyyyy"},                // 9.4.2
      {State::potential_conflict, "---------"},          // 9.10.2
      {State::resolution_interrupted, "yyyyyyyyy"},      // 9.11.2
      {State::conflict_done, "yyyyyyyyy"},               // 9.12.2
      {State::recover, "---------"},                     // 9.5.1
      {State::recover_wait, "---------"},                // 9.6.1
      {State::recover_done, "---yy----"},                // 9.7.1
      {State::paused, "---------"},                      // 9.13
      {State::shutdown, "---------"},                    // 9.14.2
  };
  ASSERT_EQ(expected.size(), state_count);
  for (const auto& [state, letters] : expected)
    for (const Rules* rules : {&draft_rules, &windows_rules})
      EXPECT_EQ(served(*rules, standing(primary_config, state), true), letters) << name(state);
}

TEST(Service, WhatNamesAnotherServerIsNotSelectedAndElseByBucket) {
  EXPECT_EQ(served(draft_rules, standing(primary_config), false), "b-byybbbb");
  EXPECT_EQ(served(draft_rules, standing(primary_config, State::communications_interrupted), false),
            "y-yyyyyyy");
}

TEST(Service, AScopeThatIsNotSharedServesEverybody) {
  EXPECT_EQ(served(draft_rules, Standing{}, true), "yyyyyyyyy");
}

// 5.3: without secs exactly one of the two answers.
TEST(Service, EachClientIsServedByOneOfTheTwo) {
  int of_primary = 0;
  for (int n = 0; n < 256; ++n) {
    const Client one = client(static_cast<std::uint8_t>(n));
    const ClientQuestion question{ClientMessage::discover, &one, 0, false};
    const bool primary = draft_rules.service(standing(primary_config), question).serve;
    EXPECT_NE(primary, draft_rules.service(standing(secondary_config), question).serve) << n;
    of_primary += primary;
  }
  EXPECT_GT(of_primary, 64);
  EXPECT_LT(of_primary, 192);
}

TEST(Service, SecsMakeAClientAnybodys) {
  const Client any = client(1);
  const auto serves = [&](std::uint16_t secs, const RelationshipConfig& config) {
    Standing at = standing(config);
    at.buckets.fill(0);
    return draft_rules.service(at, {ClientMessage::discover, &any, secs, false}).serve;
  };
  EXPECT_FALSE(serves(0, primary_config));
  EXPECT_FALSE(serves(5, primary_config));
  EXPECT_TRUE(serves(6, primary_config));
  EXPECT_TRUE(serves(257, primary_config));
  EXPECT_TRUE(serves(0xffff, primary_config));
  // Least significant octet first: 1 and 5 seconds are too few, 6 are enough.
  EXPECT_FALSE(serves(0x0100, primary_config));
  EXPECT_FALSE(serves(0x0500, primary_config));
  EXPECT_TRUE(serves(0x0600, primary_config));

  RelationshipConfig never = primary_config;
  never.serve_any_after_s = 0;
  EXPECT_FALSE(serves(0xffff, never));
  RelationshipConfig standby = primary_config;
  standby.mode = Mode::hot_standby;
  EXPECT_FALSE(serves(0xffff, standby));
}

// C7: the profile of the rules decides what is hashed.
TEST(Service, WindowsRulesLookAtTheHardwareAddress) {
  Client with_identifier = client(1);
  with_identifier.identifier = "\x01\x02";
  Standing at = standing(primary_config);
  const std::uint8_t by_identifier = bucket(with_identifier, Profile::draft);
  at.buckets.fill(0);
  at.buckets[by_identifier / 8] = static_cast<std::uint8_t>(1U << by_identifier % 8);
  ASSERT_NE(by_identifier, bucket(with_identifier, Profile::windows));
  const ClientQuestion question{ClientMessage::discover, &with_identifier, 0, false};
  EXPECT_TRUE(draft_rules.service(at, question).serve);
  EXPECT_FALSE(windows_rules.service(at, question).serve);
}

}  // namespace
}  // namespace twinlease::core
