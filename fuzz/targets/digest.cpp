// digest: a message and its message-digest (11.1, 12.17, A-02), with every type and scheme. What is held:
//
//  1. verify() says good only where the digest is the one that a second computation gives, for that very
//     type and scheme, and the option stands where the scheme wants it.
//  2. sign() does what verify() can check: it refuses where verify() finds no digest in place, and then
//     writes nothing; else it writes the digest octets alone, and verify() says good.
//  3. A signed message is not good under another secret, nor with any bit of it changed.
//  4. It is not good under another type; under another scheme only where both cover the same octets, which
//     is when the digest is the only option and nothing follows it.
//
// Type and scheme of 2 to 4, and the bit that is changed, are chosen by xid and time of the message.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <variant>

#include "fuzz/targets/target.hpp"
#include "impl/wire/digest.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
using Buffer = std::array<std::uint8_t, message_length_max>;
constexpr std::array types = {DigestType::hmac_md5, DigestType::hmac_sha256};
constexpr std::array schemes = {DigestScheme::first_hmac_zeroed, DigestScheme::first_hmac_prior,
                                DigestScheme::first_concat_zeroed, DigestScheme::trailing_hmac};

// What is signed, put together from the octets before and after the digest.
Octets covered(Octets message, std::size_t option_at, std::size_t digest_size, DigestScheme scheme,
               Buffer& buffer) {
  OctetWriter out(buffer);
  const std::size_t digest_at = option_at + option_header_octets + 1;
  const bool prior = scheme == DigestScheme::first_hmac_prior;
  const std::size_t size = message.size() - (prior ? option_header_octets + 1 + digest_size : 0);
  out.u16(static_cast<std::uint16_t>(size));
  out.put(message.subspan(2, (prior ? option_at : digest_at) - 2));
  for (std::size_t i = 0; i < digest_size && !prior; ++i) out.u8(0);
  out.put(message.subspan(digest_at + digest_size));
  return Octets(buffer).first(out.size());
}

bool is_digest(Octets digest, Octets text, Octets secret, DigestType type, DigestScheme scheme) {
  const EVP_MD* algorithm = type == DigestType::hmac_md5 ? EVP_md5() : EVP_sha256();
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> expected{};
  unsigned size = 0;
  if (scheme == DigestScheme::first_concat_zeroed) {
    std::array<std::uint8_t, message_length_max + shared_secret.size()> both;
    const auto end = std::copy(text.begin(), text.end(), both.begin());
    std::copy(secret.begin(), secret.end(), end);
    if (EVP_Digest(both.data(), text.size() + secret.size(), expected.data(), &size, algorithm, nullptr) != 1)
      return false;
  } else if (HMAC(algorithm, secret.data(), static_cast<int>(secret.size()), text.data(), text.size(),
                  expected.data(), &size) == nullptr) {
    return false;
  }
  return std::ranges::equal(digest, Octets(expected).first(size));
}

bool is_authentic(const Message& message, Octets secret, DigestType type, DigestScheme scheme) {
  const std::optional<OptionSpan> option = message.options().find(OptionCode::message_digest);
  if (!option || option->value.size() != 1 + digest_octets(type) ||
      option->value[0] != static_cast<int>(type))
    return false;
  const bool first = option->offset == options_begin(message.header());
  const bool last = option->offset + option_header_octets + option->value.size() == message.octets().size();
  if (scheme == DigestScheme::trailing_hmac ? !last : !first) return false;
  Buffer buffer;
  return is_digest(option->value.subspan(1),
                   covered(message.octets(), option->offset, digest_octets(type), scheme, buffer), secret,
                   type, scheme);
}

DigestResult verified(Octets octets, Octets secret, DigestType type, DigestScheme scheme) {
  const auto decoded = decode(octets);
  const Message* message = std::get_if<Message>(&decoded);
  return message == nullptr ? DigestResult::missing : verify(*message, secret, type, scheme);
}

std::string_view check_signed(std::span<std::uint8_t> octets, Octets secret, DigestType type,
                              DigestScheme scheme, std::uint32_t bit) {
  std::array<std::uint8_t, shared_secret.size()> wrong;
  std::copy(secret.begin(), secret.end(), wrong.begin());
  wrong[bit % wrong.size()] ^= static_cast<std::uint8_t>(1u << bit % 8);
  if (verified(octets, wrong, type, scheme) == DigestResult::good) return "3: good under another secret";

  for (DigestType other : types)
    if (other != type && verified(octets, secret, other, scheme) == DigestResult::good)
      return "4: good under another type";
  const std::size_t alone = fixed_header_octets + option_header_octets + 1 + digest_octets(type);
  const bool only_option = octets.size() - alone == octets[3] - fixed_header_octets || octets.size() == alone;
  for (DigestScheme other : schemes)
    if (other != scheme && !only_option && verified(octets, secret, type, other) == DigestResult::good)
      return "4: good under another scheme";

  std::uint8_t& changed = octets[bit / 8 % octets.size()];
  changed ^= static_cast<std::uint8_t>(1u << bit % 8);
  const bool good = verified(octets, secret, type, scheme) == DigestResult::good;
  changed ^= static_cast<std::uint8_t>(1u << bit % 8);
  return good ? "3: good with a bit changed" : "";
}

std::string_view check_signing(const Message& message, Octets secret, DigestType type, DigestScheme scheme) {
  Buffer buffer;
  std::copy(message.octets().begin(), message.octets().end(), buffer.begin());
  const auto octets = std::span(buffer).first(message.octets().size());
  const DigestResult before = verify(message, secret, type, scheme);
  const bool in_place = before == DigestResult::good || before == DigestResult::mismatch;
  if (sign(octets, secret, type, scheme) != in_place) return "2: sign() and verify() differ about the place";
  if (!in_place) return std::ranges::equal(octets, message.octets()) ? "" : "2: refused, and octets written";
  if (verified(octets, secret, type, scheme) != DigestResult::good) return "2: signed and not good";
  const std::size_t digest_at =
      message.options().find(OptionCode::message_digest)->offset + option_header_octets + 1;
  const std::size_t end = digest_at + digest_octets(type);
  if (!std::ranges::equal(octets.first(digest_at), message.octets().first(digest_at)) ||
      !std::ranges::equal(octets.subspan(end), message.octets().subspan(end)))
    return "2: octets written beside the digest";
  const auto decoded = decode(octets);
  if (!is_authentic(std::get<Message>(decoded), secret, type, scheme)) return "1: signed otherwise";
  return check_signed(octets, secret, type, scheme, message.header().time_s ^ (message.xid() >> 3));
}

std::string_view check(Octets octets) {
  const auto decoded = decode(octets);
  const Message* message = std::get_if<Message>(&decoded);
  if (message == nullptr) return {};
  const Octets secret = as_octets(shared_secret);
  for (DigestType type : types)
    for (DigestScheme scheme : schemes)
      if (verify(*message, secret, type, scheme) == DigestResult::good &&
          !is_authentic(*message, secret, type, scheme))
        return "1: good, and not authentic";
  return check_signing(*message, secret, types[message->xid() % 2], schemes[message->xid() / 2 % 4]);
}

}  // namespace

constinit const Target digest = {"digest", Shape::failover_message, check};

}  // namespace twinlease::fuzz
