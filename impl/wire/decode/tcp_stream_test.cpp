#include "impl/wire/decode/tcp_stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::capture {
namespace {

using wire::as_octets;
using wire::testing::Bytes;
using wire::testing::bytes_of;

// Sends pieces of a text on a stream whose SYN had sequence number isn, and collects what comes out.
class Sender {
 public:
  explicit Sender(std::string text, std::uint32_t isn = 0xfffffff0) : text_(std::move(text)), isn_(isn) {}

  void syn() { add({.sequence = isn_, .syn = true}); }
  void piece(std::size_t first, std::size_t last) {
    const Octets octets = as_octets(text_).subspan(first, last - first);
    add({.sequence = at(first), .payload = octets, .payload_length = octets.size()});
  }
  void cut_piece(std::size_t first, std::size_t last, std::size_t captured) {
    add({.sequence = at(first),
         .payload = as_octets(text_).subspan(first, captured),
         .payload_length = last - first});
  }
  void fin() { add({.sequence = at(text_.size()), .fin = true}); }
  void rst() { add({.sequence = at(0), .rst = true}); }
  void add(const TcpSegment& segment) {
    for (Octets octets = stream.add(segment); !octets.empty(); octets = stream.next())
      received.append(wire::as_text(octets));
  }
  std::uint32_t at(std::size_t offset) const { return isn_ + 1 + static_cast<std::uint32_t>(offset); }

  TcpStream stream;
  std::string received;

