// framer: the octets of one direction of a connection (6.1), cut in any way. What is held:
//
//  1. The whole stream at once gives the messages, and the error with its offset, that the lengths in it
//     say.
//  2. The same stream, its beginning octet by octet, and in pieces of many sizes, gives the same messages
//     and the same error.
//  3. The framer never holds more than one message that is not whole, nor more than 2048 octets, and what it
//     holds is what the stream still lacks an end for.
//  4. After an error it takes no octets and says the same again.
//
// The cuts are drawn from the octets themselves, so that an input says all that a run does. A short piece is
// a copy at the end of an array of its own: under AddressSanitizer a read beyond it is seen.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <variant>

#include "fuzz/targets/target.hpp"
#include "impl/wire/framer.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
constexpr std::size_t singles_max =
    128;  // octets that come one by one; the rest of a long stream would be no news

// What comes next in the stream by the lengths in it: a message, an error, or neither: an end that is not
// whole.
class Expected {
 public:
  explicit Expected(Octets stream) : rest_(stream) {}

  std::size_t offset() const { return offset_; }
  std::size_t left() const { return rest_.size(); }
  std::optional<Fault> fault() const {
    if (rest_.size() < 2) return std::nullopt;
    if (load_u16(rest_) < message_length_min) return Fault::length_below_minimum;
    if (load_u16(rest_) > message_length_max) return Fault::length_above_maximum;
    return std::nullopt;
  }
  bool is_next(Octets message) {
    if (rest_.size() < 2 || fault() || load_u16(rest_) != message.size() || message.size() > rest_.size() ||
        std::memcmp(rest_.data(), message.data(), message.size()) != 0)
      return false;
    rest_ = rest_.subspan(message.size());
    offset_ += message.size();
    return true;
  }
  bool is_whole() const { return rest_.size() >= 2 && !fault() && load_u16(rest_) <= rest_.size(); }

 private:
  Octets rest_;
  std::size_t offset_ = 0;
};

std::string_view check_error(Framer& framer, const Error& error, const Expected& expected, Octets input) {
  if (error.level != Level::message || error.remedy != Remedy::close_connection || error.option != 0)
    return "1: an error of the stream closes the connection";
  if (expected.fault() != error.fault || expected.offset() != error.offset) return "1: another error";
  const std::size_t before = input.size();
  const auto again = framer.next(input);
  const Error* same = again ? std::get_if<Error>(&*again) : nullptr;
  if (same == nullptr || same->fault != error.fault || same->offset != error.offset)
    return "4: after an error, something else";
  return input.size() == before ? "" : "4: after an error it took octets";
}

// Gives the framer one piece. failed is set when it has said an error.
std::string_view feed(Framer& framer, Octets input, Expected& expected, bool& failed) {
  while (const auto next = framer.next(input)) {
    if (const Error* error = std::get_if<Error>(&*next)) {
      failed = true;
      return check_error(framer, *error, expected, input);
    }
    if (!expected.is_next(std::get<Octets>(*next))) return "1: another message";
    if (framer.pending() != 0) return "3: octets held after a whole message";
  }
  if (!input.empty()) return "1: octets left without a message or an error";
  return framer.pending() < message_length_max ? "" : "3: more than a message held";
}

// size_of(n): the octets of the n-th piece, at least 1.
template <class SizeOf>
std::string_view check_cut(Octets stream, SizeOf size_of) {
  Framer framer;
  Expected expected(stream);
  std::array<std::uint8_t, 64> room;
  bool failed = false;
  std::size_t at = 0;
  for (std::size_t n = 0; at < stream.size() && !failed; ++n) {
    Octets piece = stream.subspan(at, std::min(size_of(n), stream.size() - at));
    if (piece.size() <= room.size()) {
      std::copy(piece.begin(), piece.end(), room.end() - static_cast<std::ptrdiff_t>(piece.size()));
      piece = Octets(room).last(piece.size());
    }
    if (const std::string_view broken = feed(framer, piece, expected, failed); !broken.empty()) return broken;
    at += piece.size();
    if (!failed && framer.stream_offset() != at) return "3: offset in the stream";
    if (!failed && framer.pending() != at - expected.offset())
      return "3: octets held are not the unfinished message";
  }
  if (failed) return {};
  if (expected.fault() || expected.is_whole()) return "1: a message or an error was not told";
  return framer.pending() == expected.left() ? "" : "3: octets lost";
}

std::uint32_t mixed(Octets octets) {
  std::uint32_t hash = 2166136261u;
  for (std::uint8_t octet : octets.first(std::min<std::size_t>(octets.size(), 64)))
    hash = (hash ^ octet) * 16777619u;
  return hash ^ static_cast<std::uint32_t>(octets.size());
}

std::string_view check(Octets stream) {
  if (const auto broken = check_cut(stream, [&](std::size_t) { return stream.size(); }); !broken.empty())
    return broken;
  const auto single = [](std::size_t n) { return n < singles_max ? std::size_t{1} : 61 + n % 61; };
  if (!check_cut(stream, single).empty()) return "2: octet by octet";
  std::uint32_t state = mixed(stream);
  const unsigned longest = 2 + state % 61;
  const auto some = [&](std::size_t) {
    state = state * 1664525u + 1013904223u;
    return std::size_t{1} + (state >> 16) % longest;
  };
  return check_cut(stream, some).empty() ? "" : "2: in pieces";
}

}  // namespace

constinit const Target framer = {"framer", Shape::failover_stream, check};

}  // namespace twinlease::fuzz
