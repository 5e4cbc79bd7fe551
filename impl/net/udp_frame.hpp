// Ethernet frames around UDP datagrams over IPv4 (RFC 768, RFC 791): for clients that have no address yet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "impl/wire/octets.hpp"

namespace twinlease::net {

using MacAddress = std::array<std::uint8_t, 6>;
inline constexpr MacAddress broadcast_mac = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct UdpFrame {
  MacAddress source_mac{};
  MacAddress destination_mac{};
  wire::Ipv4 source;
  wire::Ipv4 destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  wire::Octets payload;  // a view of what was read
};

// None: not a whole, unfragmented IPv4 datagram of UDP with a right header checksum.
std::optional<UdpFrame> read_frame(wire::Octets frame);
std::vector<std::uint8_t> write_frame(const UdpFrame&);

}  // namespace twinlease::net
