#include "impl/wire/decode/packet.hpp"

#include <gtest/gtest.h>
#include <pcap/dlt.h>
#include <rapidcheck/gtest.h>

#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::capture {
namespace {

using wire::testing::Bytes;
using wire::testing::bytes_of;
using wire::testing::hex_of;
using wire::testing::octets_of;

const Bytes ethernet = octets_of("02 00 00 00 00 02  02 00 00 00 00 01  08 00");
const Bytes ipv4_tcp = octets_of(R"(
  45 00 00 2b  12 34 40 00   # total length 43
  40 06 00 00  0a 4d 00 02  0a 4d 00 03)");
const Bytes tcp_abc = octets_of(R"(
  02 87 80 00  00 00 00 05  00 00 00 09
  50 18 10 00  00 00 00 00   # header of 20 octets, PSH ACK
  61 62 63)");
const Bytes ipv4_udp = octets_of(R"(
  45 00 00 1f  12 34 00 00   # total length 31
  40 11 00 00  0a 4d 00 02  ff ff ff ff)");
const Bytes udp_abc = octets_of("00 44 00 43 00 0b 00 00 61 62 63");

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// The frame as it was on the wire, all of it captured, in memory of its own.
Packet read(const Bytes& frame, int link_type = DLT_EN10MB) {
  return read_packet(frame, frame.size(), link_type);
}

void expect_tcp_abc(const Bytes& frame, int link_type) {
  const Packet packet = read(frame, link_type);
  ASSERT_TRUE(std::holds_alternative<TcpSegment>(packet)) << hex_of(frame);
  const TcpSegment& segment = std::get<TcpSegment>(packet);
  EXPECT_EQ(to_string(segment.source), "10.77.0.2:647");
  EXPECT_EQ(to_string(segment.destination), "10.77.0.3:32768");
  EXPECT_EQ(segment.sequence, 5u);
  EXPECT_TRUE(segment.ack);
  EXPECT_FALSE(segment.syn || segment.fin || segment.rst);
  EXPECT_EQ(wire::as_text(segment.payload), "abc");
  EXPECT_EQ(segment.payload_length, 3u);
}

TEST(Packet, LinkTypes) {
  const Bytes ip = joined({ipv4_tcp, tcp_abc});
  expect_tcp_abc(joined({ethernet, ip}), DLT_EN10MB);
  expect_tcp_abc(ip, DLT_RAW);
  expect_tcp_abc(ip, DLT_IPV4);
  expect_tcp_abc(joined({octets_of("02 00 00 00"), ip}), DLT_NULL);
  expect_tcp_abc(joined({octets_of("00 00 00 02"), ip}), DLT_NULL);
  expect_tcp_abc(joined({octets_of("00 00 00 02"), ip}), DLT_LOOP);
  expect_tcp_abc(joined({octets_of("00 00 00 01 00 06 02 00 00 00 00 01 00 00 08 00"), ip}), DLT_LINUX_SLL);
  expect_tcp_abc(joined({octets_of("08 00 00 00 00 00 00 02 00 01 00 06 02 00 00 00 00 01 00 00"), ip}),
                 DLT_LINUX_SLL2);
}

TEST(Packet, Tags) {
  const Bytes addresses(ethernet.begin(), ethernet.begin() + 12);
  const Bytes ip = joined({ipv4_tcp, tcp_abc});
  expect_tcp_abc(joined({addresses, octets_of("81 00 00 64 08 00"), ip}), DLT_EN10MB);
  expect_tcp_abc(joined({addresses, octets_of("88 a8 00 07 81 00 00 64 08 00"), ip}), DLT_EN10MB);
}

TEST(Packet, PaddingIsNoPayload) {
  expect_tcp_abc(joined({ethernet, ipv4_tcp, tcp_abc, Bytes(20, 0)}), DLT_EN10MB);
}

TEST(Packet, OptionsOfIpAndTcpAreSkipped) {
  const Bytes ip = octets_of(R"(
    46 00 00 33  12 34 40 00  40 06 00 00  0a 4d 00 02  0a 4d 00 03
    01 01 01 01   # options)");
  const Bytes tcp = octets_of(R"(
    02 87 80 00  00 00 00 05  00 00 00 09
    60 10 10 00  00 00 00 00  01 01 01 01
    61 62 63)");
  expect_tcp_abc(joined({ethernet, ip, tcp}), DLT_EN10MB);
}

TEST(Packet, TotalLengthZeroMeansTheWholeFrame) {
  Bytes ip = ipv4_tcp;
  ip[2] = ip[3] = 0;
  expect_tcp_abc(joined({ethernet, ip, tcp_abc}), DLT_EN10MB);
}

TEST(Packet, Udp) {
  const Bytes frame = joined({ethernet, ipv4_udp, udp_abc});
  const Packet packet = read(frame);
  const UdpDatagram& datagram = std::get<UdpDatagram>(packet);
  EXPECT_EQ(to_string(datagram.source), "10.77.0.2:68");
  EXPECT_EQ(to_string(datagram.destination), "255.255.255.255:67");
  EXPECT_EQ(wire::as_text(datagram.payload), "abc");
  EXPECT_EQ(datagram.payload_length, 3u);
}

TEST(Packet, FirstFragmentHasPorts) {
  Bytes ip = ipv4_tcp;
  ip[6] = 0x20;  // more fragments
  EXPECT_EQ(std::get<Fragment>(read(joined({ethernet, ip, tcp_abc}))).source.port, 647);
  ip[7] = 1;  // not the first
  EXPECT_EQ(std::get<Fragment>(read(joined({ethernet, ip, tcp_abc}))).source.port, 0);
  ip[6] = 0;  // the last
  EXPECT_TRUE(std::holds_alternative<Fragment>(read(joined({ethernet, ip, tcp_abc}))));
}

TEST(Packet, NotOurs) {
  const auto is_not_ours = [](const Bytes& frame, int link_type) {
    const Packet packet = read(frame, link_type);
    return std::holds_alternative<Unread>(packet) && std::get<Unread>(packet) == Unread::not_ours;
  };
  Bytes arp = joined({ethernet, ipv4_tcp, tcp_abc});
  arp[13] = 6;
  EXPECT_TRUE(is_not_ours(arp, DLT_EN10MB));
  EXPECT_TRUE(is_not_ours({}, DLT_EN10MB));
  EXPECT_TRUE(is_not_ours(joined({octets_of("1e 00 00 00"), ipv4_tcp, tcp_abc}), DLT_NULL));
  EXPECT_TRUE(is_not_ours(joined({ipv4_tcp, tcp_abc}), DLT_PPP));

  const auto with = [](std::size_t at, std::uint8_t octet) {
    Bytes ip = joined({ipv4_tcp, tcp_abc});
    ip[at] = octet;
    return ip;
  };
  EXPECT_TRUE(is_not_ours(with(0, 0x65), DLT_RAW));   // version 6
  EXPECT_TRUE(is_not_ours(with(0, 0x44), DLT_RAW));   // header of 16 octets
  EXPECT_TRUE(is_not_ours(with(0, 0x4f), DLT_RAW));   // header longer than the packet
  EXPECT_TRUE(is_not_ours(with(9, 1), DLT_RAW));      // ICMP
  EXPECT_TRUE(is_not_ours(with(3, 0xff), DLT_RAW));   // longer than the frame
  EXPECT_TRUE(is_not_ours(with(32, 0x40), DLT_RAW));  // TCP header of 16 octets
  EXPECT_TRUE(is_not_ours(with(32, 0xf0), DLT_RAW));  // TCP header longer than the packet
}

TEST(Packet, WhatTheCaptureCutOff) {
  const Bytes frame = joined({ethernet, ipv4_tcp, tcp_abc});
  const std::size_t headers = frame.size() - 3;
  for (std::size_t captured = 0; captured < frame.size(); ++captured) {
    const Bytes beginning(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(captured));
    const Packet packet = read_packet(beginning, frame.size(), DLT_EN10MB);
    if (captured < headers) {
      ASSERT_EQ(std::get<Unread>(packet), Unread::cut) << captured;
    } else {
      ASSERT_EQ(std::get<TcpSegment>(packet).payload.size(), captured - headers);
      ASSERT_EQ(std::get<TcpSegment>(packet).payload_length, 3u);
    }
  }
}

// Any octets under any link type: an answer, and no view beyond what was captured (the sanitizers watch).
RC_GTEST_PROP(PacketProp, AnyOctetsAreTaken, ()) {
  Bytes frame = joined({ethernet, ipv4_tcp, tcp_abc});
  for (int changes = *rc::gen::inRange(0, 8); changes > 0; --changes)
    frame[*rc::gen::inRange<std::size_t>(0, frame.size())] = *rc::gen::arbitrary<std::uint8_t>();
  frame.resize(*rc::gen::inRange<std::size_t>(0, frame.size() + 1));
  frame.shrink_to_fit();
  const int link_type = *rc::gen::element(DLT_EN10MB, DLT_RAW, DLT_NULL, DLT_LINUX_SLL, DLT_LINUX_SLL2);
  const Packet packet = read_packet(frame, frame.size() + *rc::gen::inRange<std::size_t>(0, 40), link_type);
  if (const TcpSegment* segment = std::get_if<TcpSegment>(&packet)) {
    RC_ASSERT(segment->payload.size() <= segment->payload_length);
    unsigned sum = 0;
    for (std::uint8_t octet : segment->payload) sum += octet;
    RC_ASSERT(sum <= 255 * segment->payload.size());
  }
}

}  // namespace
}  // namespace twinlease::capture
