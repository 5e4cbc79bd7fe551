#include "impl/core/failover/pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/failover/testing/fake_server.hpp"

namespace twinlease::core {
namespace {

using testing::address;
using testing::client;
using testing::FakeServer;
using ::testing::IsEmpty;
using testing::noon;
using ::testing::SizeIs;
using testing::talk;
using wire::MessageType;
using enum wire::BindingStatus;

std::uint32_t transferred_in(const testing::SentMessage& sent) {
  wire::Errors errors;
  return wire::read_poolresp(sent.message(), wire::draft_12, errors).addresses_transferred.value_or(0xffff);
}

TEST(Pool, TheSecondaryAsksThePrimaryAnswersAndSends) {  // 7.6.2, 7.7.1
  FakeServer a(Role::primary, 20), b(Role::secondary, 20);
  b.pool.entered_normal();
  auto request = b.take_sent();
  ASSERT_THAT(request, SizeIs(1));
  EXPECT_EQ(request[0].type(), MessageType::poolreq);
  a.receive(request[0]);
  EXPECT_EQ(a.ledger.book().counts(0).backup, 10);
  a.settle();
  EXPECT_EQ(a.outbox.sent[0].type(), MessageType::poolresp);
  EXPECT_EQ(a.outbox.sent[0].xid(), request[0].xid());
  EXPECT_EQ(transferred_in(a.outbox.sent[0]), 10U);
  EXPECT_EQ(a.outbox.sent[1].type(), MessageType::bndupd);
  EXPECT_EQ(b.ledger.book().counts(0).backup, 0);
  talk(a, b);
  EXPECT_EQ(b.ledger.book().counts(0).backup, 10);
  EXPECT_EQ(a.ledger.book().counts(0).free, 10);
}

TEST(Pool, AfterAPoolrespThatBroughtSomethingItAsksAgainOnlyIfNeeded) {  // 7.7.2, A-47
  FakeServer a(Role::primary), b(Role::secondary);
  b.pool.entered_normal();
  b.take_sent();
  const Milliseconds period_ms = b.pool.next_deadline();
  b.pool.on_poolresp(99, 5);  // not the answer
  EXPECT_EQ(b.pool.next_deadline(), period_ms);
  b.pool.on_poolresp(1, 5);
  EXPECT_LT(b.pool.next_deadline(), period_ms);
  EXPECT_GT(b.pool.next_deadline(), 0);
  b.at(noon, b.pool.next_deadline());
  b.pool.on_tick();
  EXPECT_THAT(b.take_sent(), SizeIs(1));  // nothing arrived yet
  b.pool.on_tick();
  EXPECT_THAT(b.take_sent(), IsEmpty());
}

TEST(Pool, OnlyInNormal) {
  FakeServer a(Role::primary), b(Role::secondary);
  a.standing.state = b.standing.state = State::communications_interrupted;
  a.pool.on_poolreq(7);
  EXPECT_EQ(transferred_in(a.take_sent()[0]), 0U);
  a.pool.entered_normal();
  a.standing.state = State::partner_down;
  a.at(noon, a.pool.next_deadline());
  a.take_sent();
  for (std::uint32_t n = 10; n < 15; ++n) a.give(address(n), client(1), 60);
  a.pool.on_tick();
  EXPECT_THAT(a.ledger.take_changed(), SizeIs(10));  // five moved in NORMAL, five given, none moved since
}

TEST(Pool, APrimaryIsNotAskedByAPrimary) {  // 7.6.2
  FakeServer b(Role::secondary);
  b.pool.on_poolreq(7);
  EXPECT_THAT(b.take_sent(), IsEmpty());
  EXPECT_THAT(testing::events_of(b.settle()), SizeIs(1));
}

TEST(Pool, ThePrimaryRebalancesAndTakesBack) {  // 5.4
  FakeServer a(Role::primary, 40), b(Role::secondary, 40);
  a.pool.entered_normal();
  talk(a, b);
  ASSERT_EQ(b.ledger.book().counts(0).backup, 20);
  for (std::uint32_t n = 0; n < 40; ++n)
    if (a.lease(address(10 + n)).status == free) a.give(address(10 + n), client(3), 3600);
  talk(a, b);
  ASSERT_EQ(a.ledger.book().counts(0).free, 0);
  a.at(noon + 15, 15'000);
  a.pool.on_tick();
  // Recalled, and not the primary's before the answer.
  a.settle();
  EXPECT_EQ(a.ledger.book().counts(0).free, 10);
  a.ledger.book().first(0, free, 10, [](const Lease& lease) {
    EXPECT_TRUE(lease.untold);
    return false;
  });
  talk(a, b);
  EXPECT_EQ(b.ledger.book().counts(0).backup, 10);
  EXPECT_EQ(b.ledger.book().counts(0).free, 10);
  a.ledger.book().first(0, free, 10, [](const Lease& lease) {
    EXPECT_FALSE(lease.untold);
    return false;
  });
}

TEST(Pool, AnAddressInUseIsNotTakenBack) {  // 5.4: the secondary MUST reject
  FakeServer a(Role::primary, 4), b(Role::secondary, 4);
  a.pool.entered_normal();
  talk(a, b);
  std::optional<Ipv4> mine = b.ledger.book().first(0, backup, 9, [](const Lease&) { return true; });
  ASSERT_TRUE(mine);
  b.give(*mine, client(1), 3600);
  Lease recalled = a.lease(*mine);
  recalled.status = free;
  recalled.untold = true;
  a.ledger.write(recalled);
  talk(a, b);
  EXPECT_EQ(a.lease(*mine).status, active);
  EXPECT_EQ(b.lease(*mine).status, active);
}

TEST(Pool, AddressesGoToTheServerOfTheirLastClient) {  // 5.4
  FakeServer a(Role::primary, 20);
  int of_secondary = 0;
  for (std::uint8_t n = 0; n < 20; ++n) {
    Lease lease = a.lease(address(10U + n));
    lease.client = client(n);
    of_secondary += bucket(lease.client, Profile::draft) >= 128;
    a.ledger.loading().load(lease);
  }
  ASSERT_GT(of_secondary, 0);
  a.pool.entered_normal();
  int moved = 0, right = 0;
  a.ledger.book().first(0, backup, 20, [&](const Lease& lease) {
    ++moved;
    right += bucket(lease.client, Profile::draft) >= 128;
    return false;
  });
  EXPECT_EQ(moved, 10);
  EXPECT_EQ(right, std::min(10, of_secondary));
}

}  // namespace
}  // namespace twinlease::core
