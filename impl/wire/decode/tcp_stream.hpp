// One direction of a TCP connection: segments in, in whatever order a capture has them; octets out, in order.
//
// Invariants:
//  1. Every octet is yielded at most once, and only after all octets before it.
//  2. What comes early waits in a backlog of at most backlog_octets_max octets in backlog_pieces_max pieces.
//  One more,
//     and the stream is broken for good: it yields nothing more, and counts what it gives up.
//  3. Without a SYN the stream begins at the first octet seen; what lies before it is taken for
//  retransmission.
// What it does not check: that a retransmission repeats the same octets (the first copy to be next in order
// is used), windows, acknowledgements, and whether a RST is one that the receiver would accept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "impl/wire/decode/packet.hpp"

namespace twinlease::capture {

class TcpStream {
 public:
  static constexpr std::size_t backlog_octets_max = 262'144;
  static constexpr std::size_t backlog_pieces_max = 4096;

  // Returns the segment's octets that are next in order (a view into its payload). Then call next() until
  // that is empty: octets that had come early.
  Octets add(const TcpSegment& segment);
  // A view, valid until the next call of add() or next().
  Octets next();

  // Whether this SYN opens another connection than the one that the stream belongs to.
  bool is_other_connection(const TcpSegment& syn) const noexcept;

  bool saw_octets() const noexcept { return highest_ > 0; }
  bool saw_syn() const noexcept { return saw_syn_; }
  // All octets up to the FIN have been yielded, or the connection was reset.
  bool ended() const noexcept { return reset_ || (fin_at_ && (broken_ || next_ >= *fin_at_)); }
  // The backlog was full.
  bool broken() const noexcept { return broken_; }
  // Octets were sent that the capture does not have (yet).
  bool octets_missing() const noexcept { return fin_at_ ? *fin_at_ > next_ : highest_ > next_; }
  // Octets yielded so far: the offset in the stream of the next one.
  std::uint64_t yielded() const noexcept { return static_cast<std::uint64_t>(next_); }
  // Octets captured and not yielded: the backlog, and what came after the stream was broken.
  std::uint64_t not_yielded() const noexcept { return held_ + given_up_; }

 private:
  using Offset = std::int64_t;  // in octets from the start of the stream; negative: before it

  void keep(Offset first, Octets octets);
  void insert(Offset first, Octets octets);
  void give_up(std::size_t octets);

  std::optional<std::uint32_t> base_;  // sequence number of the stream's first octet
  bool saw_syn_ = false;
  bool reset_ = false;
  bool broken_ = false;
  std::optional<Offset> fin_at_;
  Offset next_ = 0;
  Offset highest_ = 0;                                   // end of the octets known to have been sent
  std::map<Offset, std::vector<std::uint8_t>> backlog_;  // pieces that do not overlap
  std::size_t held_ = 0;                                 // octets in the backlog
  std::uint64_t given_up_ = 0;
  std::vector<std::uint8_t> current_;  // what next() last returned a view of
};

}  // namespace twinlease::capture
