// Octets of either protocol as what the oracle sees.
#include "property/abstraction/oracle_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <variant>
#include <vector>

#include "impl/wire/dhcp4_writer.hpp"
#include "impl/wire/message_writer.hpp"
#include "property/abstraction/watch.hpp"

namespace twinlease::abstraction {
namespace {

using namespace model::oracle;
namespace dhcp4 = wire::dhcp4;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using wire::MessageType;

constexpr std::uint32_t kSent_s = 1'800'000'000;
constexpr TimeMs kSeen_ms = (kSent_s + 100LL) * 1000;  // the sender's clock is 100 s behind
constexpr wire::Ipv4 kX{0x0a4d0101};
constexpr std::array<std::uint8_t, 7> kHardware = {1, 2, 0x77, 0, 0, 0, 1};

template <class Typed>
std::vector<std::uint8_t> octets_of(MessageType type, const Typed& typed, const wire::Dialect& dialect) {
  std::array<std::uint8_t, wire::message_length_max> buffer{};
  wire::MessageWriter writer(buffer, type, kSent_s, 42, dialect);
  if constexpr (requires { write(writer, typed, dialect); })
    write(writer, typed, dialect);
  else
    write(writer, typed);
  const auto written = std::get<std::span<std::uint8_t>>(writer.finish());
  return {written.begin(), written.end()};
}

std::optional<Body> seen(const std::vector<std::uint8_t>& octets, const wire::Dialect& dialect = wire::isc) {
  const auto decoded = wire::decode(octets);
  return seen_in(std::get<wire::Message>(decoded), dialect, Side::partner, kSeen_ms);
}

wire::BindingUpdate active() {
  wire::BindingUpdate update;
  update.address = kX;
  update.binding_status = 2;
  update.client_hardware_address = kHardware;
  update.lease_expiration_time_s = kSent_s + 60;
  update.potential_expiration_time_s = kSent_s + 120;
  update.start_time_of_state_s = 0;
  update.ip_flags = wire::ip_flag_reserved;
  return update;
}

TEST(OracleEvents, AnUpdateIsOnTheObserversClock) {
  const auto body = seen(octets_of(MessageType::bndupd, active(), wire::isc));
  ASSERT_TRUE(body);
  const auto& updated = std::get<Updated>(*body);
  EXPECT_EQ(updated.from, Side::partner);
  EXPECT_EQ(updated.xid, 42u);
  ASSERT_THAT(updated.transactions, SizeIs(1));
  const Transaction& t = updated.transactions[0];
  EXPECT_EQ(t.address, kX.value);
  EXPECT_EQ(t.status, model::BindingStatus::active);
  EXPECT_EQ(t.client, hardware_of(kHardware));
  EXPECT_EQ(t.lease_expiration, kSent_s + 160);
  EXPECT_EQ(t.potential_expiration, kSent_s + 220);
  EXPECT_EQ(t.start_of_state, 0);  // no time stays none
  EXPECT_EQ(t.client_last_transaction, std::nullopt);
  EXPECT_TRUE(t.reserved);
}

TEST(OracleEvents, AClientIdentifierComesFirst) {
  wire::BindingUpdate update = active();
  update.client_identifier = kHardware;
  const auto body = seen(octets_of(MessageType::bndupd, update, wire::isc));
  EXPECT_EQ(std::get<Updated>(*body).transactions[0].client, client_of(kHardware));
  EXPECT_NE(client_of(kHardware), hardware_of(kHardware));
}

TEST(OracleEvents, AnEndlessTimeStaysEndless) {
  wire::BindingUpdate update = active();
  update.lease_expiration_time_s = 0xffffffff;
  const auto body = seen(octets_of(MessageType::bndupd, update, wire::isc));
  EXPECT_GT(std::get<Updated>(*body).transactions[0].lease_expiration, 0xffffffffLL);
}

TEST(OracleEvents, WhatCannotBeReadIsNoTransaction) {
  wire::BindingUpdate update = active();
  update.binding_status.reset();
  EXPECT_THAT(std::get<Updated>(*seen(octets_of(MessageType::bndupd, update, wire::isc))).transactions,
              IsEmpty());
  const auto bits = octets_of(MessageType::bndupd, active(), wire::microsoft);
  EXPECT_THAT(std::get<Updated>(*seen(bits, wire::microsoft)).transactions, IsEmpty());
}

TEST(OracleEvents, ARejectionHasItsReason) {
  wire::BindingAck ack;
  ack.address = kX;
  ack.reject_reason = 15;
  const auto body = seen(octets_of(MessageType::bndack, ack, wire::isc));
  const auto& acknowledged = std::get<Acknowledged>(*body);
  ASSERT_THAT(acknowledged.answers, SizeIs(1));
  EXPECT_TRUE(acknowledged.answers[0].rejected);
  EXPECT_EQ(acknowledged.answers[0].reject_reason, 15);
}

TEST(OracleEvents, StatesAreThoseOfTheTable) {  // 12.24, A-03
  const std::pair<int, model::State> states[] = {{2, model::State::normal},
                                                 {3, model::State::communications_interrupted},
                                                 {4, model::State::partner_down},
                                                 {5, model::State::potential_conflict},
                                                 {6, model::State::recover},
                                                 {7, model::State::paused},
                                                 {8, model::State::shutdown},
                                                 {9, model::State::recover_done},
                                                 {10, model::State::resolution_interrupted},
                                                 {11, model::State::conflict_done},
                                                 {12, model::State::recover_wait},
                                                 {254, model::State::recover_wait}};
  for (const auto& [code, state] : states)
    EXPECT_EQ(state_of(static_cast<std::uint8_t>(code), wire::isc), state) << code;
  EXPECT_EQ(state_of(77, wire::isc), std::nullopt);
  wire::State state;
  state.server_state = 9;
  state.server_flags = wire::server_flag_startup;
  state.start_time_of_state_s = kSent_s;
  const auto body = seen(octets_of(MessageType::state, state, wire::isc));
  EXPECT_EQ(std::get<StateSaid>(*body).state, model::State::recover_done);
  EXPECT_TRUE(std::get<StateSaid>(*body).startup);
  state.server_state = 77;
  EXPECT_FALSE(seen(octets_of(MessageType::state, state, wire::isc)));
}

TEST(OracleEvents, AnAgreementNeedsAnAcceptance) {
  wire::Connect connect;
  connect.mclt_s = 3600;
  connect.max_unacked_bndupd = 10;
  wire::ConnectAck ack;
  ack.max_unacked_bndupd = 20;
  for (bool rejected : {false, true}) {
    Handshake handshake;
    const auto first = octets_of(MessageType::connect, connect, wire::isc);
    EXPECT_FALSE(handshake.add(std::get<wire::Message>(wire::decode(first)), wire::isc));
    if (rejected) ack.reject_reason = 8;
    const auto second = octets_of(MessageType::connectack, ack, wire::isc);
    const auto agreed = handshake.add(std::get<wire::Message>(wire::decode(second)), wire::isc);
    ASSERT_EQ(agreed.has_value(), !rejected);
    if (rejected) continue;
    EXPECT_EQ(agreed->mclt, 3600);
    EXPECT_EQ(agreed->window_of_primary, 10u);
    EXPECT_EQ(agreed->window_of_secondary, 20u);
  }
}

struct Datagram {
  dhcp4::MessageType type;
  bool reply = false;
  std::uint32_t lease_s = 0;
  bool selecting = false;
  std::uint32_t ciaddr = 0;

