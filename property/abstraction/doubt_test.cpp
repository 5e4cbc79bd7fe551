// Which messages a receiver may leave unread.
#include "property/abstraction/doubt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "impl/wire/message_writer.hpp"
#include "impl/wire/typed.hpp"
#include "property/abstraction/watch.hpp"

namespace twinlease::abstraction {
namespace {

using model::oracle::Report;
using wire::MessageType;

constexpr std::uint32_t kSent_s = 1'800'000'000;

template <class Typed>
std::vector<std::uint8_t> octets_of(MessageType type, const Typed& typed, std::uint32_t xid = 42) {
  std::array<std::uint8_t, wire::message_length_max> buffer{};
  wire::MessageWriter writer(buffer, type, kSent_s, xid, wire::isc);
  if constexpr (requires { write(writer, typed, wire::isc); })
    write(writer, typed, wire::isc);
  else
    write(writer, typed);
  const auto written = std::get<std::span<std::uint8_t>>(writer.finish());
  return {written.begin(), written.end()};
}

wire::Message read(const std::vector<std::uint8_t>& octets) {
  return std::get<wire::Message>(wire::decode(octets));
}

wire::State state(std::uint8_t server_state) {
  return {server_state, 0, kSent_s};
}

wire::Connect connect() {
  wire::Connect out;
  out.relationship_name = "pair";
  out.max_unacked_bndupd = out.receive_timer_s = 10;
  out.mclt_s = 60;
  return out;
}

wire::ConnectAck ack() {
  wire::ConnectAck out;
  out.relationship_name = "pair";
  out.max_unacked_bndupd = out.receive_timer_s = 10;
  out.vendor_class_identifier = "x";
  out.protocol_version = 1;
  return out;
}

bool is_doubtful_state(const wire::State& value) {
  const auto octets = octets_of(MessageType::state, value);
  return is_doubtful(read(octets), wire::isc);
}

TEST(Doubt, AStateOfTheTableIsSound) {
  for (std::uint8_t value : std::array<std::uint8_t, 6>{2, 3, 6, 9, 12, 254})
    EXPECT_FALSE(is_doubtful_state(state(value))) << int{value};
  for (std::uint8_t value : std::array<std::uint8_t, 4>{0, 1, 13, 255})
    EXPECT_TRUE(is_doubtful_state(state(value))) << int{value};
  wire::State without = state(2);
  without.server_flags.reset();
  EXPECT_TRUE(is_doubtful_state(without));
}

TEST(Doubt, WhatFollowsTheLastOptionIsAmiss) {
  std::vector<std::uint8_t> octets = octets_of(MessageType::state, state(2));
  octets.push_back(0);
  octets[1] = static_cast<std::uint8_t>(octets.size());
  EXPECT_TRUE(is_doubtful(read(octets), wire::isc));
}

TEST(Doubt, AnUpdateNeedsAnAddressAndAStatus) {
  wire::BindingUpdate update;
  update.address = wire::Ipv4{0x0a4d0101};
  for (bool whole : {false, true}) {
    if (whole) update.binding_status = 4;
    const auto octets = octets_of(MessageType::bndupd, update);
    EXPECT_EQ(is_doubtful(read(octets), wire::isc), !whole);
  }
}

TEST(Doubt, AnAckOfAnotherRelationshipMayBeRefused) {
  const auto first = octets_of(MessageType::connect, connect());
  const auto doubtful = [&](const wire::ConnectAck& value) {
    const auto octets = octets_of(MessageType::connectack, value);
    return is_doubtful_ack(read(octets), read(first), wire::isc);
  };
  EXPECT_FALSE(doubtful(ack()));
  wire::ConnectAck other = ack();
  other.relationship_name = "other";
  EXPECT_TRUE(doubtful(other));
  other = ack();
  other.receive_timer_s.reset();
  EXPECT_TRUE(doubtful(other));
  other = ack();
  other.tls_reply = 1;
  EXPECT_TRUE(doubtful(other));
}

TEST(Doubt, AnAckOfAnotherXidIsNone) {  // 7.9.2
  Handshake handshake;
  const auto first = octets_of(MessageType::connect, connect());
  EXPECT_FALSE(handshake.add(read(first), wire::isc));
  const auto strange = octets_of(MessageType::connectack, ack(), 43);
  EXPECT_FALSE(handshake.add(read(strange), wire::isc));
  const auto right = octets_of(MessageType::connectack, ack());
  const auto agreed = handshake.add(read(right), wire::isc);
  ASSERT_TRUE(agreed);
  EXPECT_FALSE(agreed->doubtful);
}

// A STATE on a connection without CONNECT is none of the endpoint's, if the beginnings of all were seen.
TEST(Doubt, WithoutConnectNothingIsSaid) {
  for (const auto beginnings : {Watch::Beginnings::not_all, Watch::Beginnings::all_seen}) {
    Watch watch(model::oracle::Options{}, beginnings);
    const auto octets = octets_of(MessageType::state, state(2));
    watch.message(kSent_s * 1000LL, 1, 5, Side::partner, read(octets), wire::isc);
    EXPECT_EQ(watch.connected_once(), beginnings == Watch::Beginnings::not_all);
  }
}

}  // namespace
}  // namespace twinlease::abstraction
