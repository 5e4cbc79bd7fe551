#include "impl/core/dhcp/offers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/core/dhcp/answered.hpp"
#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Offers, OneAddressForAClientAndOneClientForAnAddress) {
  Offers offers(1);
  offers.hold(0, at(10), client(1), 100);
  offers.hold(0, at(11), client(1), 100);
  EXPECT_EQ(offers.at(at(10)), nullptr);
  EXPECT_EQ(offers.of(0, client(1))->address, at(11));
  offers.hold(0, at(11), client(2), 100);
  EXPECT_EQ(offers.of(0, client(1)), nullptr);
  EXPECT_TRUE(offers.to_another(at(11), client(1)));
  EXPECT_FALSE(offers.to_another(at(11), client(2)));
  EXPECT_FALSE(offers.to_another(at(10), client(2)));
}

TEST(Offers, TheOldestMakesRoom) {
  Offers offers(2, 2);
  offers.hold(0, at(10), client(1), 300);
  offers.hold(0, at(11), client(2), 200);
  offers.hold(1, at(12), client(3), 100);
  offers.hold(0, at(13), client(4), 100);
  EXPECT_EQ(offers.at(at(10)), nullptr);
  EXPECT_EQ(offers.count(0), 2u);
  EXPECT_NE(offers.at(at(12)), nullptr) << "of another scope";
  EXPECT_THAT(offers.due(150, 9), ElementsAre(at(12), at(13)));
  EXPECT_EQ(offers.next_due_ms(), 100);
}

TEST(Offers, ADatagramWaitsForItsProbe) {
  Offers offers(1);
  const Bytes octets(300, 7);
  Bytes later(300, 8);
  offers.hold(0, at(10), client(1), 100);
  offers.ask(at(10), {.payload = octets}, 50);
  offers.ask(at(10), {.payload = later}, 70);
  EXPECT_EQ(offers.next_due_ms(), 50) << "the probe is as old as it is";
  const auto parked = offers.clear(at(10), 200);
  ASSERT_TRUE(parked);
  EXPECT_EQ(parked->payload, later);
  EXPECT_EQ(parked->packet.payload.data(), parked->payload.data());
  EXPECT_EQ(offers.at(at(10))->probe, ProbeState::clear);
  EXPECT_FALSE(offers.drop(at(10)));
  EXPECT_EQ(offers.next_due_ms(), never);
}

TEST(Offers, OnlySoManyDatagramsWait) {
  Offers offers(1);
  const Bytes octets(300), large(Offers::parked_octets_max + 1);
  for (std::uint32_t i = 0; i < Offers::parked_max + 1; ++i) {
    offers.hold(0, {i}, {.identifier = std::to_string(i)}, 100);
    offers.ask({i}, {.payload = octets}, 100);
  }
  EXPECT_FALSE(offers.at({Offers::parked_max})->parked);
  offers.drop({0});
  offers.ask({Offers::parked_max}, {.payload = octets}, 100);
  EXPECT_TRUE(offers.at({Offers::parked_max})->parked);
  offers.ask({1}, {.payload = large}, 100);
  EXPECT_FALSE(offers.at({1})->parked);
}

RC_GTEST_PROP(Offers, TheIndexesAgree,
              (const std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>>& steps)) {
  Offers offers(1, 5);
  for (const auto& [what, host, who] : steps) {
    const Ipv4 address = at(host % 8);
    if (what % 4 == 0)
      offers.drop(address);
    else if (what % 4 == 1 && offers.at(address) != nullptr)
      offers.told(address, 1, 60, what);
    else
      offers.hold(0, address, client(who % 8), what);
    const std::vector<Ipv4> all = offers.due(never, 99);
    RC_ASSERT(all.size() == offers.count(0));
    RC_ASSERT(all.size() <= 5u);
    for (const Ipv4 held : all) RC_ASSERT(offers.of(0, offers.at(held)->client)->address == held);
  }
}

TEST(Answered, RemembersForAMoment) {
  Answered answered;
  answered.remember(at(10), ClientMessage::request_selecting, 7, 1000);
  EXPECT_TRUE(answered.remembers(at(10), ClientMessage::request_selecting, 7, 6000));
  EXPECT_FALSE(answered.remembers(at(10), ClientMessage::request_selecting, 7, 6001));
  EXPECT_FALSE(answered.remembers(at(10), ClientMessage::request_selecting, 8, 1000));
  EXPECT_FALSE(answered.remembers(at(10), ClientMessage::request_renewing, 7, 1000));
  answered.remember(at(10), ClientMessage::request_renewing, 8, 2000);
  answered.remember(at(11), ClientMessage::request_renewing, 9, 6500);
  EXPECT_TRUE(answered.remembers(at(10), ClientMessage::request_renewing, 8, 6500))
      << "the later entry stays";
  answered.forget(at(10));
  EXPECT_FALSE(answered.remembers(at(10), ClientMessage::request_renewing, 8, 6500));
}

}  // namespace
}  // namespace twinlease::core
