// Any segmentation of a stream gives the same messages. The expectation is a splitter that has the whole
// stream at once; the framer gets it in pieces, each piece in octets of its own that end at an unreadable
// page.

#include "impl/wire/framer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>

#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/guarded.hpp"

namespace twinlease::wire {
namespace {

using testing::assemble;
using testing::Bytes;
using testing::bytes_of;
using testing::Guarded;

struct Framed {
  std::vector<Bytes> messages;
  std::optional<std::pair<Fault, std::size_t>> error;  // with the offset in the stream
  std::size_t unfinished = 0;                          // octets of a last message that is not whole
  friend bool operator==(const Framed&, const Framed&) = default;
};

Framed split_at_once(const Bytes& stream) {
  Framed out;
  std::size_t at = 0;
  while (stream.size() - at >= 2) {
    const std::size_t length = stream[at] * 256u + stream[at + 1];
    if (length < 12 || length > 2048) {
      out.error = {length < 12 ? Fault::length_below_minimum : Fault::length_above_maximum, at};
      return out;
    }
    if (stream.size() - at < length) break;
    const auto from = stream.begin() + static_cast<std::ptrdiff_t>(at);
    out.messages.emplace_back(from, from + static_cast<std::ptrdiff_t>(length));
    at += length;
  }
  out.unfinished = stream.size() - at;
  return out;
}

// Feeds one piece until the framer wants more or has failed; checks its invariants on the way.
void feed(Framer& framer, Octets piece, Framed& out) {
  const Guarded guarded(piece);
  Octets input = guarded.octets();
  while (const auto next = framer.next(input)) {
    EXPECT_LE(framer.pending(), message_length_max);
    if (const Error* error = std::get_if<Error>(&*next)) {
      EXPECT_EQ(error->level, Level::message);
      EXPECT_EQ(error->remedy, Remedy::close_connection);
      EXPECT_EQ(error->option, 0);
      if (!out.error) out.error = {error->fault, error->offset};
      EXPECT_EQ(*out.error, (std::pair{error->fault, error->offset})) << "the error changed";
      return;
    }
    EXPECT_FALSE(out.error) << "a message after an error";
    out.messages.push_back(bytes_of(std::get<Octets>(*next)));
  }
  EXPECT_TRUE(input.empty()) << "nothing more, but octets left";
  out.unfinished = framer.pending();
}

// cuts: ascending offsets where the stream is cut in two.
Framed frame(const Bytes& stream, const std::vector<std::size_t>& cuts) {
  Framer framer;
  Framed out;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : stream.size();
    feed(framer, Octets(stream).subspan(from, to - from), out);
    from = to;
  }
  if (out.error) {
    out.unfinished = 0;
  } else {
    EXPECT_EQ(framer.stream_offset(), stream.size());
  }
  return out;
}

Bytes contact(std::size_t length) {
  if (length == 12) return assemble({MessageType::contact, 12, 1, 2, {}, {}});
  return assemble({MessageType::contact, 12, 1, 2, {}, {{300, Bytes(length - 16, 0xcc)}}});
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// every way to cut it in up to four pieces, and octet by octet.
TEST(Framer, EveryCutOfAShortStream) {
  const Bytes stream = joined({contact(12), contact(17), contact(12), Bytes{0x00, 0x0c, 0x0b}});
  const Framed whole = split_at_once(stream);
  ASSERT_EQ(whole.messages.size(), 3u);
  ASSERT_EQ(whole.unfinished, 3u);
  std::vector<std::size_t> every;
  for (std::size_t a = 0; a <= stream.size(); ++a) {
    every.push_back(a);
    for (std::size_t b = a; b <= stream.size(); ++b)
      for (std::size_t c = b; c <= stream.size(); ++c)
        ASSERT_EQ(frame(stream, {a, b, c}), whole) << a << b << c;
  }
  EXPECT_EQ(frame(stream, every), whole);
  EXPECT_EQ(frame(stream, {}), whole);
}

TEST(Framer, LongestMessageInOctetsAndInOne) {
  const Bytes stream = joined({contact(2048), contact(12), contact(2048)});
  std::vector<std::size_t> every;
  for (std::size_t at = 1; at < stream.size(); ++at) every.push_back(at);
  const Framed whole = split_at_once(stream);
  EXPECT_EQ(whole.messages.size(), 3u);
  EXPECT_EQ(frame(stream, {}), whole);
  EXPECT_EQ(frame(stream, every), whole);
}

TEST(Framer, MessageThatLiesWholeInTheInputIsNotCopied) {
  const Bytes stream = joined({contact(12), contact(20)});
  Framer framer;
  Octets input = stream;
  const auto first = framer.next(input);
  EXPECT_EQ(std::get<Octets>(*first).data(), stream.data());
  const auto second = framer.next(input);
  EXPECT_EQ(std::get<Octets>(*second).data(), stream.data() + 12);
  EXPECT_FALSE(framer.next(input));
  EXPECT_EQ(framer.stream_offset(), 32u);
}

// after good messages, with the offset of the bad one in the stream, in every cut.
TEST(Framer, LengthOutsideTheLimits) {
  for (std::size_t length : {0u, 1u, 2u, 11u, 2049u, 4096u, 65535u}) {
    Bytes bad(40, 0xff);
    bad[0] = static_cast<std::uint8_t>(length >> 8);
    bad[1] = static_cast<std::uint8_t>(length);
    const Bytes stream = joined({contact(12), contact(30), bad});
    const Fault fault = length < 12 ? Fault::length_below_minimum : Fault::length_above_maximum;
    const Framed expected{{contact(12), contact(30)}, {{fault, 42}}, 0};
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) EXPECT_EQ(frame(stream, {cut}), expected) << cut;
  }
}

TEST(Framer, AfterAnErrorItTakesNothingAndSaysItAgain) {
  Framer framer;
  const Bytes bad = {0, 0};
  Octets input = bad;
  EXPECT_TRUE(std::holds_alternative<Error>(*framer.next(input)));
  const Bytes good = contact(12);
  input = good;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(std::get<Error>(*framer.next(input)).fault, Fault::length_below_minimum);
    EXPECT_EQ(input.size(), 12u);
  }
}

