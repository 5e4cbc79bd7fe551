#include "impl/core/dhcp/dhcp_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- the four messages

TEST(DhcpServer, OffersAndLeasesAnAddress) {
  Fixture f;
  const auto offers = f.send({.client = 1, .xid = 7});
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_EQ(offers[0].type(), MessageType::offer);
  EXPECT_EQ(offers[0].address(), at(10));
  EXPECT_EQ(offers[0].lease_s(), 8000u);
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::free) << "an offer is no lease";

  const auto acks = f.send(Fixture::selecting(1, at(10)));
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(acks[0].type(), MessageType::ack);
  EXPECT_EQ(dhcp4::renewal_time_s(acks[0].message()), 4000u);
  EXPECT_EQ(dhcp4::rebinding_time_s(acks[0].message()), 7000u);
  const Lease& lease = f.record(at(10));
  EXPECT_EQ(lease.status, BindingStatus::active);
  EXPECT_EQ(lease.client, client(1));
  EXPECT_EQ(lease.lease_expiration_s, f.now.wall_s + 8000);
  EXPECT_EQ(lease.start_time_of_state_s, f.now.wall_s);
  EXPECT_EQ(lease.client_last_transaction_s, f.now.wall_s);
  EXPECT_FALSE(lease.untold) << "the scope is not shared";
  EXPECT_EQ(f.audit(), 10);
}

TEST(DhcpServer, AnAckWaitsForTheDisk) {  // FO-3.1.3-01
  Fixture f;
  f.send({.client = 1});
  f.storing = false;
  EXPECT_THAT(f.send(Fixture::selecting(1, at(10))), IsEmpty());
  EXPECT_THAT(f.send(Fixture::selecting(1, at(10))), IsEmpty()) << "nor does a repetition leave before it";
  f.storing = true;
  EXPECT_THAT(f.tick(), SizeIs(2)) << "both, now that it is stored";
}

TEST(DhcpServer, ASecondDiscoverGetsTheSameOffer) {
  Fixture f;
  const auto first = f.send({.client = 1});
  f.wait(3);
  const auto again = f.send({.client = 1});
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].sent.payload, first[0].sent.payload);
  EXPECT_EQ(f.send({.client = 2})[0].address(), at(11)) << "what is offered is nobody else's";
  f.wait(31);
  EXPECT_EQ(f.send({.client = 3, .requested = at(10)})[0].address(), at(10)) << "until the offer lapses";
}

TEST(DhcpServer, ARequestSentAgainGetsTheSameLeaseAndNoSecondRecord) {
  Fixture f;
  f.lease(1);
  const std::size_t records = f.records;
  const auto again = f.send(Fixture::selecting(1, at(10)));
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].lease_s(), 8000u);
  f.wait(2);
  EXPECT_EQ(f.send(Fixture::selecting(1, at(10)))[0].lease_s(), 7998u) << "it ends when it was to end";
  EXPECT_EQ(f.records, records);
  f.wait(60);
  EXPECT_EQ(f.send(Fixture::selecting(1, at(10)))[0].lease_s(), 8000u);
  EXPECT_EQ(f.records, records + 1);
}

TEST(DhcpServer, ARequestThatNamesAnotherServerIsNotOurs) {
  Fixture f;
  f.send({.client = 1});
  Ask elsewhere = Fixture::selecting(1, at(10));
  elsewhere.server = at(2);
  EXPECT_THAT(f.send(elsewhere), IsEmpty());
  EXPECT_EQ(f.audit(), 36);
  EXPECT_EQ(f.send({.client = 2, .requested = at(10)})[0].address(), at(10))
      << "the offer was declined by it";
}

