// Which server answers a client in NORMAL: RFC 3074's hash and the hash bucket assignment.
// (5.3, 9.8.2, 12.11)
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace twinlease::model {

// Bit b of a hash bucket assignment is bit (b mod 8), least significant first, of octet (b div 8).
// A one bit: the secondary serves that bucket in NORMAL (FO-12.11-01).
using HashBucketAssignment = std::array<std::uint8_t, 32>;

// The bucket, 0 to 255, of a request id: the client-identifier's octets if the request has one, else the hlen
// octets of chaddr, without the hardware type (FO-9.8.2-03). An empty request id has bucket 0.
std::uint8_t hash_bucket(std::span<const std::uint8_t> request_id) noexcept;

constexpr bool secondary_serves(const HashBucketAssignment& hba,
                                std::uint8_t bucket) noexcept {  // FO-12.11-01
  return (hba[bucket / 8] >> (bucket % 8) & 1) != 0;
}

}  // namespace twinlease::model
