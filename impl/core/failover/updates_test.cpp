#include "impl/core/failover/updates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/failover/testing/messages.hpp"

namespace twinlease::core {
namespace {

using testing::ack;
using testing::address;
using testing::bndupd;
using testing::client;
using ::testing::ElementsAre;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::noon;
using testing::SentMessage;
using ::testing::SizeIs;
using testing::sketches;
using testing::talk;
using testing::update_in;
using wire::MessageType;
using enum wire::BindingStatus;

TEST(Updates, ALeaseIsToldAndItsTimesRemembered) {  // 7.1.1, Table 7.1-1, 7.2.2
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  const auto sent = a.take_sent();
  ASSERT_THAT(sketches(sent), ElementsAre("3 1 .10"));
  const auto update = update_in(sent[0].transactions()[0]);
  EXPECT_EQ(update.binding_status, 2);
  EXPECT_EQ(update.lease_expiration_time_s, noon + 3600);
  EXPECT_EQ(update.potential_expiration_time_s, noon + 1800 + 86400);  // C1
  EXPECT_EQ(update.client_last_transaction_time_s, noon);
  EXPECT_EQ(update.client_hardware_address->size(), 7U);
  EXPECT_FALSE(update.client_identifier);
  EXPECT_FALSE(update.ip_flags);

  EXPECT_EQ(a.lease(address(10)).potential_expiration_acked_s, 0);
  a.receive(ack(1, {address(10)}));
  EXPECT_EQ(a.lease(address(10)).potential_expiration_acked_s, noon + 1800 + 86400);
  EXPECT_FALSE(a.lease(address(10)).untold);
  EXPECT_TRUE(a.updates.all_told());
}

TEST(Updates, BatchesAndTheWindow) {  // 6.3, 8.4, A-41
  FakeServer a(Role::primary, 20);
  for (std::uint32_t n = 10; n < 30; ++n) a.give(address(n), client(1), 3600);
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()),
              ElementsAre("3 1 .10 .11 .12", "3 2 .13 .14 .15", "3 3 .16 .17 .18", "3 4 .19 .20 .21"));
  EXPECT_EQ(a.updates.unacked(), 4U);
  EXPECT_EQ(a.updates.queued(), 8U);
  a.receive(ack(2, {address(14), address(13), address(15)}));  // in any order
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("3 5 .22 .23 .24"));
}

TEST(Updates, AnAddressIsInOneUnansweredBndupd) {
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  a.at(noon + 10, 10'000);
  a.give(address(10), client(1), 3600);
  a.settle();
  ASSERT_THAT(a.take_sent(), SizeIs(1));
  a.receive(ack(1, {address(10)}));
  a.settle();
  EXPECT_TRUE(a.lease(address(10)).untold);
  EXPECT_EQ(a.lease(address(10)).potential_expiration_acked_s, noon + 1800 + 86400);
  const auto sent = a.take_sent();
  ASSERT_THAT(sketches(sent), ElementsAre("3 2 .10"));
  EXPECT_EQ(update_in(sent[0].transactions()[0]).lease_expiration_time_s, noon + 3610);
  a.receive(ack(2, {address(10)}));
  EXPECT_FALSE(a.lease(address(10)).untold);
}

TEST(Updates, AnEndedBindingIsAvailableWhenAcknowledged) {  // 5.11, A-59
  for (BindingStatus status : {expired, released, reset}) {
    FakeServer a(Role::primary);
    a.give(address(10), client(1), 3600);
    a.become(address(10), status);
    a.settle();
    EXPECT_EQ(a.lease(address(10)).status, status);
    a.receive(ack(1, {address(10)}));
    EXPECT_EQ(a.lease(address(10)).status, free);
    EXPECT_EQ(a.lease(address(10)).potential_expiration_sent_s, 0);
    EXPECT_EQ(a.lease(address(10)).client, client(1));
    EXPECT_TRUE(a.updates.all_told());
  }
}

TEST(Updates, AReservedAddressIsBackupForTheSecondary) {  // 5.13
  FakeServer a(Role::primary), b(Role::secondary);
  a.give(address(5), client(5), 3600);
  talk(a, b);
  a.become(address(5), released);
  talk(a, b);
  EXPECT_EQ(a.lease(address(5)).status, free);
  EXPECT_EQ(b.lease(address(5)).status, backup);
  EXPECT_TRUE(a.updates.all_told());
}

// ---- rejects

TEST(Updates, ARejectedUpdateWaitsAndIsTold) {  // 7.2.2
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  a.take_sent();
  a.receive(ack(1, {address(10)}, std::uint8_t{15}));
  const auto events = testing::events_of(a.settle());
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].id, EventId::update_rejected_by_partner);
  EXPECT_THAT(events[0].text, HasSubstr("10.77.2.10"));
  EXPECT_THAT(events[0].text, HasSubstr("15"));
  EXPECT_THAT(a.take_sent(), IsEmpty());
  EXPECT_TRUE(a.lease(address(10)).untold);
  EXPECT_EQ(a.lease(address(10)).potential_expiration_acked_s, 0);

  // Later, and with each reject later.
  Milliseconds before_ms = 0, pause_ms = 0;
  for (std::uint32_t xid = 2; xid < 6; ++xid) {
    const Milliseconds due_ms = a.updates.next_deadline();
    EXPECT_GT(due_ms - before_ms, pause_ms);
    pause_ms = due_ms - before_ms;
    before_ms = due_ms;
    a.at(noon, due_ms - 1);
    a.updates.on_tick();
    a.settle();
    EXPECT_THAT(a.take_sent(), IsEmpty());
    a.at(noon, due_ms);
    a.updates.on_tick();
    a.settle();
    EXPECT_THAT(a.take_sent(), SizeIs(1));
    a.receive(ack(xid, {address(10)}, std::uint8_t{15}));
  }
}

