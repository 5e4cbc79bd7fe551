// Failover messages out of one direction of a TCP connection, and an account of the octets that are in none.
//
// Invariants:
//  1. Each message is yielded in the frame that completed it, with the dialect known by then.
//  2. Octets yielded in messages plus octets_given_up are all octets captured, retransmissions not counted
//  (but for
//     those after a backlog overflow, where they cannot be told).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "impl/wire/decode/record.hpp"
#include "impl/wire/decode/tcp_stream.hpp"
#include "impl/wire/framer.hpp"

namespace twinlease::capture {

class FailoverStream {
 public:
  using OnMessage = std::function<void(Octets)>;
  void add(const TcpSegment& segment, std::uint64_t frame, const OnMessage& on_message);

  const TcpStream& tcp() const noexcept { return tcp_; }

  // The dialect of the one who sends in this direction: isc until a message tells.
  const wire::Dialect* dialect = &wire::isc;

  struct Abandoned {
    std::variant<wire::Error, Loss> reason;
    std::uint64_t since_frame = 0;
    std::uint64_t stream_offset = 0;
    std::uint64_t octets_given_up = 0;
  };
  enum class End : std::uint8_t { of_connection, of_capture };
  // What is left undecoded when nothing more will come; nothing, if all is well.
  std::optional<Abandoned> end(End) const;

 private:
  void frame_messages(Octets octets, std::uint64_t frame, const OnMessage& on_message);

  TcpStream tcp_;
  std::unique_ptr<wire::Framer>
      framer_;  // from the first octet on: most connections of a port scan have none
  std::optional<wire::Error> framing_error_;
  std::uint64_t decoded_ = 0;  // octets in messages yielded
  std::uint64_t unfinished_since_ =
      0;  // frame in which the unfinished message, or the one that broke framing, began
  std::uint64_t missing_since_ = 0;  // frame in which octets first came that do not follow
};

}  // namespace twinlease::capture
