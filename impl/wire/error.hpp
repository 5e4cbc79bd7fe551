// What can be wrong with octets from the network, as a value: where, which option, which clause, what to do.
//
// There are two levels. An error of the message (framing, header) leaves nothing to use: the message is
// ignored or the connection closed. An error of one option leaves the other options, and in a batch the other
// transactions, usable. Nothing in this library throws, and nothing but to_string() allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace twinlease::wire {

enum class Level : std::uint8_t { message, option };

// What a receiver does about it, by the draft or by reading A-43.
enum class Remedy : std::uint8_t {
  close_connection,  // DISCONNECT 254 where a connection is established, then close
  ignore_message,
  reject_transaction,  // BNDACK with reject-reason 3 for this address
  ignore_option,
};

enum class Fault : std::uint8_t {
  length_below_minimum,    // message length < 12
  length_above_maximum,    // message length > 2048
  length_disagrees,        // the octets given are not as many as message length says
  payload_offset,          // inside the fixed header (8 excepted, A-01) or beyond the message
  type_not_understood,     // 0, 13 to 127: MUST close
  type_ignorable,          // 128 to 255: SHOULD ignore
  option_overruns,         // option length runs past the end of the message
  stray_octets,            // 1 to 3 octets after the last option
  option_length,           // length not among those section 12 allows
  option_value,            // value not among those section 12 allows
  option_repeated,         // once per message, or once per transaction
  option_outside_message,  // per-address option before the first assigned-IP-address
  option_missing,          // an option without which the message means nothing
  embedded_options,        // inside client-request-options, client-reply-options, vendor-specific-options
  message_full,            // encoding: the message would exceed 2048 octets
  option_too_long,         // encoding: a value of more than 65535 octets
};

struct Error {
  Level level;
  Fault fault;
  Remedy remedy;
  std::uint16_t option = 0;  // option code; 0: not about an option
  std::size_t offset = 0;    // in octets from the start of the message (from the start of the stream: Framer)

  // The clause that the octets break, as in model/spec/requirements.csv, and the reading applied to it, if
  // any.
  std::string_view clause() const noexcept;
  // What is wrong, in a few words, without the numbers.
  std::string_view text() const noexcept;
};

// "option 13 lease-expiration-time at octet 37: length is not one that section 12 allows (FO-12.13-01)"
std::string to_string(const Error&);

// The first errors found in one message: a fixed number, so that hostile input costs no memory. total()
// counts all.
class Errors {
 public:
  static constexpr std::size_t capacity = 16;

  void add(const Error& error) noexcept {
    if (total_ < capacity) first_[total_] = error;
    ++total_;
  }
  bool empty() const noexcept { return total_ == 0; }
  std::size_t total() const noexcept { return total_; }
  std::span<const Error> list() const noexcept {
    return std::span(first_).first(total_ < capacity ? total_ : capacity);
  }

 private:
  std::array<Error, capacity> first_{};
  std::size_t total_ = 0;
};

}  // namespace twinlease::wire