TEST(Updates, ARejectedUpdateIsSentAgainWhenThePartnerAsks) {
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  a.receive(ack(1, {address(10)}, std::uint8_t{2}));
  a.take_sent();
  a.updates.on_request(9, false);
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("3 2 .10"));
  a.receive(ack(2, {address(10)}, std::uint8_t{2}));
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("8 9"));  // a reject is an answer, too (7.5)
}

TEST(Updates, WhatIsRejectedHereIsRemindedLater) {  // 7.2.1, A-37
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  a.receive(ack(1, {address(10)}));
  a.take_sent();
  a.receive(bndupd({.address = address(10),
                    .binding_status = 2,
                    .client_hardware_address = wire::as_octets("\x01zzzzzz"),
                    .lease_expiration_time_s = noon + 50,
                    .potential_expiration_time_s = noon + 60}));
  const auto events = testing::events_of(a.settle());
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("4 77 .10!2"));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].id, EventId::update_rejected_by_us);
  a.at(noon, a.updates.next_deadline());
  a.updates.on_tick();
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("3 2 .10"));
}

TEST(Updates, StrangeAcknowledgementsAreIgnored) {
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  for (const SentMessage& strange :
       {ack(9, {address(10)}), ack(1, {address(11)}), ack(1, {}), ack(1, {address(10), address(10)})}) {
    a.receive(strange);
    EXPECT_THAT(testing::events_of(a.settle()), SizeIs(1));
    EXPECT_TRUE(a.lease(address(10)).untold);
    EXPECT_EQ(a.updates.unacked(), 1U);
  }
  a.receive(ack(1, {address(10)}));
  EXPECT_TRUE(a.updates.all_told());
}

TEST(Updates, TheOrderOfAnAckMattersWhereTheDialectSaysSo) {  // MS-DHCPF 3.1.5.3
  FakeServer a(Role::primary);
  wire::Dialect strict = wire::draft_12;
  strict.bndack_order_matters = true;
  a.outbox.agreed.dialect = &strict;
  a.give(address(10), client(1), 3600);
  a.give(address(11), client(2), 3600);
  a.settle();
  a.receive(ack(1, {address(11), address(10)}));
  EXPECT_EQ(a.updates.unacked(), 1U);
  a.receive(ack(1, {address(10), address(11)}));
  EXPECT_EQ(a.updates.unacked(), 0U);
}

// The partner gave the address again and takes our RELEASED all the same, which is older (7.1.3 time(1)).
TEST(Updates, WhatThePartnerUndoesByOurOlderUpdateItHearsAgain) {
  for (const wire::Dialect* dialect : {&wire::draft_12, &wire::isc}) {
    FakeServer a(Role::primary);
    a.outbox.agreed.dialect = dialect;
    a.give(address(10), client(1), 3600);
    a.settle();
    a.receive(ack(1, {address(10)}));
    a.become(address(10), released);
    a.settle();
    a.take_sent();
    a.receive(bndupd({.address = address(10),
                      .binding_status = 2,
                      .client_hardware_address = wire::as_octets("\x01zzzzzz"),
                      .lease_expiration_time_s = noon + 7200,
                      .potential_expiration_time_s = noon + 7200,
                      .client_last_transaction_time_s = noon + 5}));
    a.settle();
    EXPECT_EQ(a.lease(address(10)).status, active);
    a.take_sent();
    a.receive(ack(2, {address(10)}));
    a.settle();
    EXPECT_FALSE(a.lease(address(10)).untold);
    const auto sent = a.take_sent();
    ASSERT_EQ(sent.size(), dialect->accepts_older_updates ? 1U : 0U) << dialect->name;
    if (sent.empty()) continue;
    const wire::BindingUpdate again = update_in(sent[0].transactions()[0]);
    EXPECT_EQ(again.binding_status, 2);
    EXPECT_EQ(again.lease_expiration_time_s, noon + 7200) << "as the partner gave it";
    EXPECT_EQ(again.client_last_transaction_time_s, noon + 5);
  }
}

