// Options inside options of the failover protocol.
//
//   client-reply-options (12.7), client-request-options (12.8):
//       magic number 99.130.83.99 | DHCP options: code(1) length(1) value, ...
//   vendor-specific-options (12.29):
//       failover options: code(2) length(2) value, ...
//
// In the first two, pads between options and an end option with pads after it are tolerated, since some
// servers copy the options field as it is; the draft's figure has neither. Another magic number would define
// another format of what follows (12.7): none is understood here. Whatever is wrong is embedded_options, to
// be ignored with the option (A-43: a server may refuse the transaction instead). The options before the
// place that is wrong stay usable. Views live as long as the octets of the option.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "impl/wire/dhcp4.hpp"
#include "impl/wire/error.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/octets.hpp"

namespace twinlease::wire {

struct EmbeddedDhcpOptions {
  dhcp4::OptionRange options;       // offsets from the start of the option's value: the first is 4 or more
  std::optional<Error> tail_error;  // after the last of them
};

// option: client-reply-options or client-request-options. Error: no magic number, or another one. Offsets of
// errors are from the start of the message, if option.offset is.
std::variant<EmbeddedDhcpOptions, Error> read_embedded_dhcp_options(const OptionSpan& option) noexcept;

struct EmbeddedFailoverOptions {
  OptionRange options;  // offsets from the start of the option's value
  std::optional<Error> tail_error;
};

// option: vendor-specific-options. In a message without vendor-class-identifier it is to be ignored (12.29).
EmbeddedFailoverOptions read_embedded_failover_options(const OptionSpan& option) noexcept;

// The value of client-reply-options or client-request-options, for MessageWriter::octets(); without pads or
// end option.
class EmbeddedDhcpWriter {
 public:
  explicit EmbeddedDhcpWriter(std::span<std::uint8_t> buffer) noexcept;  // writes the magic number

  // A value of more than 255 octets goes out in fragments (RFC 3396).
  void option(dhcp4::OptionCode code, Octets value) noexcept;
  // The option as a client or server sent it, fragment by fragment.
  void copy(const dhcp4::OptionValue& value) noexcept;
  // Nothing but the magic number: the option need not be sent.
  bool empty() const noexcept { return empty_; }
  // Error: message_full, if the buffer was too small.
  std::variant<Octets, Error> finish() const noexcept;

 private:
  OctetWriter out_;
  bool empty_ = true;
};

// The value of vendor-specific-options.
class EmbeddedFailoverWriter {
 public:
  explicit EmbeddedFailoverWriter(std::span<std::uint8_t> buffer) noexcept : out_(buffer) {}

  void option(std::uint16_t code, Octets value) noexcept;
  // Errors: message_full, option_too_long.
  std::variant<Octets, Error> finish() const noexcept;

 private:
  OctetWriter out_;
  bool option_too_long_ = false;
};

}  // namespace twinlease::wire
