// What decoding a capture yields, one record after the other.
//
// Octets, and all that points into them, are valid only while the record is handed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "impl/wire/decode/packet.hpp"
#include "impl/wire/dhcp4.hpp"
#include "impl/wire/dialect.hpp"
#include "impl/wire/error.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::capture {

// The frame that completed a message or ended a stream.
struct Origin {
  std::uint64_t frame = 0;
  std::int64_t time_ns = 0;  // since 1970
  Endpoint source{}, destination{};
};

struct FailoverRecord {
  Origin origin;
  std::uint32_t stream = 0;
  const wire::Dialect* dialect = nullptr;  // the sender's
  Octets octets;                           // the whole message, malformed or not
  std::variant<wire::Message, wire::Error> decoded;
  wire::Errors option_errors;  // repeated and misplaced options; how a value is wrong, decode_value() says
};
// What is wrong with one option of it.
std::optional<wire::Error> error_of(const FailoverRecord&, const wire::OptionSpan&) noexcept;

// Why the octets of a direction were given up, where the fault is not theirs.
enum class Loss : std::uint8_t {
  octets_missing,  // the capture lacks octets of the stream
  backlog_full,    // it lacks octets, and very many came after them
  capture_ends,    // inside a message
};
std::string_view text(Loss) noexcept;

// One direction of a connection, of which octets stay undecoded. At most one record for each.
struct AbandonedRecord {
  Origin origin;  // the end: of the direction, or of the capture
  std::uint32_t stream = 0;
  std::variant<wire::Error, Loss> reason;
  std::uint64_t since_frame = 0;      // where the trouble began
  std::uint64_t stream_offset = 0;    // octets decoded before
  std::uint64_t octets_given_up = 0;  // octets captured and not decoded
};

struct DhcpRecord {
  Origin origin;
  Octets octets;
  bool cut = false;  // the capture has only the beginning of the datagram
  std::variant<wire::dhcp4::Message, wire::dhcp4::Error> decoded;
};

using Record = std::variant<FailoverRecord, AbandonedRecord, DhcpRecord>;

// Something is wrong with it, or with the capture of it.
bool is_malformed(const FailoverRecord&) noexcept;
bool is_malformed(const DhcpRecord&) noexcept;

}  // namespace twinlease::capture