// ---- connections and states

TEST(Updates, NothingIsLostWithAConnection) {  // 7.3.2
  FakeServer a(Role::primary, 20);
  for (std::uint32_t n = 10; n < 30; ++n) a.give(address(n), client(1), 3600);
  a.settle();
  a.outbox.is_open = false;
  a.updates.disconnected();
  a.take_sent();
  EXPECT_EQ(a.updates.queued(), 20U);
  EXPECT_EQ(a.updates.unacked(), 0U);
  a.receive(ack(1, {address(10), address(11), address(12)}));  // of the old connection
  EXPECT_TRUE(a.lease(address(10)).untold);
  FakeServer b(Role::secondary, 20);
  a.outbox.is_open = true;
  talk(a, b);
  EXPECT_TRUE(a.updates.all_told());
  for (std::uint32_t n = 10; n < 30; ++n) EXPECT_EQ(b.lease(address(n)).status, active);
}

TEST(Updates, StartQueuesWhatIsUntold) {
  FakeServer a(Role::primary);
  Lease lease = a.lease(address(10));
  lease.untold = true;
  a.ledger.loading().load(lease);
  a.updates.start();
  EXPECT_EQ(a.updates.queued(), 1U);
}

TEST(Updates, UnaskedOnlyInNormal) {  // service.csv, 7.3.2, A-27
  for (State state : {State::communications_interrupted, State::partner_down, State::potential_conflict,
                      State::recover, State::conflict_done}) {
    FakeServer a(Role::primary);
    a.standing.state = state;
    a.give(address(10), client(1), 3600);
    a.settle();
    EXPECT_THAT(a.take_sent(), IsEmpty()) << name(state);
    a.updates.on_request(3, false);
    a.settle();
    EXPECT_THAT(a.take_sent(), SizeIs(1)) << name(state);
    a.receive(ack(1, {address(10)}));
    a.give(address(11), client(2), 3600);  // and from then on what changes, outside the request
    a.settle();
    EXPECT_THAT(sketches(a.take_sent()), ElementsAre("3 2 .11", "8 3")) << name(state);
  }
}

// D-28: given alone, told later.
TEST(Updates, ThePotentialExpirationIsPutAheadWhenItIsSent) {
  FakeServer a(Role::primary);
  a.standing.communications_ok = a.outbox.is_open = false;
  a.standing.state = State::communications_interrupted;
  a.give(address(10), client(1), 3600);
  a.settle();
  EXPECT_EQ(a.lease(address(10)).potential_expiration_sent_s, noon + 3600);
  a.at(noon + 600, 600'000);
  a.standing.communications_ok = a.outbox.is_open = true;
  a.standing.state = State::normal;
  a.updates.send_everything_untold();
  const Outputs outputs = a.settle();
  EXPECT_EQ(a.lease(address(10)).potential_expiration_sent_s, noon + 1800 + 86400);
  ASSERT_FALSE(outputs.empty());
  EXPECT_TRUE(std::holds_alternative<StoreBatch>(outputs[0]));  // recorded before it leaves
  const auto sent = a.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(update_in(sent[0].transactions()[0]).potential_expiration_time_s, noon + 1800 + 86400);
  a.receive(ack(1, {address(10)}));
  a.settle();
  EXPECT_TRUE(a.updates.all_told());
  EXPECT_THAT(a.take_sent(), IsEmpty());
}

// ---- requests

TEST(Updates, UpdreqIsDoneAfterItsLastAnswer) {  // 7.3.2, 7.5
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  a.updates.on_request(42, false);
  a.give(address(11), client(2), 3600);  // later: not waited for
  a.settle();
  a.take_sent();
  a.receive(ack(1, {address(10)}));
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("8 42"));
  a.updates.on_request(43, false);
  a.updates.on_request(44, false);
  a.settle();
  EXPECT_THAT(a.take_sent(), IsEmpty());
  a.receive(ack(2, {address(11)}));
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("8 43", "8 44"));
}

