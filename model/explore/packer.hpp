// A world in normal form as a key: exact, and the same for worlds that differ only in names.
//
// A key has pieces: the two servers, and what is between them. A server is in few conditions compared with
// the worlds that it is in, so whoever keeps many keys keeps each piece once (property/explore/store.hpp).
//
// Names that can be exchanged: addresses, since the draft treats all of a pool alike (which one a server
// picks is every answer of Choices), and clients of the same buckets, since 5.3 is the only rule that tells
// clients apart. An exchange in a world exchanges the names in its steps and in the worlds after them, and no
// invariant names an address or a client: so one of the worlds stands for all.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/explore/world.hpp"

namespace twinlease::model::explore {

// Bits in words; what is left of the last word is 0.
class Packed {
 public:
  static constexpr std::size_t kMost = 20;  // words
  Packed() {}                               // its words are written before they are read
  explicit Packed(std::span<const std::uint64_t> words) : size_(words.size()) {
    std::ranges::copy(words, words_.begin());
  }
  std::span<const std::uint64_t> words() const { return {words_.data(), size_}; }
  void push(std::uint64_t word);
  std::uint64_t hash() const;
  friend bool operator==(const Packed& a, const Packed& b) { return a.is(b.words()); }
  bool is(std::span<const std::uint64_t> words) const {
    std::uint64_t different = size_ ^ words.size();
    for (std::size_t at = 0; different == 0 && at < size_; ++at) different = words_[at] ^ words[at];
    return different == 0;
  }
  friend bool operator<(const Packed& a, const Packed& b) {
    return std::ranges::lexicographical_compare(a.words(), b.words());
  }

 private:
  std::array<std::uint64_t, kMost> words_;
  std::size_t size_ = 0;
};

enum Piece : std::uint8_t { kPrimaryPiece, kSecondaryPiece, kBetween };  // the first two are Sides
inline constexpr std::size_t kPieces = 3;
using Pieces = std::array<Packed, kPieces>;

class Packer {
 public:
  explicit Packer(const Scope&);
  Pieces pack(const World&) const;       // of a world in normal form
  Pieces canonical(const World&) const;  // the least of those of all exchanges of names
  World unpack(const Pieces&) const;

  // Without names that can be exchanged the pieces of a world do not depend on each other.
  bool one_by_one() const { return exchanges_.size() == 1; }
  void pack(const World&, Piece, Packed& out) const;

  struct Names {  // number in the key -> number in the world, and back
    std::array<Address, 4> address_at{0, 1, 2, 3};
    std::array<Address, 4> key_of_address{0, 1, 2, 3};
    std::array<ClientId, 4> client_at{0, 1, 2, 3};
    std::array<ClientId, 4> key_of_client{0, 1, 2, 3};
  };

 private:
  void pack(const World&, const Names&, Piece, Packed& out) const;
  Pieces pack(const World&, const Names&) const;
  void take_if_less(const World&, const Names&, Pieces& least) const;
  Scope scope_;
  std::vector<Names> exchanges_;  // the first changes nothing
};

}  // namespace twinlease::model::explore
