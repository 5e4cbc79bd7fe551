#include "impl/core/dhcp/note.hpp"

namespace twinlease::core {

std::string dotted(Ipv4 address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address.value >> shift & 0xff);
    if (shift > 0) text += '.';
  }
  return text;
}

std::string in_hex(const Client& client) {
  constexpr std::string_view digits = "0123456789abcdef";
  const Octets octets =
      client.identifier.empty() ? client.hardware.address() : wire::as_octets(client.identifier);
  std::string text;
  text.reserve(2 * octets.size());
  for (const std::uint8_t octet : octets) {
    text += digits[octet >> 4];
    text += digits[octet & 0xf];
  }
  return text;
}

}  // namespace twinlease::core