TEST(DhcpServer, RenewsARunningLease) {
  Fixture f;
  f.lease(1);
  f.wait(4000);
  const auto acks = f.send(Fixture::renewing(1, at(10)));
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(acks[0].sent.destination, at(10));
  EXPECT_EQ(acks[0].sent.hardware.size, 0) << "it has its address: the system can reach it";
  EXPECT_EQ(f.record(at(10)).lease_expiration_s, f.now.wall_s + 8000);
  EXPECT_EQ(f.record(at(10)).start_time_of_state_s, f.now.wall_s - 4000);
  EXPECT_EQ(f.audit(), 11);
}

TEST(DhcpServer, GivesAClientItsOldAddress) {
  Fixture f;
  f.lease(1);
  f.lease(2);
  f.send({.client = 1, .type = MessageType::release, .ciaddr = at(10), .server = ours, .destination = ours});
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::free);
  EXPECT_EQ(f.lease(3), at(12)) << "the one that has been available longest";
  EXPECT_EQ(f.lease(1), at(10));
}

TEST(DhcpServer, HonoursWhatAClientAsksFor) {
  Fixture f;
  EXPECT_EQ(f.lease(1, at(17)), at(17));
  EXPECT_EQ(f.lease(2, at(17)), at(10)) << "taken";
  EXPECT_EQ(f.lease(3, at(15)), at(11)) << "excluded";
  EXPECT_EQ(f.lease(4, at(50)), at(12)) << "reserved for another";
  EXPECT_EQ(f.lease(5, at(10, 2)), at(13)) << "of another scope";
  Ask shorter{.client = 6, .options = {{51, std::string("\0\0\x02\x58", 4)}}};
  EXPECT_EQ(f.send(shorter)[0].lease_s(), 600u);
  shorter.xid = 2;
  shorter.options[0].second = std::string("\xff\xff\xff\xff", 4);
  EXPECT_EQ(f.send(shorter)[0].lease_s(), 8000u) << "never more than the scope's";
}

TEST(DhcpServer, SaysWhenAScopeIsExhausted) {
  Fixture f;
  for (std::uint8_t number = 1; number <= 9; ++number) ASSERT_TRUE(f.lease(number));
  EXPECT_THAT(f.send({.client = 10}), IsEmpty());
  EXPECT_EQ(f.audit(), 14);
  ASSERT_THAT(f.told<Event>(), SizeIs(1));
  EXPECT_EQ(f.told<Event>()[0].id, EventId::range_exhausted);
  f.send({.client = 11});
  EXPECT_THAT(f.told<Event>(), IsEmpty()) << "not for every client";
}

// ---- reservations, BOOTP, INFORM

TEST(DhcpServer, AReservationIsForItsClientAlone) {
  Fixture f;
  f.rules.may_allocate = [](const Standing&, const LeaseQuestion&) { return Answer{false, "not ours"}; };
  f.put(at(50), BindingStatus::backup, 0);
  EXPECT_THAT(f.send({.client = 1}), IsEmpty());
  const auto offers = f.send({.client = 50, .options = {{55, "\x0c"}}});
  ASSERT_THAT(offers, SizeIs(1)) << "whichever pool it is in (A-48)";
  EXPECT_EQ(offers[0].address(), at(50));
  EXPECT_EQ(offers[0].option(OptionCode::host_name), "printer");
  EXPECT_EQ(f.lease(50), at(50));
  EXPECT_TRUE(f.record(at(50)).reserved);
  EXPECT_EQ(f.send(Fixture::selecting(1, at(50)))[0].type(), MessageType::nak);
}

TEST(DhcpServer, BootpClientsGetWhatIsReservedForThem) {
  Fixture f;
  EXPECT_THAT(f.send({.client = 1, .type = std::nullopt}), IsEmpty());
  const auto replies = f.send({.client = 50, .type = std::nullopt});
  ASSERT_THAT(replies, SizeIs(1));
  EXPECT_EQ(replies[0].address(), at(50));
  EXPECT_EQ(replies[0].sent.payload.size(), dhcp4::bootp_message_octets);
  EXPECT_FALSE(replies[0].message().option(OptionCode::message_type));
  EXPECT_EQ(f.records, 0u);
}

