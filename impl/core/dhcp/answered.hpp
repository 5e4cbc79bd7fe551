// The DHCPREQUESTs that were acknowledged a moment ago: one that is sent again, or comes by a second relay,
// gets the same lease, and no second record. (RFC 2131 4.1, C26)
//
// Invariant: there are at most `most` of them, none older than held_ms, in the order in which they came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "impl/core/lease.hpp"
#include "impl/core/rules.hpp"
#include "impl/core/time.hpp"

namespace twinlease::core {

class Answered {
 public:
  static constexpr Milliseconds held_ms = 5000;
  static constexpr std::size_t most = 65536;

  void remember(Ipv4, ClientMessage, std::uint32_t xid, Milliseconds now_ms);
  bool remembers(Ipv4, ClientMessage, std::uint32_t xid, Milliseconds now_ms) const;
  void forget(Ipv4 address) { by_address_.erase(address.value); }

 private:
  struct Entry {
    std::uint32_t xid = 0;
    ClientMessage message{};
    Milliseconds at_ms = 0;
  };
  std::unordered_map<std::uint32_t, Entry> by_address_;
  std::deque<std::pair<Milliseconds, std::uint32_t>> by_age_;
};

}  // namespace twinlease::core
