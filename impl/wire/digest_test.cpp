// The message digest (11.1, 12.17) in every scheme of A-02, for both types.
//
// Known answers of RFC 2202 and RFC 4231 are HMACs of texts that are no failover messages, so they cannot go
// through sign() themselves: they prove a second HMAC, written here from RFC 2104, which then has to agree
// with sign() on every message. Whole messages follow, whose digests were computed by Python's hmac and
// hashlib.

#include "impl/wire/digest.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/guarded.hpp"

namespace twinlease::wire {
namespace {

using testing::assemble;
using testing::Bytes;
using testing::bytes_of;
using testing::hex_of;
using testing::octets_of;

constexpr DigestScheme schemes[] = {DigestScheme::first_hmac_zeroed, DigestScheme::first_hmac_prior,
                                    DigestScheme::first_concat_zeroed, DigestScheme::trailing_hmac};
constexpr DigestType types[] = {DigestType::hmac_md5, DigestType::hmac_sha256};

Bytes hash(DigestType type, const Bytes& data) {
  Bytes out(digest_octets(type));
  std::size_t size = 0;
  const char* algorithm = type == DigestType::hmac_md5 ? "MD5" : "SHA256";
  if (EVP_Q_digest(nullptr, algorithm, nullptr, data.data(), data.size(), out.data(), &size) != 1)
    throw std::runtime_error("no digest algorithm");
  return out;
}

// RFC 2104 section 2: H(K xor opad, H(K xor ipad, text)), block size 64.
Bytes hmac(DigestType type, Bytes key, const Bytes& text) {
  if (key.size() > 64) key = hash(type, key);
  key.resize(64);
  Bytes inner, outer;
  for (std::uint8_t octet : key) {
    inner.push_back(octet ^ 0x36);
    outer.push_back(octet ^ 0x5c);
  }
  inner.insert(inner.end(), text.begin(), text.end());
  const Bytes inside = hash(type, inner);
  outer.insert(outer.end(), inside.begin(), inside.end());
  return hash(type, outer);
}

Bytes counting(std::uint8_t last) {
  Bytes out;
  for (std::uint8_t n = 1; n <= last; ++n) out.push_back(n);
  return out;
}

TEST(Hmac, Rfc2202) {
  const auto md5 = [](const Bytes& key, const Bytes& data) {
    return hex_of(hmac(DigestType::hmac_md5, key, data));
  };
  const Bytes aa80(80, 0xaa);
  EXPECT_EQ(md5(Bytes(16, 0x0b), bytes_of("Hi There")),
            hex_of(octets_of("9294727a3638bb1c13f48ef8158bfc9d")));
  EXPECT_EQ(md5(bytes_of("Jefe"), bytes_of("what do ya want for nothing?")),
            hex_of(octets_of("750c783e6ab0b503eaa86e310a5db738")));
  EXPECT_EQ(md5(Bytes(16, 0xaa), Bytes(50, 0xdd)), hex_of(octets_of("56be34521d144c88dbb8c733f0e8b3f6")));
  EXPECT_EQ(md5(counting(25), Bytes(50, 0xcd)), hex_of(octets_of("697eaf0aca3a3aea3a75164746ffaa79")));
  EXPECT_EQ(md5(Bytes(16, 0x0c), bytes_of("Test With Truncation")),
            hex_of(octets_of("56461ef2342edc00f9bab995690efd4c")));
  EXPECT_EQ(md5(aa80, bytes_of("Test Using Larger Than Block-Size Key - Hash Key First")),
            hex_of(octets_of("6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd")));
  EXPECT_EQ(md5(aa80, bytes_of("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data")),
            hex_of(octets_of("6f630fad67cda0ee1fb1f562db3aa53e")));
}

TEST(Hmac, Rfc4231) {
  const auto sha = [](const Bytes& key, const Bytes& data) {
    return hex_of(hmac(DigestType::hmac_sha256, key, data));
  };
  const Bytes aa131(131, 0xaa);
  EXPECT_EQ(sha(Bytes(20, 0x0b), bytes_of("Hi There")),
            hex_of(octets_of("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")));
  EXPECT_EQ(sha(bytes_of("Jefe"), bytes_of("what do ya want for nothing?")),
            hex_of(octets_of("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")));
  EXPECT_EQ(sha(Bytes(20, 0xaa), Bytes(50, 0xdd)),
            hex_of(octets_of("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")));
  EXPECT_EQ(sha(counting(25), Bytes(50, 0xcd)),
            hex_of(octets_of("82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")));
  EXPECT_EQ(sha(aa131, bytes_of("Test Using Larger Than Block-Size Key - Hash Key First")),
            hex_of(octets_of("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")));
  EXPECT_EQ(
      sha(aa131,
          bytes_of("This is a test using a larger than block-size key and a larger than block-size data. "
                   "The key needs to be hashed before being used by the HMAC algorithm.")),
      hex_of(octets_of("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")));
}

// A message with room for the digest where the scheme wants it, and where its octets begin.
struct Signable {
  Bytes octets;
  std::size_t digest_at;
};

Signable signable(testing::RawMessage message, DigestType type, DigestScheme scheme) {
  testing::RawOption option{17, Bytes(1 + digest_octets(type))};
  option.value[0] = static_cast<std::uint8_t>(type);
  const bool last = scheme == DigestScheme::trailing_hmac;
  message.options.insert(last ? message.options.end() : message.options.begin(), option);
  const Bytes octets = assemble(message);
  return {octets, last ? octets.size() - digest_octets(type) : 12 + message.extra_header.size() + 5};
}

testing::RawMessage state_normal() {
  return {MessageType::state, 12, 0x6a0219f3, 7, {}, {{24, {2}}}};
}

DigestResult verified(const Bytes& octets, std::string_view secret, DigestType type, DigestScheme scheme) {
  const testing::Guarded guarded(octets);
  const auto decoded = decode(guarded.octets());
  if (std::holds_alternative<Error>(decoded)) return DigestResult::mismatch;
  return verify(std::get<Message>(decoded), as_octets(secret), type, scheme);
}

// STATE, server-state NORMAL, secret "fo-secret". In Python, with m the message as the scheme covers it:
// hmac.new(b"fo-secret", m, "md5" or "sha256").hexdigest(); concat: hashlib.md5(m +
// b"fo-secret").hexdigest().
TEST(Digest, KnownMessages) {
  struct Known {
    DigestType type;
    DigestScheme scheme;
    std::string_view digest;
  };
  const Known known[] = {
      {types[0], schemes[0], "4ce2546801acb9eadd910c1dedc1d41a"},
      {types[0], schemes[1], "bd1d7f3d91447a9b51ec23751ef29448"},
      {types[0], schemes[2], "111d5668e5bf9ca475fcc0313ce127e6"},
      {types[0], schemes[3], "a8a026c9f2f2e9874f3f68e050786d3e"},
      {types[1], schemes[0], "04e0083a540a44f23a1a79b9833afede168b335b716c96515b9778dc8189561c"},
      {types[1], schemes[1], "6cf5d372c6172e21eb5ef80b39993b5d08c6ddd5f08ffc5c456e094166cdfc03"},
      {types[1], schemes[2], "887d1ccc0bde5fd3a39a7485004bc2bd55d1900a9bd09ab773edb6cf24a281a4"},
      {types[1], schemes[3], "51baf1b1b4904feb98441e00b5d627be2cee37c57ac60c3315e68d418c839013"},
  };
  for (const auto& [type, scheme, digest] : known) {
    auto [octets, at] = signable(state_normal(), type, scheme);
    ASSERT_TRUE(sign(octets, as_octets("fo-secret"), type, scheme));
    EXPECT_EQ(hex_of(Octets(octets).subspan(at, digest_octets(type))), hex_of(octets_of(digest)));
    EXPECT_EQ(verified(octets, "fo-secret", type, scheme), DigestResult::good);
    EXPECT_EQ(verified(octets, "fo-secreT", type, scheme), DigestResult::mismatch);
  }
}

// The whole of the first one: what 11.1 and 12.17 put on the wire.
TEST(Digest, OnTheWire) {
  auto [octets, at] = signable(state_normal(), DigestType::hmac_md5, DigestScheme::first_hmac_zeroed);
  ASSERT_TRUE(sign(octets, as_octets("fo-secret"), DigestType::hmac_md5, DigestScheme::first_hmac_zeroed));
  EXPECT_EQ(hex_of(octets), hex_of(octets_of(R"(
    00 26 0a 0c 6a 02 19 f3 00 00 00 07   # STATE of 38 octets
    00 11 00 11                           # message-digest is the first option, length 1 + 16
    01                                    # type: HMAC-MD5
    4c e2 54 68 01 ac b9 ea dd 91 0c 1d ed c1 d4 1a
    00 18 00 01 02                        # server-state NORMAL
  )")));
}

Bytes covered(const Bytes& octets, std::size_t at, DigestType type, DigestScheme scheme) {
  Bytes out = octets;
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = begin + static_cast<std::ptrdiff_t>(digest_octets(type));
  std::fill(begin, end, std::uint8_t{0});
  if (scheme == DigestScheme::first_hmac_prior) {
    out.erase(begin - 5, end);
    out[0] = static_cast<std::uint8_t>(out.size() >> 8);
    out[1] = static_cast<std::uint8_t>(out.size());
  }
  return out;
}

RC_GTEST_PROP(DigestProperty, SignsAsRfc2104Says, ()) {
  testing::RawMessage raw = *testing::valid_message();
  std::erase_if(raw.options,
                [](const auto& option) { return option.code == 17 || option.value.size() > 1000; });
  const Bytes secret = *testing::any_octets(0, 100);
  for (DigestType type : types)
    for (DigestScheme scheme : schemes) {
      auto [octets, at] = signable(raw, type, scheme);
      RC_ASSERT(sign(octets, secret, type, scheme));
      Bytes text = covered(octets, at, type, scheme);
      if (scheme == DigestScheme::first_concat_zeroed) text.insert(text.end(), secret.begin(), secret.end());
      const Bytes expected =
          scheme == DigestScheme::first_concat_zeroed ? hash(type, text) : hmac(type, secret, text);
      RC_ASSERT(hex_of(Octets(octets).subspan(at, digest_octets(type))) == hex_of(expected));
      RC_ASSERT(verified(octets, as_text(secret), type, scheme) == DigestResult::good);
      for (DigestScheme other : schemes)
        if (other != scheme && !raw.options.empty())  // an only option is first and last
          RC_ASSERT(verified(octets, as_text(secret), type, other) != DigestResult::good);
    }
}

// R-94: in the header, in the option, in the digest, in another option.
TEST(Digest, EveryFlippedBitFails) {
  for (DigestType type : types)
    for (DigestScheme scheme : schemes) {
      auto [octets, at] = signable(state_normal(), type, scheme);
      ASSERT_TRUE(sign(octets, as_octets("s"), type, scheme));
      for (std::size_t bit = 0; bit < 8 * octets.size(); ++bit) {
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        const DigestResult result = verified(octets, "s", type, scheme);
        octets[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        EXPECT_NE(result, DigestResult::good) << "bit " << bit;
        if (bit / 8 == at - 1) {
          EXPECT_EQ(result, DigestResult::not_supported) << "type octet";
        }
        if (bit / 8 >= at && bit / 8 < at + digest_octets(type)) {
          EXPECT_EQ(result, DigestResult::mismatch);
        }
      }
      EXPECT_EQ(verified(octets, "s", type, scheme), DigestResult::good);
    }
}

// R-96, R-98, R-99; sign() refuses the same messages.
TEST(Digest, MissingMisplacedAndWrong) {
  const DigestType md5 = DigestType::hmac_md5;
  const DigestScheme first = DigestScheme::first_hmac_zeroed, last = DigestScheme::trailing_hmac;
  const auto result = [&](std::vector<testing::RawOption> options, DigestScheme scheme) {
    Bytes octets = assemble({MessageType::state, 12, 0, 0, {}, std::move(options)});
    EXPECT_FALSE(sign(octets, as_octets("s"), md5, scheme));
    return verified(octets, "s", md5, scheme);
  };
  Bytes room(17);
  room[0] = 1;
  const auto with_type = [&](std::uint8_t type) {
    Bytes out = room;
    out[0] = type;
    return out;
  };
  EXPECT_EQ(result({}, first), DigestResult::missing);
  EXPECT_EQ(result({{24, {2}}}, first), DigestResult::missing);
  EXPECT_EQ(result({{24, {2}}, {17, room}}, first), DigestResult::misplaced);
  EXPECT_EQ(result({{17, room}, {24, {2}}}, last), DigestResult::misplaced);
  EXPECT_EQ(result({{17, room}, {17, room}}, last), DigestResult::misplaced);
  for (std::uint8_t type : Bytes{0, 2, 3, 255})
    EXPECT_EQ(result({{17, with_type(type)}}, first), DigestResult::not_supported);
  for (std::size_t length : {0u, 1u, 16u, 18u, 33u})
    EXPECT_EQ(result({{17, Bytes(length, 1)}}, first), DigestResult::not_supported) << length;
}

// First means first option, also behind extra header octets and with payload offset 8.
TEST(Digest, FirstBehindAnyHeader) {
  for (std::uint8_t offset : Bytes{8, 12, 20}) {
    testing::RawMessage raw = state_normal();
    raw.payload_offset = offset;
    raw.extra_header.resize(offset == 20 ? 8 : 0);
    for (DigestScheme scheme : schemes) {
      auto [octets, at] = signable(raw, DigestType::hmac_md5, scheme);
      EXPECT_TRUE(sign(octets, as_octets("s"), DigestType::hmac_md5, scheme));
      EXPECT_EQ(verified(octets, "s", DigestType::hmac_md5, scheme), DigestResult::good) << int{offset};
    }
  }
}

TEST(Digest, SignsOnlyMessages) {
  Bytes octets = signable(state_normal(), DigestType::hmac_md5, DigestScheme::first_hmac_zeroed).octets;
  octets.pop_back();
  const Bytes before = octets;
  EXPECT_FALSE(sign(octets, as_octets("s"), DigestType::hmac_md5, DigestScheme::first_hmac_zeroed));
  EXPECT_FALSE(sign(octets, as_octets("s"), DigestType{9}, DigestScheme::first_hmac_zeroed));
  EXPECT_EQ(octets, before);
}

TEST(Digest, Names) {
  EXPECT_EQ(digest_octets(DigestType::hmac_md5), 16u);
  EXPECT_EQ(digest_octets(DigestType::hmac_sha256), 32u);
  EXPECT_EQ(digest_octets(DigestType{0}), 0u);
  EXPECT_EQ(name(DigestResult::good), "good");
  EXPECT_EQ(name(DigestResult::mismatch), "mismatch");
  EXPECT_EQ(name(DigestResult{99}), "");
}

}  // namespace
}  // namespace twinlease::wire