TEST(DhcpServer, InformGetsOptionsAndNoLease) {
  Fixture f;
  const auto acks =
      f.send({.client = 1, .type = MessageType::inform, .ciaddr = at(200), .destination = ours});
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(acks[0].address(), Ipv4{});
  EXPECT_EQ(acks[0].option(OptionCode::ip_address_lease_time), "(none)");
  EXPECT_EQ(acks[0].sent.destination, at(200));
  EXPECT_EQ(f.records, 0u);
}

// ---- relays

TEST(DhcpServer, TheRelaysAddressSaysWhichScope) {
  Fixture f;
  const auto offers = f.send({.client = 1, .giaddr = at(254, 2), .options = {{82, "\x01\x02xy"}}});
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_EQ(offers[0].address(), at(10, 2));
  EXPECT_EQ(offers[0].sent.destination, at(254, 2));
  EXPECT_EQ(offers[0].sent.port, dhcp4::server_port);
  EXPECT_EQ(offers[0].option(OptionCode::relay_agent_information), "\x01\x02xy");
  EXPECT_THAT(f.send({.client = 1, .giaddr = at(254, 9)}), IsEmpty()) << "no scope of ours";
}

TEST(DhcpServer, LinkSelectionGoesBeforeTheRelaysAddress) {
  Fixture f;
  const std::string link = {5, 4, 10, 77, 2, 0};
  const std::string subnet = {10, 77, 2, 0};
  EXPECT_EQ(f.send({.client = 1, .giaddr = at(254), .options = {{82, link}}})[0].address(), at(10, 2));
  EXPECT_EQ(f.send({.client = 2, .giaddr = at(254), .options = {{118, subnet}}})[0].address(), at(11, 2));
  const std::string office = {10, 77, 1, 0};
  EXPECT_EQ(f.send({.client = 3, .options = {{82, link}, {118, office}}})[0].address(), at(12, 2));
}

TEST(DhcpServer, KeepsWhatTheRelaySaidWhenTheClientRenewsByItself) {
  Fixture f;
  Ask select = Fixture::selecting(1, at(10));
  select.giaddr = at(254);
  select.options = {{82, "\x01\x02xy"}, {12, "laptop"}, {60, "MSFT"}, {43, "secret"}};
  f.send(select);
  const std::shared_ptr<const LeaseDetails> details = f.record(at(10)).details;
  ASSERT_NE(details, nullptr);
  EXPECT_EQ(details->host_name, "laptop");
  EXPECT_EQ(details->relay_agent_information, "\x01\x02xy");
  EXPECT_EQ(details->request_options,
            std::string("\x63\x82\x53\x63\x0c\x06laptop\x52\x04\x01\x02xy\x3c\x04MSFT", 4 + 8 + 6 + 6));
  EXPECT_EQ(details->reply_options,
            std::string("\x63\x82\x53\x63\x3a\x04\0\0\x0f\xa0\x3b\x04\0\0\x1b\x58", 16));
  f.wait(100);
  f.send(Fixture::renewing(1, at(10)));
  EXPECT_EQ(f.record(at(10)).details->relay_agent_information, "\x01\x02xy");
  EXPECT_EQ(f.record(at(10)).details->host_name, "laptop");
}

// ---- failover

TEST(DhcpServer, WhatTheRulesForbidIsNotAnswered) {
  Fixture f;
  f.share(0);
  f.rules.service = [](const Standing& standing, const ClientQuestion& q) {
    return Answer{standing.config == nullptr || q.secs >= 6, "the partner's bucket"};
  };
  EXPECT_THAT(f.send({.client = 1}), IsEmpty());
  EXPECT_EQ(f.audit(), 36);
  EXPECT_EQ(f.told<Audit>()[0].reason, "the partner's bucket");
  EXPECT_THAT(f.send({.client = 1, .secs = 6}), SizeIs(1));
  EXPECT_THAT(f.send({.client = 1, .secs = 0x0600}), SizeIs(1)) << "secs the wrong way round";
  EXPECT_THAT(f.send({.client = 2, .giaddr = at(254, 2)}), SizeIs(1)) << "a scope of this server alone";
}

