// Section 12 as a table: the name, length and form of every option, with the clause that gives them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "impl/wire/dialect.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

enum class Form : std::uint8_t {
  u8,  // an interval, a count or a plain number
  u32,
  time,  // absolute, seconds since 1970 on the sender's clock; 0 stands for unknown
  ipv4,
  ipv4_list_le,  // MS-DHCPF 2.2.1: host byte order, little-endian on every machine that sends it
  flags8,
  flags16,  // 12.12: one octet is accepted and read as the low one
  flags32,
  octets,
  text,
  utf16le,           // MS-DHCPF: with a terminating NUL that counts
  client_id,         // the content of DHCP option 61
  hardware,          // htype, then chaddr
  digest,            // type, then digest
  ddns,              // flags16, then a name in the encoding of RFC 1035
  dhcp_options,      // magic number, then options of that number's form
  failover_options,  // two-octet codes and lengths again
  binding_status,
  server_state,
  reject_reason,
};

struct OptionSpec {
  std::uint16_t code;
  std::string_view name;  // as the draft or MS-DHCPF writes it
  Form form;
  std::uint16_t length_min;
  std::uint16_t length_max;   // 65535: open
  std::uint16_t length_step;  // lengths allowed are min, min + step, ... up to max
  bool per_address;           // in a BNDUPD it belongs to the assigned-IP-address before it (6.3)
  std::string_view clause;    // where length and form come from
};

// nullptr: not an option of section 12 or MS-DHCPF 2.2; the receiver ignores it (6.1).
const OptionSpec* find_option(std::uint16_t code) noexcept;
inline const OptionSpec& spec(OptionCode code) noexcept {
  return *find_option(static_cast<std::uint16_t>(code));
}
// The same for a dialect: 30 to 41 are options only where it gives them a meaning.
const OptionSpec* find_option(std::uint16_t code, const Dialect&) noexcept;
// Ascending by code.
std::span<const OptionSpec> all_options() noexcept;

constexpr bool length_allowed(const OptionSpec& s, std::size_t length) noexcept {
  return length >= s.length_min && length <= s.length_max &&
         (s.length_step == 1 || (length - s.length_min) % s.length_step == 0);
}

}  // namespace twinlease::wire
