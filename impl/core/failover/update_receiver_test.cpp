#include "impl/core/failover/update_receiver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/failover/testing/messages.hpp"

namespace twinlease::core {
namespace {

using testing::address;
using testing::bndupd;
using testing::client;
using ::testing::ElementsAre;
using testing::FakeServer;
using testing::from_partner;
using ::testing::IsEmpty;
using testing::noon;
using ::testing::SizeIs;
using testing::sketches;
using testing::talk;
using wire::MessageType;
using enum wire::BindingStatus;

TEST(UpdateReceiver, EachTransactionIsAnsweredInOrder) {  // 6.3, 7.1.3, A-12
  FakeServer b(Role::secondary);
  b.receive(from_partner(MessageType::bndupd, 5, [](wire::MessageWriter& writer) {
    const auto put = [&writer](const wire::BindingUpdate& update) {
      wire::write(writer, update, wire::draft_12);
    };
    put({.address = address(12), .binding_status = 7});
    put({.address = address(99), .binding_status = 7});  // not of the scope
    put({.address = address(13)});                       // no status
    put({.address = address(14), .binding_status = 2});  // ACTIVE without client and times
    put({.address = address(15), .binding_status = 8});  // no such status
    put({.address = address(16), .binding_status = 7, .ip_flags = std::uint16_t{1}});  // reserved there only
    put({.address = address(11), .binding_status = 7});
  }));
  b.settle();
  EXPECT_THAT(sketches(b.take_sent()), ElementsAre("4 5 .12 .99!1 .13!3 .14!3 .15!3 .16!19 .11"));
  EXPECT_EQ(b.lease(address(11)).status, backup);
  EXPECT_EQ(b.lease(address(12)).status, backup);
  EXPECT_EQ(b.lease(address(16)).status, free);
}

TEST(UpdateReceiver, WhatStandsBeforeTheFirstAddressSpoilsAll) {
  FakeServer b(Role::secondary);
  b.receive(from_partner(MessageType::bndupd, 5, [](wire::MessageWriter& writer) {
    writer.u8(wire::OptionCode::binding_status, 7);
    wire::write(writer, wire::BindingUpdate{.address = address(12), .binding_status = 7}, wire::draft_12);
    wire::write(writer, wire::BindingUpdate{.address = address(13), .binding_status = 7}, wire::draft_12);
  }));
  EXPECT_THAT(sketches(b.take_sent()), ElementsAre("4 5 .12!3 .13!3"));
}

TEST(UpdateReceiver, ATailThatCannotBeReadSpoilsTheLast) {
  FakeServer b(Role::secondary);
  b.receive(from_partner(MessageType::bndupd, 5, [](wire::MessageWriter& writer) {
    wire::write(writer, wire::BindingUpdate{.address = address(12), .binding_status = 7}, wire::draft_12);
    wire::write(writer, wire::BindingUpdate{.address = address(13), .binding_status = 7}, wire::draft_12);
    writer.raw(wire::as_octets("\x01"));
  }));
  EXPECT_THAT(sketches(b.take_sent()), ElementsAre("4 5 .12 .13!3"));
}

TEST(UpdateReceiver, ExplanationsAreLeftOutWhereTheyDoNotFit) {
  FakeServer b(Role::secondary);
  b.receive(from_partner(MessageType::bndupd, 5, [](wire::MessageWriter& writer) {
    for (std::uint32_t n = 0; n < 150; ++n)
      wire::write(writer, wire::BindingUpdate{.address = address(100 + n), .binding_status = 1},
                  wire::draft_12);
  }));
  const auto sent = b.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].transactions(), SizeIs(150));
}

TEST(UpdateReceiver, TimesAreTakenOnThisClock) {  // 5.10, A-44
  FakeServer b(Role::secondary);
  b.outbox.agreed.partner_clock_s = -100;
  b.receive(bndupd({.address = address(10),
                    .binding_status = 2,
                    .client_hardware_address = wire::as_octets("\x01zzzzzz"),
                    .lease_expiration_time_s = noon + 500,
                    .potential_expiration_time_s = 0xffffffff,
                    .client_last_transaction_time_s = noon}));
  const Lease& lease = b.lease(address(10));
  EXPECT_EQ(lease.lease_expiration_s, noon + 400);
  EXPECT_EQ(lease.client_last_transaction_s, noon - 100);
  EXPECT_EQ(lease.start_time_of_state_s, 0);
  EXPECT_EQ(lease.potential_expiration_received_s, 0xffffffff);
  EXPECT_FALSE(lease.untold);
}

TEST(UpdateReceiver, AReceivedUpdateCausesNone) {  // 7.1.1: stable storage updates due to BNDUPD do not
  FakeServer a(Role::primary), b(Role::secondary);
  a.give(address(10), client(1), 3600);
  talk(a, b);
  EXPECT_EQ(b.lease(address(10)).status, active);
  EXPECT_EQ(b.lease(address(10)).lease_expiration_s, noon + 3600);
  EXPECT_TRUE(b.updates.all_told());
  EXPECT_THAT(a.take_sent(), IsEmpty());
  EXPECT_THAT(b.take_sent(), IsEmpty());
}

TEST(UpdateReceiver, DetailsArePassedOn) {  // 7.1.4, 12.7, 12.8, 12.9
  FakeServer a(Role::primary), b(Role::secondary);
  a.give(address(10), client(1), 3600);
  Lease lease = a.lease(address(10));
  lease.details = std::make_shared<LeaseDetails>(LeaseDetails{
      .host_name = "printer", .relay_agent_information = "\x01\x02zz", .ddns = std::string("\0\1", 2)});
  a.ledger.write(lease);
  talk(a, b);
  ASSERT_TRUE(b.lease(address(10)).details);
  EXPECT_EQ(b.lease(address(10)).details->host_name, "printer");
  EXPECT_EQ(b.lease(address(10)).details->relay_agent_information, "\x01\x02zz");
  EXPECT_EQ(b.lease(address(10)).details->ddns, std::string("\0\1", 2));
}

TEST(UpdateReceiver, AnAnswerLeavesAfterTheRecord) {  // 7.2
  FakeServer b(Role::secondary);
  b.receive(bndupd({.address = address(12), .binding_status = 7}));
  const Outputs outputs = b.settle();
  ASSERT_THAT(outputs, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<StoreBatch>(outputs[0]));
  EXPECT_THAT(b.take_sent(), SizeIs(1));
}

}  // namespace
}  // namespace twinlease::core