TEST(DhcpServer, TheRecordOfASharedLeaseIsOwedToThePartner) {
  Fixture f;
  f.share(0);
  f.rules.lease_time = [](const Standing&, const LeaseQuestion& q) {
    const std::int64_t acked = std::max<std::int64_t>(0, q.lease->potential_expiration_acked_s - q.now_s);
    return std::min<std::int64_t>(q.desired_s, acked + 100);
  };
  ASSERT_EQ(f.lease(1), at(10));
  EXPECT_TRUE(f.record(at(10)).untold);
  EXPECT_EQ(f.record(at(10)).lease_expiration_s, f.now.wall_s + 100);
  const Seconds sent = f.record(at(10)).potential_expiration_sent_s;
  EXPECT_EQ(sent, f.now.wall_s + 50 + 8000);
  EXPECT_THAT(f.ledger.take_changed(), ::testing::ElementsAre(at(10)));

  Lease acked = f.record(at(10));
  acked.untold = false;
  acked.potential_expiration_acked_s = sent;
  f.ledger.loading().put(acked);
  f.wait(50);
  EXPECT_EQ(f.send(Fixture::renewing(1, at(10)))[0].lease_s(), 8000u);
  EXPECT_TRUE(f.record(at(10)).untold);
}

TEST(DhcpServer, ANewBindingOwesNothingToTheLastOne) {
  Fixture f;
  f.share(0);
  Lease left = f.record(at(10));
  left.client = client(9);
  left.potential_expiration_acked_s = left.potential_expiration_sent_s = f.now.wall_s + 1'000'000;
  f.ledger.loading().put(left);
  f.rules.lease_time = [](const Standing&, const LeaseQuestion& q) {
    return q.lease->potential_expiration_acked_s == 0 ? std::int64_t{100} : q.desired_s;
  };
  EXPECT_EQ(f.send({.client = 1})[0].lease_s(), 100u);
  ASSERT_EQ(f.lease(1), at(10));
  EXPECT_EQ(f.record(at(10)).potential_expiration_acked_s, 0);
  EXPECT_EQ(f.record(at(10)).potential_expiration_sent_s, f.now.wall_s + 50 + 8000);
}

TEST(DhcpServer, ASecondaryGivesFromItsOwnPool) {  // FO-9.9.2-04
  Fixture f;
  f.share(0);
  f.relationship.role = Role::secondary;
  EXPECT_THAT(f.send({.client = 1}), IsEmpty());
  EXPECT_EQ(f.audit(), 14);
  f.put(at(17), BindingStatus::backup, 0, 0);
  EXPECT_EQ(f.lease(1), at(17));
  EXPECT_THAT(f.send({.client = 2}), IsEmpty());
  f.standing.state = State::partner_down;
  f.standing.entered_s = f.now.wall_s;
  EXPECT_THAT(f.send({.client = 2, .xid = 2}), IsEmpty());
  f.wait(3601);
  EXPECT_EQ(f.lease(2), at(10)) << "MCLT later the partner's are open too (9.4.2)";
}

TEST(DhcpServer, AClientThatRenewsIsBelieved) {  // FO-3.1.2-01
  Fixture f;
  f.share(0);
  f.rules.may_allocate = [](const Standing&, const LeaseQuestion&) { return Answer{false, "the partner's"}; };
  f.put(at(10), BindingStatus::backup, 0);
  EXPECT_THAT(f.send(Fixture::reboot(1, at(10))), IsEmpty()) << "not after a reboot (FO-3.1.2-02)";
  EXPECT_EQ(f.send(Fixture::renewing(1, at(10)))[0].type(), MessageType::ack);
  EXPECT_EQ(f.record(at(10)).client, client(1));
}

