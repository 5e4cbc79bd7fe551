#include "impl/net/udp_frame.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twinlease::net {
namespace {

UdpFrame a_frame(wire::Octets payload) {
  return {.source_mac = {2, 0, 0, 0, 0, 1},
          .destination_mac = broadcast_mac,
          .source = {0x0a4d0101},
          .destination = {0xffffffff},
          .source_port = 67,
          .destination_port = 68,
          .payload = payload};
}

TEST(UdpFrame, OctetsOfAKnownDatagram) {
  // Both sums as scapy writes them.
  const std::uint8_t payload[] = {'h', 'i', '!'};
  const auto frame = write_frame(a_frame(payload));
  ASSERT_EQ(frame.size(), 14U + 20 + 8 + 3);
  EXPECT_EQ(wire::load_u16(frame, 16), 31);      // total length
  EXPECT_EQ(wire::load_u16(frame, 24), 0x2f71);  // header checksum
  EXPECT_EQ(wire::load_u16(frame, 38), 11);      // UDP length
  EXPECT_EQ(wire::load_u16(frame, 40), 0x6a9a);  // UDP checksum
}

RC_GTEST_PROP(UdpFrame, WhatIsWrittenIsRead, (const std::vector<std::uint8_t>& payload)) {
  const UdpFrame written = a_frame(payload);
  const auto octets = write_frame(written);
  const auto read = read_frame(octets);
  RC_ASSERT(read.has_value());
  RC_ASSERT(std::equal(read->payload.begin(), read->payload.end(), payload.begin(), payload.end()));
  RC_ASSERT(read->source == written.source);
  RC_ASSERT(read->destination == written.destination);
  RC_ASSERT(read->source_port == 67);
  RC_ASSERT(read->destination_port == 68);
  RC_ASSERT(read->source_mac == written.source_mac);
}

RC_GTEST_PROP(UdpFrame, AnyOctetsAreReadOrRefused, (std::vector<std::uint8_t> octets, std::uint8_t at)) {
  const std::uint8_t payload[] = {1, 2, 3, 4};
  auto frame = write_frame(a_frame(payload));
  if (!octets.empty()) frame[at % frame.size()] ^= octets[0];
  frame.resize(frame.size() - octets.size() % 8);
  const auto read = read_frame(frame);
  if (read) {
    RC_ASSERT(read->payload.size() <= frame.size());
  }
  read_frame(octets);
}

}  // namespace
}  // namespace twinlease::net
