// The message digest of 11.1 and 12.17, in the variants that the draft's wording allows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "impl/wire/dialect.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/octets.hpp"

namespace twinlease::wire {

// Octets of digest that a type has: 16 for HMAC-MD5, 32 for HMAC-SHA-256; 0 for a type that is not allowed.
std::size_t digest_octets(DigestType type) noexcept;

enum class DigestResult : std::uint8_t {
  good,
  missing,        // reject-reason 21
  not_supported,  // type or length is not the one configured: reject-reason 12
  misplaced,      // not where the scheme wants it: first, or last
  mismatch,       // reject-reason 20
  unavailable,    // the crypto library refused the algorithm; the message is not authentic
};
std::string_view name(DigestResult) noexcept;

// Signs a finished message in place. The message already has room for the digest: a message-digest option
// with the type octet set and the digest octets zero, first (or last: trailing_hmac). false: there is no such
// option in place, or the crypto library refused.
bool sign(std::span<std::uint8_t> message, Octets secret, DigestType type, DigestScheme scheme) noexcept;

// Compares in constant time.
DigestResult verify(const Message& message, Octets secret, DigestType type, DigestScheme scheme) noexcept;

}  // namespace twinlease::wire
