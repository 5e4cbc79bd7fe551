// 6.1 to 6.3: the header and its limits, options one behind the other, transactions of a batch. Then the
// properties: what holds for every valid message, and what holds for any octets at all. R-nn: rows of
// model/spec/reactions.csv.

#include "impl/wire/message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iterator>

#include "impl/wire/testing/exercise.hpp"
#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/guarded.hpp"

namespace twinlease::wire {
namespace {

using testing::assemble;
using testing::Bytes;
using testing::Guarded;
using testing::octets_of;
using testing::RawMessage;
using testing::RawOption;

static_assert(std::forward_iterator<OptionRange::iterator>);
static_assert(std::forward_iterator<TransactionRange::iterator>);

constexpr std::uint16_t address = 2, status = 3, digest = 17, unknown = 300;

// The fault of octets that decode() refuses, with where it is.
std::pair<Fault, std::size_t> fault_of(Octets octets) {
  const auto decoded = decode(octets);
  const Error* error = std::get_if<Error>(&decoded);
  if (error == nullptr) throw std::logic_error("the octets were accepted");
  return {error->fault, error->offset};
}

bool accepted(Octets octets) {
  return std::holds_alternative<Message>(decode(octets));
}

Bytes header(std::size_t length, std::uint8_t type, std::uint8_t payload_offset, std::size_t size) {
  Bytes out = {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length), type,
               payload_offset};
  out.resize(size);
  return out;
}

//
TEST(Header, LengthIsFrom12To2048AndThatOfTheOctets) {
  const Bytes twelve = header(12, 11, 12, 12);
  for (std::size_t size = 0; size < 12; ++size)
    EXPECT_EQ(fault_of(Guarded(Octets(twelve).first(size)).octets()),
              (std::pair{Fault::length_below_minimum, std::size_t{0}}));
  for (std::size_t length : {0u, 1u, 2u, 11u})
    EXPECT_EQ(fault_of(header(length, 11, 12, 12)).first, Fault::length_below_minimum) << length;
  for (std::size_t length : {2049u, 4096u, 65535u})
    EXPECT_EQ(fault_of(header(length, 11, 12, length)).first, Fault::length_above_maximum) << length;
  EXPECT_EQ(fault_of(header(13, 11, 12, 12)).first, Fault::length_disagrees);
  EXPECT_EQ(fault_of(header(12, 11, 12, 13)).first, Fault::length_disagrees);
  EXPECT_TRUE(accepted(header(12, 11, 12, 12)));
  EXPECT_TRUE(accepted(assemble({MessageType::contact, 12, 0, 0, {}, {{unknown, Bytes(2048 - 16)}}})));
}

// 128 is among the types that may be ignored.
TEST(Header, EveryTypeIsKnownOrFatalOrIgnorable) {
  for (unsigned type = 0; type <= 255; ++type) {
    const Bytes octets = header(12, static_cast<std::uint8_t>(type), 12, 12);
    const auto decoded = decode(octets);
    if (type >= 1 && type <= 12) {
      EXPECT_TRUE(std::holds_alternative<Message>(decoded)) << type;
      continue;
    }
    const Error& error = std::get<Error>(decoded);
    EXPECT_EQ(error.fault, type < 128 ? Fault::type_not_understood : Fault::type_ignorable) << type;
    EXPECT_EQ(error.remedy, type < 128 ? Remedy::close_connection : Remedy::ignore_message) << type;
    EXPECT_EQ(error.offset, 2u);
  }
}

// 8 means 12; otherwise the options begin where the field says, inside the message or at
// its end.
TEST(Header, PayloadOffset) {
  for (unsigned offset = 0; offset <= 255; ++offset) {
    const Bytes octets = header(40, 11, static_cast<std::uint8_t>(offset), 40);
    const bool good = offset == 8 || (offset >= 12 && offset <= 40);
    EXPECT_EQ(accepted(octets), good) << offset;
    if (!good) {
      EXPECT_EQ(fault_of(octets), (std::pair{Fault::payload_offset, std::size_t{3}})) << offset;
    }
  }
  EXPECT_EQ(fault_of(header(12, 11, 13, 12)).first, Fault::payload_offset);
}

TEST(Header, ExtraOctetsAreSkipped) {
  const Bytes octets = assemble({MessageType::poolresp, 15, 1, 2, {0, 1, 0}, {{1, {0, 0, 0, 9}}}});
  const auto decoded = decode(octets);
  const Message& message = std::get<Message>(decoded);
  EXPECT_EQ(testing::bytes_of(message.extra_header()), (Bytes{0, 1, 0}));
  EXPECT_EQ((*message.options().begin()).offset, 15u);
  EXPECT_EQ((*message.options().begin()).code, 1);
}

TEST(Options, FindGivesTheFirst) {
  const Bytes octets = assemble({MessageType::state, 12, 0, 0, {}, {{24, {2}}, {unknown, {}}, {24, {3}}}});
  const auto decoded = decode(octets);
  const OptionRange options = std::get<Message>(decoded).options();
  EXPECT_EQ(options.find(OptionCode::server_state)->value[0], 2);
  EXPECT_EQ(options.find(OptionCode::server_state)->offset, 12u);
  EXPECT_FALSE(options.find(OptionCode::server_flags));
  EXPECT_EQ(std::distance(options.begin(), options.end()), 3);
}

// in a BNDUPD it costs the transaction, elsewhere the connection.
TEST(Options, WhatFollowsTheLastWholeOption) {
  const Bytes whole = assemble({MessageType::state, 12, 0, 0, {}, {{24, {2}}}});
  struct Tail {
    std::string_view octets;
    Fault fault;
    std::uint16_t option;
  };
  const Tail tails[] = {
      {"00", Fault::stray_octets, 0},
      {"00 17", Fault::stray_octets, 0},
      {"00 17 00", Fault::stray_octets, 0},
      {"00 17 00 01", Fault::option_overruns, 23},
      {"00 17 00 02 01", Fault::option_overruns, 23},
      {"00 17 ff ff 01", Fault::option_overruns, 23},
  };
  for (const Tail& tail : tails)
    for (std::uint8_t type = 1; type <= 12; ++type) {
      Bytes octets = whole;
      const Bytes more = octets_of(tail.octets);
      octets.insert(octets.end(), more.begin(), more.end());
      octets[1] = static_cast<std::uint8_t>(octets.size());
      octets[2] = type;
      const Guarded guarded(octets);
      const auto decoded = decode(guarded.octets());
      const Message& message = std::get<Message>(decoded);
      const bool update = type == 3;
      ASSERT_TRUE(message.tail_error());
      EXPECT_EQ(message.tail_error()->fault, tail.fault);
      EXPECT_EQ(message.tail_error()->option, tail.option);
      EXPECT_EQ(message.tail_error()->offset, whole.size());
      EXPECT_EQ(message.tail_error()->level, update ? Level::option : Level::message);
      EXPECT_EQ(message.tail_error()->remedy, update ? Remedy::reject_transaction : Remedy::close_connection);
      EXPECT_EQ(testing::bytes_of(message.tail()), more);
      EXPECT_TRUE(message.options().find(OptionCode::server_state));
    }
}

// Codes of the leading options, then of each transaction: "300 | 2 3 | 2".
std::string split(const std::vector<RawOption>& options) {
  const Bytes octets = assemble({MessageType::bndupd, 12, 0, 0, {}, options});
  const auto decoded = decode(octets);
  const TransactionRange transactions = std::get<Message>(decoded).transactions();
  std::string out;
  const auto add = [&](const OptionRange& range) {
    for (const OptionSpan& option : range) out += (out.empty() ? "" : " ") + std::to_string(option.code);
  };
  add(transactions.leading());
  for (const OptionRange& transaction : transactions) {
    out += out.empty() ? "|" : " |";
    add(transaction);
  }
  return out;
}

// The schematic of 6.3; a trailing message-digest belongs to no transaction, wherever else it stands it is an
// option.
TEST(Transactions, AreDelimitedByAssignedIpAddress) {
  const RawOption a{address, Bytes(4)}, s{status, {1}}, u{unknown, {}}, d{digest, Bytes(17)};
  EXPECT_EQ(split({}), "");
  EXPECT_EQ(split({u, s}), "300 3");
  EXPECT_EQ(split({a}), "| 2");
  EXPECT_EQ(split({a, s, a, s}), "| 2 3 | 2 3");
  EXPECT_EQ(split({d, u, a, s, u, a, a, s}), "17 300 | 2 3 300 | 2 | 2 3");
  EXPECT_EQ(split({a, s, d}), "| 2 3");
  EXPECT_EQ(split({a, d}), "| 2");
  EXPECT_EQ(split({a, d, s}), "| 2 17 3");
  EXPECT_EQ(split({d}), "17");
  EXPECT_EQ(split({a, d, d}), "| 2 17");
  EXPECT_EQ(split({a, d, a, s}), "| 2 17 | 2 3");
}

// A wrong length does not hide the delimiter: the next transactions stay apart.
TEST(Transactions, AddressOfWrongLengthDelimitsToo) {
  EXPECT_EQ(split({{address, {}}, {status, {1}}, {address, Bytes(16)}, {status, {1}}}), "| 2 3 | 2 3");
}

RC_GTEST_PROP(MessageProperty, DecodeGivesBackWhatWasAssembled, ()) {
  const RawMessage raw = *testing::valid_message();
  const Guarded guarded(assemble(raw));
  const auto decoded = decode(guarded.octets());
  RC_ASSERT(std::holds_alternative<Message>(decoded));
  const Message& message = std::get<Message>(decoded);
  RC_ASSERT(message.header() == (Header{static_cast<std::uint16_t>(guarded.octets().size()), raw.type,
                                        raw.payload_offset, raw.time_s, raw.xid}));
  RC_ASSERT(testing::bytes_of(message.extra_header()) == raw.extra_header);
  RC_ASSERT(!message.tail_error());
  auto expected = raw.options.begin();
  for (const OptionSpan& option : message.options()) {
    RC_ASSERT(expected != raw.options.end());
    RC_ASSERT(option.code == expected->code);
    RC_ASSERT(testing::bytes_of(option.value) == expected->value);
    ++expected;
  }
  RC_ASSERT(expected == raw.options.end());
  RC_CLASSIFY(message.octets().size() == message_length_max, "2048 octets");
  RC_CLASSIFY(!raw.extra_header.empty(), "extra header octets");
}

RC_GTEST_PROP(MessageProperty, AnyOctetsAreReadWithoutHarm, ()) {
  const Bytes octets = *rc::gen::mapcat(rc::gen::arbitrary<bool>(), [](bool headed) {
    return rc::gen::map(testing::any_octets(0, 200), [headed](Bytes b) {
      if (headed && b.size() >= 12) {  // deep enough to be looked at
        b[0] = static_cast<std::uint8_t>(b.size() >> 8);
        b[1] = static_cast<std::uint8_t>(b.size());
        b[2] = static_cast<std::uint8_t>(1 + b[2] % 12);
        b[3] = 12;
      }
      return b;
    });
  });
  const Guarded guarded(octets);
  for (const Dialect* dialect : all_dialects())
    RC_ASSERT(testing::exercise(guarded.octets(), *dialect) == "");
}

RC_GTEST_PROP(MessageProperty, DamagedMessagesAreReadWithoutHarm, ()) {
  const Dialect& dialect = **testing::any_dialect();
  const Bytes whole = assemble(*testing::valid_message(dialect));
  const Guarded guarded(*testing::damaged(whole));
  RC_ASSERT(testing::exercise(guarded.octets(), dialect) == "");
}

// Every truncation, as it is and with message length made to fit; every octet changed in every bit and to 0
// and 255.
RC_GTEST_PROP(MessageProperty, EveryTruncationAndEveryChangedOctet, ()) {
  const Dialect& dialect = **testing::any_dialect();
  const Bytes whole = assemble(*testing::valid_message(dialect));
  RC_PRE(whole.size() <= 500);
  RC_ASSERT(testing::exercise(whole, dialect) == "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Guarded cut(Octets(whole).first(size));
    RC_ASSERT(testing::exercise(cut.octets(), dialect) == "");
    RC_ASSERT(!accepted(cut.octets()));
    if (size < 12) continue;
    cut.writable()[0] = static_cast<std::uint8_t>(size >> 8);
    cut.writable()[1] = static_cast<std::uint8_t>(size);
    RC_ASSERT(testing::exercise(cut.octets(), dialect) == "");
  }
  Guarded changed(whole);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned wrong :
         {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff & ~whole[at], 0xff & whole[at]}) {
      changed.writable()[at] = static_cast<std::uint8_t>(whole[at] ^ wrong);
      RC_ASSERT(testing::exercise(changed.octets(), dialect) == "");
    }
    changed.writable()[at] = whole[at];
  }
}

}  // namespace
}  // namespace twinlease::wire