TEST(Updates, AnUpdreqWithNothingToSendIsDoneAtOnce) {
  FakeServer a(Role::primary);
  a.updates.on_request(42, false);
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("8 42"));
}

TEST(Updates, AChangeBeforeTheRequestIsWaitedFor) {
  FakeServer a(Role::primary);
  a.give(address(10), client(1), 3600);
  a.settle();
  a.give(address(10), client(1), 7200);
  a.settle();
  a.updates.on_request(42, false);
  a.take_sent();
  a.receive(ack(1, {address(10)}));
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("3 2 .10"));
  a.receive(ack(2, {address(10)}));
  a.settle();
  EXPECT_THAT(sketches(a.take_sent()), ElementsAre("8 42"));
}

TEST(Updates, UpdreqallSendsWhatWasEverAClientsOrIsBackup) {  // 5.16, A-62
  FakeServer b(Role::secondary);
  for (auto [which, status] : {std::pair{10U, active}, {11U, backup}, {12U, abandoned}}) {
    Lease lease = b.lease(address(which));
    lease.status = status;
    if (status == active) lease.client = client(1);
    if (status == active) lease.lease_expiration_s = lease.potential_expiration_received_s = noon + 50;
    b.ledger.loading().load(lease);
  }
  Lease used = b.lease(address(13));
  used.client = client(2);
  b.ledger.loading().load(used);

  b.updates.on_request(8, true);
  b.settle();
  EXPECT_TRUE(b.updates.all_owed());
  auto sent = b.take_sent();
  ASSERT_THAT(sketches(sent), ElementsAre("3 1 .5 .10 .11", "3 2 .12 .13"));
  EXPECT_EQ(update_in(sent[0].transactions()[1]).potential_expiration_time_s, noon + 50);
  b.receive(ack(1, {address(5), address(10), address(11)}));
  b.settle();
  EXPECT_THAT(b.take_sent(), IsEmpty());
  b.receive(ack(2, {address(12), address(13)}));
  b.settle();
  EXPECT_THAT(sketches(b.take_sent()), ElementsAre("8 8"));
  EXPECT_FALSE(b.updates.all_owed());
}

TEST(Updates, AnUnfinishedUpdreqallIsRemembered) {  // 7.4.2
  FakeServer b(Role::secondary);
  Lease lease = b.lease(address(11));
  lease.status = backup;
  b.ledger.loading().load(lease);
  b.updates.on_request(8, true);
  b.settle();
  b.updates.disconnected();
  b.take_sent();
  EXPECT_TRUE(b.updates.all_owed());
  b.updates.on_request(2, false);  // on the next connection
  b.settle();
  EXPECT_THAT(sketches(b.take_sent()), ElementsAre("3 2 .5 .11"));

  FakeServer again(Role::secondary);
  again.updates.start(true);
  again.updates.on_request(2, false);
  again.settle();
  EXPECT_THAT(sketches(again.take_sent()), ElementsAre("3 1 .5"));
}

TEST(Updates, UpdreqallOfALargeScopeGoesInSteps) {
  FakeServer b(Role::secondary, 200), a(Role::primary, 200);
  b.settings.scopes[0].ranges = a.settings.scopes[0].ranges;
  for (std::uint32_t n = 10; n < 210; ++n) {
    Lease lease = b.lease(address(n));
    lease.status = backup;
    b.ledger.loading().load(lease);
  }
  b.updates.on_request(8, true);
  talk(a, b);
  EXPECT_FALSE(b.updates.all_owed());
  EXPECT_EQ(a.ledger.book().counts(0).backup, 200);
}

TEST(Updates, AStuckWindowIsToldOnce) {  // event 20286, A-61
  FakeServer a(Role::primary, 20);
  for (std::uint32_t n = 10; n < 30; ++n) a.give(address(n), client(1), 3600);
  a.settle();
  EXPECT_EQ(a.updates.oldest_unacked_ms(), 0);
  const Milliseconds due_ms = a.updates.next_deadline();
  ASSERT_NE(due_ms, never);
  a.at(noon, due_ms);
  a.updates.on_tick();
  const auto events = testing::events_of(a.settle());
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].id, EventId::update_queue_full);
  EXPECT_EQ(a.updates.next_deadline(), never);
  a.updates.on_tick();
  EXPECT_THAT(testing::events_of(a.settle()), IsEmpty());
}

}  // namespace
}  // namespace twinlease::core