 private:
  std::string text_;
  std::uint32_t isn_;
};

using Piece = std::pair<std::size_t, std::size_t>;

// The pieces of a text of that size, cut behind each octet whose bit is set (the bits repeat).
std::vector<Piece> cut(std::size_t size, unsigned cuts) {
  std::vector<Piece> pieces;
  std::size_t first = 0;
  for (std::size_t last = 1; last <= size; ++last) {
    if (last != size && (cuts >> (last - 1) % 32 & 1) == 0) continue;
    pieces.emplace_back(first, last);
    first = last;
  }
  return pieces;
}

TEST(TcpStream, EverySplitInOrder) {
  const std::string text = "abcdefghijk";
  for (unsigned cuts = 0; cuts < 1u << (text.size() - 1); ++cuts) {
    Sender s(text);
    s.syn();
    for (const auto& [first, last] : cut(text.size(), cuts)) s.piece(first, last);
    s.fin();
    ASSERT_EQ(s.received, text) << cuts;
    ASSERT_TRUE(s.stream.ended());
    ASSERT_FALSE(s.stream.octets_missing());
  }
}

TEST(TcpStream, EveryOrderOfEverySplit) {
  const std::string text = "abcdef";
  for (unsigned cuts = 0; cuts < 1u << (text.size() - 1); ++cuts) {
    std::vector<Piece> pieces = cut(text.size(), cuts);
    do {
      Sender s(text);
      s.syn();
      for (const auto& [first, last] : pieces) s.piece(first, last);
      ASSERT_EQ(s.received, text) << cuts;
      ASSERT_EQ(s.stream.not_yielded(), 0u);
    } while (std::next_permutation(pieces.begin(), pieces.end()));
  }
}

// Overlapping pieces in any order, some of them twice, any initial sequence number, FIN anywhere.
RC_GTEST_PROP(TcpStreamProp, AnyPiecesInAnyOrderGiveTheText, ()) {
  const auto text = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  const auto isn =
      *rc::gen::oneOf(rc::gen::arbitrary<std::uint32_t>(), rc::gen::inRange(0xffffffe0u, 0xffffffffu));
  std::vector<Piece> pieces = cut(text.size(), *rc::gen::arbitrary<unsigned>());
  for (int more = *rc::gen::inRange(0, 6); more > 0; --more) {
    const auto first = *rc::gen::inRange<std::size_t>(0, text.size());
    pieces.emplace_back(first, *rc::gen::inRange(first, text.size()) + 1);
  }
  for (std::size_t i = pieces.size(); i > 1; --i)
    std::swap(pieces[i - 1], pieces[*rc::gen::inRange<std::size_t>(0, i)]);
  const auto fin_before = *rc::gen::inRange<std::size_t>(0, pieces.size() + 1);

  Sender s(text, isn);
  s.syn();
  for (std::size_t i = 0; i <= pieces.size(); ++i) {
    if (i == fin_before) s.fin();
    if (i < pieces.size()) s.piece(pieces[i].first, pieces[i].second);
    RC_ASSERT(text.compare(0, s.received.size(), s.received) == 0);
    RC_ASSERT(s.stream.yielded() == s.received.size());
  }
  RC_ASSERT(s.received == text);
  RC_ASSERT(s.stream.ended());
  RC_ASSERT(!s.stream.octets_missing());
}

// Whatever is left out: what comes out is a beginning of the text, and the rest is accounted for.
RC_GTEST_PROP(TcpStreamProp, LostPiecesAreNoticed, ()) {
  const auto text = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  const std::vector<Piece> pieces = cut(text.size(), *rc::gen::arbitrary<unsigned>());
  const auto lost = *rc::gen::inRange<std::size_t>(0, pieces.size());
  Sender s(text, *rc::gen::arbitrary<std::uint32_t>());
  s.syn();
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (i != lost) s.piece(pieces[i].first, pieces[i].second);
  s.fin();
  RC_ASSERT(s.received == text.substr(0, pieces[lost].first));
  RC_ASSERT(s.stream.octets_missing());
  RC_ASSERT(!s.stream.ended());
  RC_ASSERT(s.stream.not_yielded() == text.size() - pieces[lost].second);
}

TEST(TcpStream, SequenceNumbersWrap) {
  const std::string text(100'000, 'x');
  for (const std::uint32_t isn : {0xffffffffu, 0xfffffffeu, 0xffff0000u}) {
    Sender s(text, isn);
    s.syn();
    for (std::size_t first = 0; first < text.size(); first += 1000) s.piece(first, first + 1000);
    EXPECT_EQ(s.received.size(), text.size());
  }
}

TEST(TcpStream, MoreThanFourGigabytes) {
  const std::string block(1 << 20, 'x');
  TcpStream stream;
  stream.add({.sequence = 7, .syn = true});
  std::uint32_t sequence = 8;
  for (int i = 0; i < 5000; ++i) {
    const Octets got =
        stream.add({.sequence = sequence, .payload = as_octets(block), .payload_length = block.size()});
    ASSERT_EQ(got.size(), block.size());
    sequence += static_cast<std::uint32_t>(block.size());
  }
  EXPECT_EQ(stream.yielded(), std::uint64_t{5000} << 20);
}

TEST(TcpStream, OctetsOnTheSyn) {
  Sender s("abc", 41);
  s.add({.sequence = 41, .syn = true, .payload = as_octets("abc"), .payload_length = 3});
  EXPECT_EQ(s.received, "abc");
}

TEST(TcpStream, WithoutSynItBeginsWithTheFirstOctets) {
  Sender s("abcdef");
  s.add({.sequence = s.at(1)});  // a keep-alive: no octets, one number too low
  s.piece(2, 4);
  s.piece(0, 2);  // taken for a retransmission
  s.piece(4, 6);
  EXPECT_EQ(s.received, "cdef");
  EXPECT_FALSE(s.stream.saw_syn());
  EXPECT_TRUE(s.stream.saw_octets());
}

TEST(TcpStream, KeepAliveOctetIsNotNew) {
  Sender s("abcdef");
  s.syn();
  s.piece(0, 3);
  s.piece(2, 3);
  s.piece(3, 6);
  EXPECT_EQ(s.received, "abcdef");
}

TEST(TcpStream, AnotherSynIsAnotherConnection) {
  Sender s("abc", 100);
  EXPECT_FALSE(s.stream.is_other_connection({.sequence = 7, .syn = true}));
  s.syn();
  EXPECT_FALSE(s.stream.is_other_connection({.sequence = 100, .syn = true}));
  EXPECT_TRUE(s.stream.is_other_connection({.sequence = 101, .syn = true}));
  EXPECT_FALSE(s.stream.is_other_connection({.sequence = 101}));
}

TEST(TcpStream, ResetEnds) {
  Sender s("abcdef");
  s.syn();
  s.piece(0, 2);
  s.rst();
  s.piece(2, 4);
  EXPECT_EQ(s.received, "ab");
  EXPECT_TRUE(s.stream.ended());
  EXPECT_FALSE(s.stream.octets_missing());
}

TEST(TcpStream, NothingAfterFin) {
  Sender s("abcdef");
  s.syn();
  s.add({.sequence = s.at(0), .fin = true, .payload = as_octets("abc"), .payload_length = 3});
  s.piece(3, 6);
  EXPECT_EQ(s.received, "abc");
  EXPECT_TRUE(s.stream.ended());
}

TEST(TcpStream, OctetsCutOffByTheCaptureAreMissing) {
  Sender s("abcdef");
  s.syn();
  s.cut_piece(0, 4, 2);
  EXPECT_EQ(s.received, "ab");
  EXPECT_TRUE(s.stream.octets_missing());
  s.piece(4, 6);
  EXPECT_EQ(s.received, "ab");
  s.piece(0, 4);  // sent again
  EXPECT_EQ(s.received, "abcdef");
  EXPECT_FALSE(s.stream.octets_missing());
}

TEST(TcpStream, BacklogIsBoundedInOctets) {
  const std::string text(TcpStream::backlog_octets_max + 100, 'x');
  Sender s(text);
  s.syn();
  s.piece(1, 1 + TcpStream::backlog_octets_max);
  EXPECT_FALSE(s.stream.broken());
  EXPECT_EQ(s.stream.not_yielded(), TcpStream::backlog_octets_max);
  s.piece(TcpStream::backlog_octets_max, 2 + TcpStream::backlog_octets_max);
  EXPECT_TRUE(s.stream.broken());
  EXPECT_EQ(s.stream.not_yielded(), 1 + TcpStream::backlog_octets_max);
  s.piece(0, 10);
  EXPECT_EQ(s.received, "");
  EXPECT_EQ(s.stream.not_yielded(), 11 + TcpStream::backlog_octets_max);
  EXPECT_FALSE(s.stream.ended());
  s.fin();
  EXPECT_TRUE(s.stream.ended());
}

TEST(TcpStream, BacklogIsBoundedInPieces) {
  const std::string text(3 * TcpStream::backlog_pieces_max, 'x');
  Sender s(text);
  s.syn();
  for (std::size_t i = 1; i <= TcpStream::backlog_pieces_max; ++i) s.piece(2 * i, 2 * i + 1);
  EXPECT_FALSE(s.stream.broken());
  s.piece(1, 2);
  EXPECT_TRUE(s.stream.broken());
}

}  // namespace
}  // namespace twinlease::capture