// ---- a failing disk

TEST(DhcpServer, GivesNoLeaseWhileTheDiskFails) {
  Fixture f;
  f.lease(1);
  f.send({.client = 2});
  f.storing = false;
  f.ledger.journal().failed();
  for (const Ask& ask : {Ask{.client = 3}, Fixture::selecting(2, at(11)), Fixture::renewing(1, at(10))}) {
    EXPECT_THAT(f.send(ask), IsEmpty());
    EXPECT_EQ(f.audit(), 15);
  }
  EXPECT_THAT(f.send({.client = 5, .type = MessageType::inform, .ciaddr = at(200), .destination = ours}),
              SizeIs(1));
  EXPECT_EQ(f.send(Fixture::selecting(4, at(10)))[0].type(), MessageType::nak);
  f.storing = true;
  f.tick();
  EXPECT_EQ(f.send(Fixture::renewing(1, at(10)))[0].type(), MessageType::ack);
}

// ---- the conflict probe

TEST(DhcpServer, ProbesAnAddressBeforeItsFirstUse) {
  Config config = two_scopes();
  config.probe_ms = 500;
  Fixture f(config);
  EXPECT_THAT(f.send({.client = 1, .xid = 9}), IsEmpty());
  ASSERT_THAT(f.told<Probe>(), SizeIs(1));
  EXPECT_EQ(f.told<Probe>()[0].address, at(10));
  EXPECT_EQ(f.told<Probe>()[0].interface, 3u);
  EXPECT_THAT(f.send({.client = 1, .xid = 9}), IsEmpty());
  EXPECT_THAT(f.told<Probe>(), IsEmpty()) << "one probe, however often the client asks";

  const auto offers = f.wait(1);
  ASSERT_THAT(offers, SizeIs(1)) << "no answer to the probe: the address is free";
  EXPECT_EQ(offers[0].address(), at(10));
  EXPECT_EQ(offers[0].message().header().xid, 9u);
  EXPECT_EQ(f.send(Fixture::selecting(1, at(10)))[0].type(), MessageType::ack);
  f.send({.client = 1, .type = MessageType::release, .ciaddr = at(10), .server = ours, .destination = ours});
  EXPECT_THAT(f.send({.client = 1}), SizeIs(1)) << "its own old address needs no probe";
}

TEST(DhcpServer, AnAddressThatAnswersTheProbeIsLeftAlone) {
  Config config = two_scopes();
  config.probe_ms = 500;
  Fixture f(config);
  f.send({.client = 1});
  EXPECT_THAT(f.probed(at(10), true), IsEmpty());
  EXPECT_EQ(f.record(at(10)).status, BindingStatus::abandoned);
  ASSERT_THAT(f.told<Probe>(), SizeIs(1)) << "the next one";
  EXPECT_EQ(f.told<Probe>()[0].address, at(11));
  const auto offers = f.probed(at(11), false);
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_EQ(offers[0].address(), at(11));
  EXPECT_THAT(f.probed(at(17), true), IsEmpty()) << "never asked";
  EXPECT_EQ(f.record(at(17)).status, BindingStatus::free);
}

// ---- what cannot be read

TEST(DhcpServer, CountsWhatCannotBeReadAndTellsOfItSeldom) {
  Fixture f;
  EXPECT_THAT(f.receive(Bytes(100)), IsEmpty());
  ASSERT_THAT(f.told<Event>(), SizeIs(1));
  EXPECT_EQ(f.told<Event>()[0].id, EventId::malformed_dhcp);
  EXPECT_THAT(f.receive(Bytes(100)), IsEmpty());
  EXPECT_THAT(f.told<Event>(), IsEmpty());
  EXPECT_EQ(f.server.malformed(), 2u);
}

}  // namespace
}  // namespace twinlease::core
