// Messages out of a TCP stream (6.1): any segmentation in, whole messages out.
//
// Invariants:
//  1. It holds at most one unfinished message, so never more than 2048 octets, whatever the peer sends.
//  2. What it yields is the same for every way to cut the stream into pieces.
//  3. After an error it yields no message any more, only that error again, and takes no octets: the boundary
//  of
//     messages is lost, the connection has to go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "impl/wire/error.hpp"
#include "impl/wire/octets.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

class Framer {
 public:
  // Takes octets from the front of input and returns the next whole message (a view, valid until the next
  // call or until input's octets go, whichever is first), or nothing when all input is used up and a message
  // is unfinished. Errors: length_below_minimum, length_above_maximum, with the offset of the message in the
  // stream. Call it until it returns nothing (then read more from the connection) or an error (then close
  // it).
  std::optional<std::variant<Octets, Error>> next(Octets& input) noexcept;

  // Octets of an unfinished message held now.
  std::size_t pending() const noexcept { return pending_; }
  // Octets of the stream taken so far.
  std::size_t stream_offset() const noexcept { return stream_offset_; }

 private:
  std::array<std::uint8_t, message_length_max> buffer_{};
  std::size_t pending_ = 0;
  std::size_t stream_offset_ = 0;
  std::optional<Error> failed_;
};

}  // namespace twinlease::wire
