#include "impl/core/dhcp/ends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test
using ::testing::IsEmpty;
using ::testing::SizeIs;

Ask release(std::uint8_t number, Ipv4 address) {
  return {
      .client = number, .type = MessageType::release, .ciaddr = address, .server = ours, .destination = ours};
}
Ask decline(std::uint8_t number, Ipv4 address) {
  return {.client = number, .type = MessageType::decline, .requested = address, .server = ours};
}

TEST(Ends, ALeaseRunsOutAndItsAddressIsAvailable) {
  Fixture f;
  f.lease(1);
  f.wait(8001);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::active) << "a partner's clock may be slow (A-38)";
  f.wait(2);
  const Lease& lease = f.record(at(10));
  EXPECT_EQ(lease.status, BindingStatus::free);
  EXPECT_EQ(lease.client, client(1)) << "to have it again";
  EXPECT_EQ(lease.lease_expiration_s, 0);
  EXPECT_EQ(f.server.next_deadline() > f.now.monotonic_ms + 1000, true) << "nothing left to do";
}

TEST(Ends, AnEndOfASharedLeaseWaitsForThePartner) {  // FO-5.11-20
  Fixture f;
  f.share(0);
  f.lease(1);
  f.lease(2);
  f.send(release(2, at(11)));
  EXPECT_EQ(f.record(at(11)).status, BindingStatus::released);
  EXPECT_TRUE(f.record(at(11)).untold);
  EXPECT_EQ(f.audit(), 12);
  f.wait(9000);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::expired);
  EXPECT_TRUE(f.record(at(10)).untold);
  EXPECT_EQ(f.record(at(11)).status, BindingStatus::released);
}

TEST(Ends, AReleaseIsTheLastTransactionOfTheClient) {  // 7.1.3, 12.6
  Fixture f;
  f.share(0);
  f.lease(1);
  const Seconds leased_s = f.record(at(10)).client_last_transaction_s;
  f.wait(100);
  f.send(release(1, at(10)));
  EXPECT_EQ(f.record(at(10)).client_last_transaction_s, f.now.wall_s);
  EXPECT_GT(f.record(at(10)).client_last_transaction_s, leased_s);
  f.lease(2);
  f.lease(3);
  f.send(release(3, at(12)));
  EXPECT_EQ(f.record(at(12)).client_last_transaction_s, f.now.wall_s + 1) << "later than the DHCPACK";
  f.wait(9000);
  EXPECT_LT(f.record(at(11)).client_last_transaction_s, f.now.wall_s - 8000) << "its end is none (7.1.3)";
}

TEST(Ends, InPartnerDownTheRulesSayWhen) {  // FO-5.11-17
  Fixture f;
  f.share(0);
  f.lease(1);
  f.lease(2);
  f.send(release(1, at(10)));
  f.put(at(50), BindingStatus::released, 50);
  f.standing.state = State::partner_down;
  f.standing.entered_s = f.now.wall_s;
  f.rules.after_end = [](const Standing& standing, const Lease& lease, Seconds now_s) {
    return now_s >= standing.entered_s + 600 ? BindingStatus::backup : lease.status;
  };
  f.wait(590);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::released);
  f.wait(30);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::backup);
  EXPECT_TRUE(f.record(at(10)).untold);
  EXPECT_EQ(f.record(at(10)).potential_expiration_sent_s, 0);
  EXPECT_EQ(f.record(at(50)).status, BindingStatus::backup) << "reserved ones too";
}

TEST(Ends, AGraceKeepsTheBindingForItsClient) {  // FO-5.11-14
  Config config = two_scopes();
  config.scopes[0].delete_grace_s = 1000;
  Fixture f(config);
  f.lease(1);
  f.lease(2);
  f.wait(7000);
  f.send(release(2, at(11)));
  EXPECT_EQ(f.record(at(11)).status, BindingStatus::released);
  f.wait(995);
  EXPECT_EQ(f.record(at(11)).status, BindingStatus::released);
  f.wait(10);
  EXPECT_EQ(f.record(at(11)).status, BindingStatus::free);
  f.wait(900);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::active) << "over for 900 s, and still its client's";
  f.wait(100);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::free);
}

TEST(Ends, ADeclinedAddressIsLeftAloneForAWhile) {
  Config config = two_scopes();
  config.decline_hold_s = 3600;
  Fixture f(config);
  f.lease(1);
  EXPECT_THAT(f.send(decline(2, at(10))), IsEmpty());
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::active) << "not by somebody else";
  f.send(decline(1, at(10)));
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::abandoned);
  EXPECT_TRUE(f.record(at(10)).client.none()) << "FO-5.11-05";
  ASSERT_THAT(f.told<Event>(), SizeIs(1));
  EXPECT_EQ(f.told<Event>()[0].id, EventId::address_in_use);
  EXPECT_EQ(f.lease(1), at(11));
  f.wait(3500);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::abandoned);
  f.wait(111);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::free);
}

TEST(Ends, InASharedScopeThePartnerHearsThatItIsReset) {  // FO-5.11-19
  Config config = two_scopes();
  config.decline_hold_s = 60;
  Fixture f(config);
  f.share(0);
  f.lease(1);
  f.send(decline(1, at(10)));
  EXPECT_TRUE(f.record(at(10)).untold);
  f.wait(80);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::reset);
  EXPECT_TRUE(f.record(at(10)).untold);
}

TEST(Ends, DeclinedForGoodIfSoConfigured) {
  Config config = two_scopes();
  config.decline_hold_s = 0;
  Fixture f(config);
  f.lease(1);
  f.send(decline(1, at(10)));
  f.wait(1000);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::abandoned);
}

TEST(Ends, OnlyTheHolderReleases) {
  Fixture f;
  f.lease(1);
  f.send(release(2, at(10)));
  Ask elsewhere = release(1, at(10));
  elsewhere.server = at(2);
  f.send(elsewhere);
  f.send(release(1, at(200)));
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::active);
}

TEST(Ends, NothingEndsWhileTheDiskFails) {
  Fixture f;
  f.lease(1);
  f.storing = false;
  f.ledger.journal().failed();
  f.wait(9000);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::active);
  EXPECT_EQ(f.server.next_deadline(), never) << "what the disk stores next is an input of its own";
  f.storing = true;
  f.tick();
  f.wait(1);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::free);
}

TEST(Ends, TimeThatGoesBackEndsNothing) {
  Fixture f;
  f.lease(1);
  f.now.wall_s -= 100'000;
  f.wait(10);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::active);
}

TEST(Ends, ManyEndsAtOnceAreSpreadOverTicks) {
  Config config = two_scopes();
  config.scopes.resize(1);
  config.scopes[0].prefix_length = 16;
  config.scopes[0].ranges = {{at(0, 2), at(255, 4)}};
  Fixture f(config);
  for (std::uint32_t i = 0; i < 600; ++i) f.put({at(0, 2).value + i}, BindingStatus::active, 1, 5);
  f.now.wall_s += 10;
  f.tick();
  EXPECT_EQ(f.ledger.book().counts(0).active, 600 - 256);
  EXPECT_LE(f.server.next_deadline(), f.now.monotonic_ms);
  f.wait(1);
  EXPECT_EQ(f.ledger.book().counts(0).active, 0);
}

}  // namespace
}  // namespace twinlease::core
