// Which server answers a client in NORMAL: RFC 3074's hash and the hash bucket assignment.
// (5.3, 9.8.2, 12.11)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace twinlease::model {

// Bit b of a hash bucket assignment is bit (b mod 8), least significant first, of octet (b div 8).
// A one bit: the secondary serves that bucket in NORMAL (FO-12.11-01).
using HashBucketAssignment = std::array<std::uint8_t, 32>;

// The bucket, 0 to 255, of a request id: the client-identifier's octets if the request has one, else the hlen
// octets of chaddr, without the hardware type (FO-9.8.2-03). An empty request id has bucket 0.
std::uint8_t hash_bucket(std::span<const std::uint8_t> request_id) noexcept;

// What is hashed. C7.
enum class RequestIdFrom : std::uint8_t {
  client_identifier,  // else chaddr: FO-9.8.2-03
  chaddr,             // always: the dialect
};
constexpr std::span<const std::uint8_t> request_id(
    RequestIdFrom from, std::span<const std::uint8_t> client_identifier,  // empty: the request has none
    std::span<const std::uint8_t> chaddr) noexcept {                      // hlen octets
  return from == RequestIdFrom::chaddr || client_identifier.empty() ? chaddr : client_identifier;
}

constexpr bool secondary_serves(const HashBucketAssignment& hba,
                                std::uint8_t bucket) noexcept {  // FO-12.11-01
  return (hba[bucket / 8] >> (bucket % 8) & 1) != 0;
}

inline constexpr int kHashBuckets = 256;

// How many buckets a share of the clients is, 0 to 100 percent. C8, FO-5.3-02.
constexpr int buckets_of(int percent) noexcept {
  return kHashBuckets * percent / 100;
}

// The assignment that leaves the first `primarys` buckets, 0 to 256, to the primary, and all others to the
// secondary. By share it is bucket_assignment(buckets_of(the primary's percentage)). C8
constexpr HashBucketAssignment bucket_assignment(int primarys) noexcept {
  HashBucketAssignment hba{};
  for (int bucket = primarys; bucket < kHashBuckets; ++bucket)
    hba[static_cast<std::size_t>(bucket / 8)] |= static_cast<std::uint8_t>(1u << (bucket % 8));
  return hba;
}

}  // namespace twinlease::model
