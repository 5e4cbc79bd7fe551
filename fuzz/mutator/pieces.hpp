// Octets as pieces that lie one behind the other: options, transactions, or messages of a stream.
//
// Nothing is checked and nothing refused: what is no whole piece is the tail. Views live as long as the
// octets.
#pragma once

#include <array>
#include <cstddef>

#include "impl/wire/octets.hpp"

namespace twinlease::fuzz {

using wire::Octets;

enum class Shape : unsigned char {
  failover_message,  // 6.1: header, options of two-octet code and length
  failover_stream,   // such messages one behind the other
  dhcp4_message,     // RFC 2131: options of one-octet code and length behind the cookie
  embedded_options,  // 12.7, 12.8: a magic number, then as in DHCP; else 12.29: as in failover
};

// Octets of code and of length each: 2 in failover, 1 in DHCP, where 0 and 255 are single octets (pad, end).
std::size_t code_octets(Octets octets, Shape shape) noexcept;

struct Pieces {
  static constexpr std::size_t capacity = 512;
  Octets head;
  std::array<Octets, capacity> list;  // the first `count` of them
  std::size_t count = 0;
  Octets tail;

  void add(Octets piece) noexcept { list[count++] = piece; }
  bool full() const noexcept { return count == capacity; }
};

// Of a stream, those of nothing: split_messages() first.
void split_options(Octets octets, Shape shape, Pieces& out) noexcept;
// 6.3: each from an assigned-IP-address up to the next; what lies before the first one belongs to the head.
void split_transactions(Octets message, Pieces& out) noexcept;
void split_messages(Octets stream, Pieces& out) noexcept;

}  // namespace twinlease::fuzz
