#include "fuzz/mutator/mutator.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "impl/wire/embedded_options.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/testing/dhcp4_sample.hpp"
#include "impl/wire/testing/generators.hpp"

namespace twinlease::fuzz {
namespace {

using wire::testing::assemble;
using wire::testing::Bytes;
using wire::testing::RawMessage;
constexpr std::array shapes = {Shape::failover_message, Shape::failover_stream, Shape::dhcp4_message,
                               Shape::embedded_options};

// In libFuzzer's place: one octet changed, or one more, which has to be within size_max.
std::size_t rough(std::uint8_t* data, std::size_t size, std::size_t size_max) {
  if (size < size_max) data[size++] = 0x5a;
  if (size != 0) data[size / 2] ^= 0x11;
  return size;
}

// A mutant of the octets in a buffer of size_max, with octets behind it that have to stay.
Bytes mutant(const Bytes& octets, std::size_t size_max, Shape shape, std::uint32_t seed) {
  constexpr std::size_t beyond = 64;
  Bytes buffer(size_max + beyond, 0xee);
  std::copy(octets.begin(), octets.end(), buffer.begin());
  const std::size_t size = mutate(std::span(buffer).first(size_max), octets.size(), shape, seed, rough);
  EXPECT_LE(size, size_max);
  EXPECT_EQ(std::count(buffer.end() - beyond, buffer.end(), 0xee), beyond) << "written beyond size_max";
  buffer.resize(size);
  return buffer;
}

RawMessage two_transactions() {
  return {
      wire::MessageType::bndupd,
      12,
      1,
      2,
      {},
      {{2, {10, 77, 1, 1}}, {3, {2}}, {13, {0, 0, 0, 9}}, {2, {10, 77, 1, 2}}, {3, {1}}, {6, {0, 0, 0, 1}}}};
}

RC_GTEST_PROP(Mutator, WritesNothingBeyondTheBufferWhateverTheOctets, ()) {
  const Bytes octets = *wire::testing::any_octets(0, 400);
  const std::size_t size_max = octets.size() + *rc::gen::inRange<std::size_t>(octets.empty() ? 1 : 0, 200);
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  for (Shape shape : shapes) mutant(octets, size_max, shape, seed);
}

RC_GTEST_PROP(Mutator, WritesNothingBeyondTheBufferOfAMessage, ()) {
  const Bytes octets = assemble(*wire::testing::valid_message());
  const std::size_t size_max = octets.size() + *rc::gen::inRange<std::size_t>(0, 100);
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  for (Shape shape : shapes) {
    const Bytes one = mutant(octets, size_max, shape, seed);
    RC_ASSERT(one == mutant(octets, size_max, shape, seed));  // the seed says it all
  }
}

RC_GTEST_PROP(CrossOver, WritesNothingBeyondTheBuffer, ()) {
  const Bytes one = assemble(*wire::testing::valid_message());
  const Bytes other = *rc::gen::oneOf(rc::gen::just(one), wire::testing::any_octets(0, 300));
  const auto size_max = *rc::gen::inRange<std::size_t>(0, 600);
  for (Shape shape : shapes) {
    Bytes buffer(size_max + 64, 0xee);
    const std::size_t size = cross_over(one, other, std::span(buffer).first(size_max), shape, 7);
    RC_ASSERT(size <= size_max);
    RC_ASSERT(std::count(buffer.end() - 64, buffer.end(), 0xee) == 64);
  }
}

TEST(Mutator, MostMutantsOfAMessageAreDecodedAndDiffer) {
  const Bytes octets = assemble(two_transactions());
  std::set<Bytes> different;
  int decoded = 0;
  constexpr int runs = 4000;
  for (int seed = 0; seed < runs; ++seed) {
    const Bytes one = mutant(octets, 2048, Shape::failover_message, static_cast<std::uint32_t>(seed));
    decoded += std::holds_alternative<wire::Message>(wire::decode(one));
    different.insert(one);
  }
  EXPECT_GT(decoded, runs * 3 / 4);
  EXPECT_LT(decoded, runs) << "a wrong length is never sent";
  EXPECT_GT(different.size(), runs / 4u);
}

TEST(Mutator, ReachesWhatMatters) {
  const Bytes octets = assemble(two_transactions());
  std::set<std::uint16_t> codes;
  std::set<int> types, offsets, transactions;
  for (std::uint32_t seed = 0; seed < 20000; ++seed) {
    const Bytes one = mutant(octets, 2048, Shape::failover_message, seed);
    const auto decoded = wire::decode(one);
    const auto* message = std::get_if<wire::Message>(&decoded);
    if (message == nullptr) continue;
    types.insert(static_cast<int>(message->type()));
    offsets.insert(message->header().payload_offset);
    for (const wire::OptionSpan& option : message->options()) codes.insert(option.code);
    const auto all = message->transactions();
    transactions.insert(static_cast<int>(std::distance(all.begin(), all.end())));
  }
  EXPECT_EQ(types.size(), 12u);
  EXPECT_TRUE(offsets.contains(8) && offsets.contains(13));
  for (const wire::OptionSpec& s : wire::all_options()) EXPECT_TRUE(codes.contains(s.code)) << s.name;
  EXPECT_TRUE(transactions.contains(1) && transactions.contains(2) && transactions.contains(3));
  EXPECT_GT(*transactions.rbegin(), 10);
}

TEST(Mutator, MostDatagramsKeepTheirOptions) {
  const Bytes octets = wire::testing::discover();
  std::set<int> codes;
  int with_options = 0;
  constexpr int runs = 4000;
  for (int seed = 0; seed < runs; ++seed) {
    const Bytes one = mutant(octets, 1472, Shape::dhcp4_message, static_cast<std::uint32_t>(seed));
    const auto decoded = wire::dhcp4::decode(one);
    const auto* message = std::get_if<wire::dhcp4::Message>(&decoded);
    if (message == nullptr) continue;
    with_options += !message->options().empty();
    for (const wire::dhcp4::OptionSpan& option : message->options())
      codes.insert(static_cast<int>(option.code));
  }
  EXPECT_GT(with_options, runs * 3 / 4);
  EXPECT_GT(codes.size(), wire::dhcp4::all_options().size() * 3 / 4);
}

TEST(CrossOver, TakesWholeOptionsOfBoth) {
  const Bytes one = assemble(two_transactions());
  const Bytes other =
      assemble({wire::MessageType::connect, 12, 3, 4, {}, {{22, {'f', 'o'}}, {15, {0, 0, 0, 60}}}});
  std::set<std::uint16_t> codes;
  int decoded = 0;
  constexpr int runs = 500;
  for (std::uint32_t seed = 0; seed < runs; ++seed) {
    Bytes out(2048);
    out.resize(cross_over(one, other, out, Shape::failover_message, seed));
    const auto message = wire::decode(out);
    if (std::holds_alternative<wire::Error>(message)) continue;
    ++decoded;
    EXPECT_FALSE(std::get<wire::Message>(message).tail_error());
    for (const wire::OptionSpan& option : std::get<wire::Message>(message).options())
      codes.insert(option.code);
  }
  EXPECT_GT(decoded, runs * 3 / 4);
  EXPECT_EQ(codes, (std::set<std::uint16_t>{2, 3, 6, 13, 15, 22}));
}

TEST(Pieces, AreTheOctets) {
  const Bytes message = assemble(two_transactions());
  Pieces pieces;
  split_options(message, Shape::failover_message, pieces);
  EXPECT_EQ(pieces.count, 6u);
  EXPECT_TRUE(pieces.tail.empty());
  split_transactions(message, pieces);
  ASSERT_EQ(pieces.count, 2u);
  EXPECT_EQ(pieces.head.size(), 12u);
  EXPECT_EQ(pieces.list[0].size() + pieces.list[1].size() + 12, message.size());
  Bytes stream = message;
  stream.insert(stream.end(), message.begin(), message.end() - 1);
  split_messages(stream, pieces);
  EXPECT_EQ(pieces.count, 1u);
  EXPECT_EQ(pieces.tail.size(), message.size() - 1);
}

}  // namespace
}  // namespace twinlease::fuzz
