#include "impl/wire/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

namespace twinlease::wire {

namespace {

constexpr std::size_t type_octets = 1;
using Digest = std::array<std::uint8_t, 32>;

const EVP_MD* algorithm(DigestType type) noexcept {
  switch (type) {
    case DigestType::hmac_md5: return EVP_md5();
    case DigestType::hmac_sha256: return EVP_sha256();
  }
  return nullptr;
}

// The octets that the digest covers, ending where the digest option begins or with the zeroed option.
struct Covered {
  std::array<std::uint8_t, message_length_max> octets;
  std::size_t size = 0;
};

Covered covered_by(Octets message, const OptionSpan& option, std::size_t digest_size,
                   DigestScheme scheme) noexcept {
  Covered c;
  std::copy(message.begin(), message.end(), c.octets.begin());
  c.size = message.size();
  const std::size_t digest_at = option.offset + option_header_octets + type_octets;
  if (scheme == DigestScheme::first_hmac_prior) {  // as if the option had not been put in yet: length as well
    const std::size_t option_size = option_header_octets + option.value.size();
    std::copy(message.begin() + static_cast<std::ptrdiff_t>(option.offset + option_size), message.end(),
              c.octets.begin() + static_cast<std::ptrdiff_t>(option.offset));
    c.size -= option_size;
    c.octets[0] = static_cast<std::uint8_t>(c.size >> 8);
    c.octets[1] = static_cast<std::uint8_t>(c.size);
  } else {
    std::fill_n(c.octets.begin() + static_cast<std::ptrdiff_t>(digest_at), digest_size, std::uint8_t{0});
  }
  return c;
}

bool compute(const Covered& covered, Octets secret, DigestType type, DigestScheme scheme,
             Digest& out) noexcept {
  unsigned size = 0;
  if (scheme != DigestScheme::first_concat_zeroed)
    return HMAC(algorithm(type), secret.data(), static_cast<int>(secret.size()), covered.octets.data(),
                covered.size, out.data(), &size) != nullptr;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool done = context != nullptr && EVP_DigestInit_ex(context, algorithm(type), nullptr) == 1 &&
                    EVP_DigestUpdate(context, covered.octets.data(), covered.size) == 1 &&
                    EVP_DigestUpdate(context, secret.data(), secret.size()) == 1 &&
                    EVP_DigestFinal_ex(context, out.data(), &size) == 1;
  EVP_MD_CTX_free(context);
  return done;
}

bool in_place(const Message& message, const OptionSpan& option, DigestScheme scheme) noexcept {
  if (scheme == DigestScheme::trailing_hmac)
    return option.offset + option_header_octets + option.value.size() == message.octets().size();
  return option.offset == options_begin(message.header());
}

}  // namespace

std::size_t digest_octets(DigestType type) noexcept {
  switch (type) {
    case DigestType::hmac_md5: return 16;
    case DigestType::hmac_sha256: return 32;
  }
  return 0;
}

std::string_view name(DigestResult result) noexcept {
  switch (result) {
    case DigestResult::good: return "good";
    case DigestResult::missing: return "missing";
    case DigestResult::not_supported: return "not-supported";
    case DigestResult::misplaced: return "misplaced";
    case DigestResult::mismatch: return "mismatch";
    case DigestResult::unavailable: return "unavailable";
  }
  return {};
}

DigestResult verify(const Message& message, Octets secret, DigestType type, DigestScheme scheme) noexcept {
  const std::optional<OptionSpan> option = message.options().find(OptionCode::message_digest);
  if (!option) return DigestResult::missing;
  const std::size_t size = digest_octets(type);
  if (size == 0 || option->value.size() != type_octets + size ||
      option->value[0] != static_cast<std::uint8_t>(type))
    return DigestResult::not_supported;
  if (!in_place(message, *option, scheme)) return DigestResult::misplaced;
  Digest expected{};
  if (!compute(covered_by(message.octets(), *option, size, scheme), secret, type, scheme, expected))
    return DigestResult::unavailable;
  const bool same = CRYPTO_memcmp(expected.data(), option->value.data() + type_octets, size) == 0;
  return same ? DigestResult::good : DigestResult::mismatch;
}

bool sign(std::span<std::uint8_t> octets, Octets secret, DigestType type, DigestScheme scheme) noexcept {
  const std::variant<Message, Error> decoded = decode(octets);
  const Message* message = std::get_if<Message>(&decoded);
  if (message == nullptr) return false;
  const std::optional<OptionSpan> option = message->options().find(OptionCode::message_digest);
  const std::size_t size = digest_octets(type);
  if (!option || size == 0 || option->value.size() != type_octets + size ||
      !in_place(*message, *option, scheme) || option->value[0] != static_cast<std::uint8_t>(type))
    return false;
  Digest digest{};
  if (!compute(covered_by(octets, *option, size, scheme), secret, type, scheme, digest)) return false;
  std::copy_n(
      digest.begin(), size,
      octets.begin() + static_cast<std::ptrdiff_t>(option->offset + option_header_octets + type_octets));
  return true;
}

}  // namespace twinlease::wire