// 6.1 allows a length whose octets never come: what is held stays below it.
TEST(Framer, HoldsNoMoreThanOneMessage) {
  Framer framer;
  Bytes octets(2047);
  octets[0] = 0x08;  // 2048
  Octets input = octets;
  EXPECT_FALSE(framer.next(input));
  EXPECT_EQ(framer.pending(), 2047u);
  const Bytes last = {0xaa};
  input = last;
  EXPECT_TRUE(framer.next(input));
  EXPECT_EQ(framer.pending(), 0u);
}

std::vector<std::size_t> some_cuts(std::size_t size) {
  std::vector<std::size_t> cuts =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, size + 1));
  std::ranges::sort(cuts);
  return cuts;
}

RC_GTEST_PROP(FramerProperty, AnyCutOfValidMessages, ()) {
  Bytes stream;
  std::vector<Bytes> messages;
  for (int n = *rc::gen::inRange(1, 20); n > 0; --n) {
    messages.push_back(assemble(*testing::valid_message()));
    stream.insert(stream.end(), messages.back().begin(), messages.back().end());
  }
  const Framed framed = frame(stream, some_cuts(stream.size()));
  RC_ASSERT(framed.messages == messages);
  RC_ASSERT(!framed.error);
  RC_ASSERT(framed.unfinished == 0u);
}

RC_GTEST_PROP(FramerProperty, AnyCutOfDamagedStreams, ()) {
  Bytes stream = assemble(*testing::valid_message());
  const Bytes worse = *testing::damaged(assemble(*testing::valid_message()));
  stream.insert(stream.end(), worse.begin(), worse.end());
  const Bytes more = *testing::any_octets(0, 60);
  stream.insert(stream.end(), more.begin(), more.end());
  RC_ASSERT(frame(stream, some_cuts(stream.size())) == split_at_once(stream));
}

}  // namespace
}  // namespace twinlease::wire