  std::vector<std::uint8_t> octets() const {
    std::array<std::uint8_t, 1500> buffer{};
    dhcp4::Header header;
    header.op = reply ? dhcp4::Op::bootreply : dhcp4::Op::bootrequest;
    header.xid = 7;
    header.ciaddr = {ciaddr};
    header.yiaddr = reply ? kX : wire::Ipv4{};
    header.chaddr = wire::Octets(kHardware).subspan(1);
    dhcp4::Writer writer(buffer, header);
    writer.message_type(type);
    if (lease_s > 0) writer.u32(dhcp4::OptionCode::ip_address_lease_time, lease_s);
    if (selecting) {
      writer.ipv4(dhcp4::OptionCode::server_identifier, {0x0a4d0002});
      writer.ipv4(dhcp4::OptionCode::requested_ip_address, kX);
    }
    const auto written = std::get<std::span<std::uint8_t>>(writer.finish());
    return {written.begin(), written.end()};
  }
};

TEST(OracleEvents, AReplyKnowsWhatItAnswers) {
  Clients clients;
  const auto ask = [&](const Datagram& datagram, TimeMs at_ms) {
    const auto octets = datagram.octets();
    return clients.asked(std::get<dhcp4::Message>(dhcp4::decode(octets)), false, at_ms);
  };
  const auto reply = [&](const Datagram& datagram) {
    const auto octets = datagram.octets();
    return clients.replied(std::get<dhcp4::Message>(dhcp4::decode(octets)));
  };
  const Datagram ack{dhcp4::MessageType::ack, true, 60};
  EXPECT_FALSE(reply(ack));  // its request was not seen
  EXPECT_FALSE(ask({dhcp4::MessageType::discover}, 1000));
  ask({dhcp4::MessageType::discover}, 2000);
  const auto offered = reply({dhcp4::MessageType::offer, true, 60});
  ASSERT_TRUE(offered);
  EXPECT_EQ(offered->to, model::ClientMessage::discover);
  EXPECT_EQ(offered->asked_ms, 1000);
  EXPECT_FALSE(reply(ack));
  ask({dhcp4::MessageType::request, false, 0, true}, 3000);
  const auto acked = reply(ack);
  ASSERT_TRUE(acked);
  EXPECT_EQ(acked->to, model::ClientMessage::request_selecting);
  EXPECT_EQ(acked->lease_s, 60u);
  EXPECT_EQ(acked->address, kX.value);
  EXPECT_EQ(acked->client, hardware_of(kHardware));
  ask({dhcp4::MessageType::request, false, 0, false, kX.value}, 4000);
  EXPECT_EQ(reply(ack)->to, model::ClientMessage::request_renewing);
  const auto released = ask({dhcp4::MessageType::release, false, 0, false, kX.value}, 5000);
  ASSERT_TRUE(released);
  EXPECT_EQ(released->address, kX.value);
}

TEST(Watch, AConnectionWithoutItsBeginningIsAGap) {
  Watch watch(Options{});
  wire::State state;
  state.server_state = 2;
  state.server_flags = 0;
  const auto octets = octets_of(MessageType::state, state, wire::isc);
  watch.message(kSeen_ms, 1, 5, Side::endpoint, std::get<wire::Message>(wire::decode(octets)), wire::isc);
  const Report report = watch.finish();
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  EXPECT_EQ(report.messages, 1u);
  EXPECT_THAT(report.findings, IsEmpty());
}

}  // namespace
}  // namespace twinlease::abstraction
