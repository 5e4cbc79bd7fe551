// A world in normal form as a key: exact, and the same for worlds that differ only in names.
//
// Names that can be exchanged: addresses, since the draft treats all of a pool alike (which one a server
// picks is every answer of Choices), and clients of the same buckets, since 5.3 is the only rule that tells
// clients apart. An exchange in a world exchanges the names in its steps and in the worlds after them, and no
// invariant names an address or a client: so one of the worlds stands for all.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "model/explore/world.hpp"

namespace twinlease::model::explore {

class Packed {
 public:
  static constexpr std::size_t kMost = 96;  // octets
  std::size_t octets() const { return (bits_ + 7) / 8; }
  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(words_.data()); }
  void append(std::uint64_t value, unsigned bits);
  std::uint64_t read(std::size_t from, unsigned bits) const;
  std::uint64_t hash() const;
  static Packed from(const std::uint8_t* data, std::size_t octets);
  friend bool operator==(const Packed& a, const Packed& b) {
    return a.octets() == b.octets() && std::memcmp(a.data(), b.data(), a.octets()) == 0;
  }
  friend bool operator<(const Packed& a, const Packed& b) {
    return a.octets() != b.octets() ? a.octets() < b.octets()
                                    : std::memcmp(a.data(), b.data(), a.octets()) < 0;
  }

 private:
  std::array<std::uint64_t, kMost / 8> words_{};
  std::size_t bits_ = 0;
};

class Packer {
 public:
  explicit Packer(const Scope&);
  Packed pack(const World&) const;       // of a world in normal form
  Packed canonical(const World&) const;  // the least of those of all exchanges of names
  World unpack(const Packed&) const;

  struct Names {  // number in the key -> number in the world, and back
    std::array<Address, 4> address_at{0, 1, 2, 3};
    std::array<Address, 4> key_of_address{0, 1, 2, 3};
    std::array<ClientId, 4> client_at{0, 1, 2, 3};
    std::array<ClientId, 4> key_of_client{0, 1, 2, 3};
  };

 private:
  Packed pack(const World&, const Names&) const;
  Scope scope_;
  std::vector<Names> exchanges_;  // the first changes nothing
};

}  // namespace twinlease::model::explore
