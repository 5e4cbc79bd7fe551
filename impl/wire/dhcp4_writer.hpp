// Writes one DHCPv4 message into a caller's buffer. (RFC 2131 sections 2 and 4.1, RFC 3396)
//
// The buffer's size is the limit: give it as many octets as the recipient takes (message_octets_min, or its
// option 57 less 28 for IP and UDP). A value that does not fit makes finish() return message_full; nothing is
// written past the end, nothing allocated. Options go into the options field in the order asked for, never
// into file and sname. Which options a message requires is not checked: a harness has to be able to send
// every mistake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "impl/wire/dhcp4.hpp"

namespace twinlease::wire::dhcp4 {

class Writer {
 public:
  // Writes the fixed fields and the magic cookie.
  Writer(std::span<std::uint8_t> buffer, const Header& header) noexcept;

  // A value of more than 255 octets goes out in fragments, one after the other (RFC 3396).
  void option(OptionCode code, Octets value) noexcept;
  // The same option with the value of a message decoded, fragment by fragment: option 82 into a reply.
  void copy(const OptionValue& value) noexcept;
  void text(OptionCode code, std::string_view value) noexcept { option(code, as_octets(value)); }
  void u8(OptionCode code, std::uint8_t value) noexcept;
  void u16(OptionCode code, std::uint16_t value) noexcept;
  void u32(OptionCode code, std::uint32_t value) noexcept;
  void ipv4(OptionCode code, Ipv4 address) noexcept { u32(code, address.value); }
  void message_type(MessageType type) noexcept {
    u8(OptionCode::message_type, static_cast<std::uint8_t>(type));
  }
  // Octets that need not be options (a deliberate mistake).
  void raw(Octets octets) noexcept { out_.put(octets); }
  void pad(std::size_t octets) noexcept;

  // Room for an option with a value of that many octets, fragments counted, and for the end option.
  bool fits(std::size_t value_octets) const noexcept;

  // The end option, then pads up to `least` octets. Errors: message_full, field_too_long.
  std::variant<std::span<std::uint8_t>, Error> finish(std::size_t least = bootp_message_octets) noexcept;
  // Without an end option: after raw(), for what is not well-formed.
  std::variant<std::span<std::uint8_t>, Error> finish_unterminated() noexcept;

 private:
  std::size_t capacity_;
  OctetWriter out_;
  bool field_too_long_ = false;
};

// The fixed fields, 236 octets, as a BOOTP message without cookie has them; false if chaddr, sname or file is
// given with more octets than its field has: then only what fits is written.
bool write_header(OctetWriter& out, const Header& header) noexcept;
// An option in fragments of up to 255 octets; at least one.
void write_option(OctetWriter& out, OptionCode code, Octets value) noexcept;

// The message again from what it was decoded into: header fields, options with the pads between them, each in
// its field, end options and what follows them. For every message that decode() accepts, the result is the
// octets it was decoded from. Error: message_full.
std::variant<std::span<std::uint8_t>, Error> rewrite(const Message& message,
                                                     std::span<std::uint8_t> buffer) noexcept;

}  // namespace twinlease::wire::dhcp4
