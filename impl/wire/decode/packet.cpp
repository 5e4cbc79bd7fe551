#include "impl/wire/decode/packet.hpp"

#include <pcap/dlt.h>

#include <algorithm>
#include <optional>

namespace twinlease::capture {

namespace {

using wire::load_u16;
using wire::load_u32;
using wire::load_u8;

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::size_t ipv4_header_min = 20;
constexpr std::size_t tcp_header_min = 20;
constexpr std::size_t udp_header = 8;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint16_t more_fragments = 0x2000;
constexpr std::uint16_t fragment_offset_mask = 0x1fff;

constexpr bool is_tag(std::uint16_t ethertype) noexcept {
  return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

// What is left of a frame: the octets captured, and how many there were.
struct Rest {
  Octets octets;
  std::size_t wire_length;

  bool has(std::size_t count) const noexcept { return octets.size() >= count; }
  Rest skip(std::size_t count) const noexcept { return {octets.subspan(count), wire_length - count}; }
  // Why count octets are not there.
  Unread why() const noexcept { return octets.size() < wire_length ? Unread::cut : Unread::not_ours; }
};

// The IPv4 packet in a frame whose type field stands at type_at, and ends the link header but for tags.
std::variant<Unread, Rest> after_type(Rest rest, std::size_t type_at, std::size_t header) noexcept {
  if (!rest.has(header)) return rest.why();
  std::uint16_t type = load_u16(rest.octets, type_at);
  rest = rest.skip(header);
  while (is_tag(type)) {
    if (!rest.has(4)) return rest.why();
    type = load_u16(rest.octets, 2);
    rest = rest.skip(4);
  }
  if (type != ethertype_ipv4) return Unread::not_ours;
  return rest;
}

std::variant<Unread, Rest> ipv4_of(Rest rest, int link_type) noexcept {
  switch (link_type) {
    case DLT_EN10MB: return after_type(rest, 12, 14);
    case DLT_LINUX_SLL: return after_type(rest, 14, 16);
    case DLT_LINUX_SLL2: return after_type(rest, 0, 20);
    case DLT_RAW:
    case DLT_IPV4: return rest;
    case DLT_NULL:
    case DLT_LOOP: {
      // The address family, in the byte order of the host that captured; 2 stands for IPv4 everywhere.
      if (!rest.has(4)) return rest.why();
      const std::uint32_t family = load_u32(rest.octets);
      if (family != 2 && family != 0x02000000) return Unread::not_ours;
      return rest.skip(4);
    }
    default: return Unread::not_ours;
  }
}

Packet read_tcp(Rest rest, Endpoint source, Endpoint destination) noexcept {
  if (!rest.has(tcp_header_min)) return rest.why();
  const std::size_t header = 4 * static_cast<std::size_t>(load_u8(rest.octets, 12) >> 4);
  if (header < tcp_header_min || header > rest.wire_length) return Unread::not_ours;
  source.port = load_u16(rest.octets, 0);
  destination.port = load_u16(rest.octets, 2);
  const std::uint8_t flags = load_u8(rest.octets, 13);
  TcpSegment segment{
      .source = source,
      .destination = destination,
      .sequence = load_u32(rest.octets, 4),
      .syn = (flags & 0x02) != 0,
      .ack = (flags & 0x10) != 0,
      .fin = (flags & 0x01) != 0,
      .rst = (flags & 0x04) != 0,
      .payload = {},
      .payload_length = rest.wire_length - header,
  };
  if (rest.has(header)) segment.payload = rest.octets.subspan(header);
  return segment;
}

Packet read_udp(Rest rest, Endpoint source, Endpoint destination) noexcept {
  if (!rest.has(udp_header)) return rest.why();
  const std::size_t length = load_u16(rest.octets, 4);
  if (length < udp_header || length > rest.wire_length) return Unread::not_ours;
  source.port = load_u16(rest.octets, 0);
  destination.port = load_u16(rest.octets, 2);
  const Octets payload = rest.octets.subspan(udp_header);
  return UdpDatagram{source, destination, payload.first(std::min(payload.size(), length - udp_header)),
                     length - udp_header};
}

Packet read_ipv4(Rest rest) noexcept {
  if (!rest.has(1)) return rest.why();
  if (load_u8(rest.octets) >> 4 != 4) return Unread::not_ours;
  if (!rest.has(ipv4_header_min)) return rest.why();
  const std::size_t header = 4 * static_cast<std::size_t>(load_u8(rest.octets) & 15);
  const std::uint16_t total = load_u16(rest.octets, 2);
  const std::uint16_t fragment = load_u16(rest.octets, 6);
  const std::uint8_t protocol = load_u8(rest.octets, 9);
  Endpoint source{Ipv4{load_u32(rest.octets, 12)}};
  Endpoint destination{Ipv4{load_u32(rest.octets, 16)}};
  if (protocol != protocol_tcp && protocol != protocol_udp) return Unread::not_ours;

  // Total length 0: the network card was to cut the segment, so the frame's own length counts. Otherwise what
  // follows the packet is Ethernet padding.
  if (total != 0) {
    if (total > rest.wire_length) return Unread::not_ours;
    rest = {rest.octets.first(std::min<std::size_t>(rest.octets.size(), total)), total};
  }
  if (header < ipv4_header_min || header > rest.wire_length) return Unread::not_ours;
  if (!rest.has(header)) return rest.why();
  rest = rest.skip(header);

  if ((fragment & (more_fragments | fragment_offset_mask)) != 0) {
    if ((fragment & fragment_offset_mask) == 0 && rest.has(4)) {
      source.port = load_u16(rest.octets, 0);
      destination.port = load_u16(rest.octets, 2);
    }
    return Fragment{source, destination};
  }
  return protocol == protocol_tcp ? read_tcp(rest, source, destination) : read_udp(rest, source, destination);
}

}  // namespace

std::string to_string(const Endpoint& e) {
  const std::uint32_t a = e.address.value;
  return std::to_string(a >> 24) + "." + std::to_string(a >> 16 & 255) + "." + std::to_string(a >> 8 & 255) +
         "." + std::to_string(a & 255) + ":" + std::to_string(e.port);
}

bool link_type_handled(int link_type) noexcept {
  switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_NULL:
    case DLT_LOOP: return true;
    default: return false;
  }
}

Packet read_packet(Octets frame, std::size_t wire_length, int link_type) noexcept {
  const std::variant<Unread, Rest> packet = ipv4_of({frame, std::max(frame.size(), wire_length)}, link_type);
  if (const Unread* unread = std::get_if<Unread>(&packet)) return *unread;
  return read_ipv4(std::get<Rest>(packet));
}

}  // namespace twinlease::capture
