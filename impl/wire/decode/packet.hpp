// One captured frame taken apart, down to its TCP segment or UDP datagram over IPv4.
//
// Nothing is copied: payloads are views into the frame. What this file does not check: checksums (on the
// sending host a capture often sees them before they are computed), IP and TCP options, and whether a segment
// is plausible.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "impl/wire/octets.hpp"

namespace twinlease::capture {

using wire::Ipv4;
using wire::Octets;

struct Endpoint {
  Ipv4 address;
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
// "10.77.0.2:647"
std::string to_string(const Endpoint&);

struct TcpSegment {
  Endpoint source{}, destination{};
  std::uint32_t sequence = 0;
  bool syn = false, ack = false, fin = false, rst = false;
  Octets payload{};                // as far as it was captured
  std::size_t payload_length = 0;  // on the wire: never less than payload.size()
};

struct UdpDatagram {
  Endpoint source{}, destination{};
  Octets payload{};
  std::size_t payload_length = 0;
};

// A piece of a fragmented TCP segment or UDP datagram. Only the first one has the ports; in the others they
// are 0.
struct Fragment {
  Endpoint source{}, destination{};
};

enum class Unread : std::uint8_t {
  not_ours,  // not IPv4, neither TCP nor UDP, or headers that contradict themselves
  cut,       // the capture kept too few octets of the frame to see
};

using Packet = std::variant<Unread, Fragment, TcpSegment, UdpDatagram>;

// Ethernet, Linux cooked v1 and v2, raw IP, null and loopback: libpcap's DLT numbers.
bool link_type_handled(int link_type) noexcept;

// frame: the octets captured, of wire_length that there were. 802.1Q and 802.1ad tags are skipped.
Packet read_packet(Octets frame, std::size_t wire_length, int link_type) noexcept;

}  // namespace twinlease::capture
