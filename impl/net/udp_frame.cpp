#include "impl/net/udp_frame.hpp"

#include <algorithm>

namespace twinlease::net {
namespace {

constexpr std::size_t ethernet_octets = 14, ip_octets = 20, udp_octets = 8;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint8_t protocol_udp = 17;

// RFC 1071, without the last complement.
std::uint32_t sum(wire::Octets octets, std::uint32_t so_far = 0) {
  for (std::size_t at = 0; at < octets.size(); at += 2)
    so_far += static_cast<std::uint32_t>(octets[at] << 8) + (at + 1 < octets.size() ? octets[at + 1] : 0U);
  return so_far;
}
std::uint16_t folded(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

std::optional<UdpFrame> read_frame(wire::Octets frame) {
  if (frame.size() < ethernet_octets + ip_octets + udp_octets) return std::nullopt;
  if (wire::load_u16(frame, 12) != ethertype_ipv4) return std::nullopt;
  const wire::Octets ip = frame.subspan(ethernet_octets);
  const std::size_t header = std::size_t{ip[0] & 0x0fU} * 4;
  const std::size_t total = wire::load_u16(ip, 2);
  const bool fragment = (wire::load_u16(ip, 6) & 0x3fff) != 0;
  if (ip[0] >> 4 != 4 || header < ip_octets || total < header + udp_octets || total > ip.size())
    return std::nullopt;
  if (fragment || ip[9] != protocol_udp || folded(sum(ip.first(header))) != 0) return std::nullopt;
  const wire::Octets udp = ip.subspan(header, total - header);
  const std::size_t length = wire::load_u16(udp, 4);
  if (length < udp_octets || length > udp.size()) return std::nullopt;
  UdpFrame read{.source = {wire::load_u32(ip, 12)},
                .destination = {wire::load_u32(ip, 16)},
                .source_port = wire::load_u16(udp, 0),
                .destination_port = wire::load_u16(udp, 2),
                .payload = udp.subspan(udp_octets, length - udp_octets)};
  std::copy_n(frame.begin(), 6, read.destination_mac.begin());
  std::copy_n(frame.begin() + 6, 6, read.source_mac.begin());
  return read;
}

std::vector<std::uint8_t> write_frame(const UdpFrame& f) {
  const std::size_t udp_length = udp_octets + f.payload.size();
  std::vector<std::uint8_t> frame(ethernet_octets + ip_octets + udp_length);
  wire::OctetWriter out(frame);
  out.put(f.destination_mac);
  out.put(f.source_mac);
  out.u16(ethertype_ipv4);
  out.u8(0x45);
  out.u8(0x10);  // low delay
  out.u16(static_cast<std::uint16_t>(ip_octets + udp_length));
  out.u32(0x00004000);  // do not fragment
  out.u8(64);
  out.u8(protocol_udp);
  out.u16(0);
  out.u32(f.source.value);
  out.u32(f.destination.value);
  out.u16(f.source_port);
  out.u16(f.destination_port);
  out.u16(static_cast<std::uint16_t>(udp_length));
  out.u16(0);
  out.put(f.payload);

  const std::span<std::uint8_t> ip = std::span(frame).subspan(ethernet_octets);
  const auto put = [&ip](std::size_t at, std::uint16_t value) {
    ip[at] = static_cast<std::uint8_t>(value >> 8);
    ip[at + 1] = static_cast<std::uint8_t>(value);
  };
  put(10, folded(sum(ip.first(ip_octets))));
  const std::uint32_t pseudo = sum(ip.subspan(12, 8)) + protocol_udp + static_cast<std::uint32_t>(udp_length);
  const std::uint16_t checksum = folded(sum(ip.subspan(ip_octets), pseudo));
  put(ip_octets + 6, checksum == 0 ? 0xffff : checksum);
  return frame;
}

}  // namespace twinlease::net
