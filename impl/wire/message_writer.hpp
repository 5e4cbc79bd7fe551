// Writes one failover message into a caller's buffer. (6.1, 6.2)
//
// A value that does not fit makes finish() return message_full; nothing is written past the end, nothing
// allocated. The writer puts options in the order asked for and does not check which a message requires: a
// harness has to be able to send every mistake. What the caller puts in is sent as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "impl/wire/dialect.hpp"
#include "impl/wire/error.hpp"
#include "impl/wire/octets.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

class MessageWriter {
 public:
  // buffer: at least 2048 octets, or finish() may say message_full early. time_s: seconds since 1970,
  // sender's clock. The payload offset is the dialect's; offset 8 announces 8 and still puts options at octet
  // 12.
  MessageWriter(std::span<std::uint8_t> buffer, MessageType type, std::uint32_t time_s, std::uint32_t xid,
                const Dialect& dialect) noexcept;
  // The same with a header given as received, extra header octets included.
  MessageWriter(std::span<std::uint8_t> buffer, MessageType type, std::uint8_t payload_offset,
                std::uint32_t time_s, std::uint32_t xid, Octets extra_header) noexcept;

  void option(std::uint16_t code, Octets value) noexcept;
  void octets(OptionCode code, Octets value) noexcept { option(static_cast<std::uint16_t>(code), value); }
  void text(OptionCode code, std::string_view value) noexcept { octets(code, as_octets(value)); }
  void u8(OptionCode code, std::uint8_t value) noexcept;
  void u16(OptionCode code, std::uint16_t value) noexcept;
  void u32(OptionCode code, std::uint32_t value) noexcept;
  void ipv4(OptionCode code, Ipv4 address) noexcept { u32(code, address.value); }
  // Octets that need not be options (a tail, a deliberate mistake).
  void raw(Octets octets) noexcept;

  // Sets message length; the octets are those written so far. Error: message_full, option_too_long, whichever
  // came first, with the code of the option that did not go in and the offset where it would have begun.
  std::variant<std::span<std::uint8_t>, Error> finish() noexcept;

 private:
  void fail(Fault fault, std::uint16_t code, std::size_t offset) noexcept;

  OctetWriter out_;
  std::optional<Error> failed_;
};

}  // namespace twinlease::wire
