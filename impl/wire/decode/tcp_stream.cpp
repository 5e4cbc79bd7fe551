#include "impl/wire/decode/tcp_stream.hpp"

#include <algorithm>
#include <utility>

namespace twinlease::capture {

bool TcpStream::is_other_connection(const TcpSegment& syn) const noexcept {
  return base_ && syn.syn && syn.sequence + 1 != *base_;
}

Octets TcpStream::add(const TcpSegment& segment) {
  if (ended()) return {};
  if (segment.rst) {
    reset_ = true;
    return {};
  }
  const std::uint32_t sequence = segment.sequence + (segment.syn ? 1 : 0);  // the SYN takes one number
  if (!base_) {
    // Not at an empty segment without SYN: a keep-alive has the number before the next octet's.
    if (!segment.syn && !segment.fin && segment.payload_length == 0) return {};
    base_ = sequence;
    saw_syn_ = segment.syn;
  }

  Offset first = next_ + static_cast<std::int32_t>(sequence - (*base_ + static_cast<std::uint32_t>(next_)));
  const Offset last = first + static_cast<Offset>(segment.payload_length);
  if (segment.fin && !fin_at_ && last >= next_) fin_at_ = last;
  if (broken_) {
    give_up(segment.payload.size());
    return {};
  }
  highest_ = std::max(highest_, last);

  Octets octets = segment.payload;
  if (first < next_) {
    octets = octets.subspan(std::min(octets.size(), static_cast<std::size_t>(next_ - first)));
    first = next_;
  }
  if (first > next_) {
    keep(first, octets);
    return {};
  }
  next_ += static_cast<Offset>(octets.size());
  return octets;
}

Octets TcpStream::next() {
  while (!backlog_.empty() && backlog_.begin()->first <= next_) {
    auto piece = backlog_.extract(backlog_.begin());
    held_ -= piece.mapped().size();
    const Offset last = piece.key() + static_cast<Offset>(piece.mapped().size());
    if (last <= next_) continue;
    const auto known = static_cast<std::size_t>(next_ - piece.key());
    current_ = std::move(piece.mapped());
    next_ = last;
    return Octets(current_).subspan(known);
  }
  return {};
}

// Keeps what no piece has yet.
void TcpStream::keep(Offset first, Octets octets) {
  auto after = backlog_.upper_bound(first);
  if (after != backlog_.begin()) {
    const auto& [before_first, before] = *std::prev(after);
    const Offset before_last = before_first + static_cast<Offset>(before.size());
    const auto known = static_cast<std::size_t>(std::max<Offset>(0, before_last - first));
    if (known >= octets.size()) return;
    first += static_cast<Offset>(known);
    octets = octets.subspan(known);
  }
  while (!octets.empty()) {
    std::size_t room = octets.size();
    if (after != backlog_.end()) room = std::min(room, static_cast<std::size_t>(after->first - first));
    if (room > 0) insert(first, octets.first(room));
    if (broken_) return give_up(octets.size() - room);
    if (room == octets.size()) return;
    const std::size_t known = std::min(octets.size(), room + after->second.size());
    first += static_cast<Offset>(known);
    octets = octets.subspan(known);
    ++after;
  }
}

void TcpStream::insert(Offset first, Octets octets) {
  if (octets.size() > backlog_octets_max - held_ || backlog_.size() == backlog_pieces_max) {
    broken_ = true;
    give_up(held_ + octets.size());
    held_ = 0;
    backlog_.clear();
    return;
  }
  backlog_.emplace(first, std::vector<std::uint8_t>(octets.begin(), octets.end()));
  held_ += octets.size();
}

void TcpStream::give_up(std::size_t octets) {
  given_up_ += octets;
}

}  // namespace twinlease::capture
