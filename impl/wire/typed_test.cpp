// Typed views of messages with a mistake: an option that is malformed or repeated leaves its field empty,
// every other field as it was, and one error behind. R-nn: rows of model/spec/reactions.csv.

#include "impl/wire/typed.hpp"

#include "impl/wire/value.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "impl/wire/option_table.hpp"
#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/typed_text.hpp"

namespace twinlease::wire {
namespace {

using testing::assemble;
using testing::Bytes;
using testing::RawMessage;
using testing::view_of;

// One message of each type that has options, each option once, so that its fields have different values.
RawMessage complete(MessageType type) {
  RawMessage m{type, 12, 0, 0, {}, {}};
  if (type == MessageType::bndupd || type == MessageType::bndack) m.options.push_back({2, {10, 77, 1, 1}});
  std::uint8_t n = 1;
  for (std::uint16_t code : testing::codes_of(type, draft_12)) {
    const OptionSpec& s = *find_option(code);
    const std::size_t length = s.length_max == 65535 ? s.length_min + 3u : s.length_max;
    m.options.push_back({code, Bytes(length, n++ % 7 + 1)});
  }
  return m;
}

struct OptionRule {
  MessageType type;
  std::uint16_t option;
  std::vector<std::size_t> wrong_lengths;
  Remedy remedy;
};

constexpr Remedy close = Remedy::close_connection, reject = Remedy::reject_transaction,
                 ignore = Remedy::ignore_option;

// Options 16 and 29 have no wrong length.
const OptionRule rules[] = {
    {MessageType::poolresp, 1, {0, 3, 5}, close},
    {MessageType::bndupd, 2, {0, 3, 5, 16}, reject},
    {MessageType::bndupd, 3, {0, 2}, reject},
    {MessageType::bndupd, 4, {0}, reject},
    {MessageType::bndupd, 5, {0, 1}, reject},
    {MessageType::bndupd, 6, {0, 3, 5, 8}, reject},
    {MessageType::bndupd, 7, {0, 3}, reject},
    {MessageType::bndupd, 8, {0, 3}, reject},
    {MessageType::bndupd, 9, {0, 1}, reject},
    {MessageType::bndupd, 12, {0, 3, 4}, reject},
    {MessageType::bndupd, 13, {0, 3, 5, 8}, reject},
    {MessageType::bndupd, 18, {0, 3, 5, 8}, reject},
    {MessageType::bndupd, 25, {0, 3, 5, 8}, reject},
    {MessageType::bndack, 2, {0, 3, 5}, close},
    {MessageType::bndack, 21, {0, 2}, ignore},  // and the address counts as rejected
    {MessageType::bndack, 16, {}, ignore},
    {MessageType::connect, 22, {0}, close},
    {MessageType::connect, 14, {0, 1, 3, 5}, close},
    {MessageType::connect, 19, {0, 1, 3, 5}, close},
    {MessageType::connect, 28, {0}, close},
    {MessageType::connect, 20, {0, 2}, close},
    {MessageType::connect, 27, {0, 2}, close},
    {MessageType::connect, 15, {0, 3, 5}, close},
    {MessageType::connect, 11, {0, 31, 33}, close},
    {MessageType::connect, 10, {0, 2}, ignore},
    {MessageType::connectack, 22, {0}, close},
    {MessageType::connectack, 14, {0, 1, 3, 5}, close},
    {MessageType::connectack, 19, {0, 1, 3, 5}, close},
    {MessageType::connectack, 28, {0}, close},
    {MessageType::connectack, 20, {0, 2}, close},
    {MessageType::connectack, 26, {0, 2}, ignore},
    {MessageType::connectack, 21, {0, 2}, close},
    {MessageType::connectack, 16, {}, ignore},
    {MessageType::state, 24, {0, 2}, close},
    {MessageType::state, 23, {0, 2}, close},
    {MessageType::state, 25, {0, 3, 5}, close},
    {MessageType::disconnect, 21, {0, 2}, ignore},
    {MessageType::disconnect, 16, {}, ignore},
};

std::size_t index_of(const RawMessage& m, std::uint16_t code) {
  std::size_t i = 0;
  while (m.options.at(i).code != code) ++i;
  return i;
}

std::size_t offset_of(const RawMessage& m, std::size_t index) {
  std::size_t offset = 12;
  for (std::size_t i = 0; i < index; ++i) offset += 4 + m.options[i].value.size();
  return offset;
}

// The view that a message without the option gives; reject-reason leaves its trace, and so does the
// delimiter.
std::string view_without(RawMessage m, std::uint16_t code) {
  Errors none;
  if (code == 2) {  // the transaction stays, its address is empty
    std::string view = view_of(m, none);
    return view.replace(0, view.find(' '), "-");
  }
  m.options.erase(m.options.begin() + static_cast<std::ptrdiff_t>(index_of(m, code)));
  std::string view = view_of(m, none);
  EXPECT_TRUE(none.empty());
  const std::size_t at = view.find("accepted");
  if (code == 21 && at != std::string::npos) view.replace(at, 8, "rejected");
  return view;
}

void expect_one_error(const Errors& errors, Fault fault, const OptionRule& rule, std::size_t offset) {
  ASSERT_EQ(errors.total(), 1u);
  const Error& error = errors.list()[0];
  EXPECT_EQ(error.level, Level::option);
  EXPECT_EQ(error.fault, fault);
  EXPECT_EQ(error.remedy, rule.remedy);
  EXPECT_EQ(error.option, rule.option);
  EXPECT_EQ(error.offset, offset);
}

class Rules : public ::testing::TestWithParam<OptionRule> {};

TEST_P(Rules, OptionOfWrongLength) {
  const OptionRule& rule = GetParam();
  const RawMessage good = complete(rule.type);
  const std::size_t i = index_of(good, rule.option);
  for (std::size_t length : rule.wrong_lengths) {
    RawMessage bad = good;
    bad.options[i].value = Bytes(length, 1);
    Errors errors;
    EXPECT_EQ(view_of(bad, errors), view_without(good, rule.option)) << length;
    expect_one_error(errors, Fault::option_length, rule, offset_of(bad, i));
    EXPECT_EQ(errors.list()[0].clause(), find_option(rule.option)->clause);
  }
}

// not concatenated, and neither value is taken.
TEST_P(Rules, OptionRepeated) {
  const OptionRule& rule = GetParam();
  if (rule.option == 2) return;  // there a new transaction begins (6.3)
  const RawMessage good = complete(rule.type);
  RawMessage bad = good;
  bad.options.push_back(good.options[index_of(good, rule.option)]);
  bad.options.back().value.back() ^= 1;
  Errors errors;
  EXPECT_EQ(view_of(bad, errors), view_without(good, rule.option));
  expect_one_error(errors, Fault::option_repeated, rule, offset_of(bad, bad.options.size() - 1));
  EXPECT_EQ(errors.list()[0].clause(), "FO-6.2-04");
  bad.options.push_back(bad.options.back());
  EXPECT_EQ(view_of(bad, errors), view_without(good, rule.option)) << "a third one does not count either";
}

//
TEST_P(Rules, OrderDoesNotMatter) {
  RawMessage m = complete(GetParam().type);
  Errors errors;
  const std::string expected = view_of(m, errors);
  const bool batched = m.options.front().code == 2;
  std::reverse(m.options.begin() + (batched ? 1 : 0), m.options.end());
  EXPECT_EQ(view_of(m, errors), expected);
  EXPECT_TRUE(errors.empty());
}

INSTANTIATE_TEST_SUITE_P(Typed, Rules, ::testing::ValuesIn(rules), [](const auto& rule) {
  return std::string(name(rule.param.type)) + "_" + std::to_string(rule.param.option);
});

TEST(Typed, NumbersOutOfTheirEnumeration) {
  Errors errors;
  view_of({MessageType::bndupd, 12, 0, 0, {}, {{2, Bytes(4)}, {3, {8}}}}, errors);
  view_of({MessageType::state, 12, 0, 0, {}, {{24, {0}}}}, errors);
  view_of({MessageType::connect, 12, 0, 0, {}, {{10, {0}}}}, errors);
  ASSERT_EQ(errors.total(), 3u);
  for (const Error& error : errors.list()) EXPECT_EQ(error.fault, Fault::option_value);
  EXPECT_EQ(errors.list()[0].remedy, reject);
  EXPECT_EQ(errors.list()[1].remedy, close);
  EXPECT_EQ(errors.list()[2].remedy, ignore);
}

// TLS-request is no part of Microsoft's handshake.
TEST(Typed, TlsRequestOfWrongLengthInADialectWithoutTls) {
  Errors errors;
  view_of({MessageType::connect, 12, 0, 0, {}, {{27, {}}}}, errors, microsoft);
  EXPECT_EQ(errors.list()[0].remedy, ignore);
}

// an option of an address before every address; others, and unknown ones, belong there (6.3).
TEST(Typed, LeadingOptionsOfAnAddress) {
  const Bytes octets =
      assemble({MessageType::bndupd,
                12,
                0,
                0,
                {},
                {{17, Bytes(17)}, {3, {2}}, {300, {}}, {13, Bytes(4)}, {28, {65}}, {2, Bytes(4)}, {3, {1}}}});
  const auto decoded = decode(octets);
  Errors errors;
  check_leading(std::get<Message>(decoded), draft_12, errors);
  ASSERT_EQ(errors.total(), 2u);
  for (const Error& error : errors.list()) {
    EXPECT_EQ(error.fault, Fault::option_outside_message);
    EXPECT_EQ(error.remedy, reject);
  }
  EXPECT_EQ(errors.list()[0].option, 3);
  EXPECT_EQ(errors.list()[0].offset, 33u);
  EXPECT_EQ(errors.list()[1].option, 13);
  EXPECT_EQ(errors.list()[1].offset, 42u);
}

// one octet in Microsoft's dialect, unless a flag needs two.
TEST(Typed, IpFlagsOctets) {
  const auto length_of = [](std::uint16_t flags, const Dialect& dialect) {
    std::array<std::uint8_t, 64> buffer;
    MessageWriter writer(buffer, MessageType::bndupd, 0, 0, dialect);
    BindingUpdate update;
    update.ip_flags = flags;
    write(writer, update, dialect);
    return std::get<std::span<std::uint8_t>>(writer.finish()).size() - 16;
  };
  EXPECT_EQ(length_of(0, draft_12), 2u);
  EXPECT_EQ(length_of(7, microsoft), 1u);
  EXPECT_EQ(length_of(0x100, microsoft), 2u);
}

// what another dialect calls a client's subnet mask is an unknown option here, whatever its length.
TEST(CheckLeading, MicrosoftOptionsAreUnknownElsewhere) {
  const Bytes octets = assemble(
      {MessageType::bndupd, 12, 0, 0, {}, {{33, Bytes(3)}, {2, Bytes(4)}, {33, Bytes(3)}, {3, {1}}}});
  const auto decoded = decode(octets);
  const Message& message = std::get<Message>(decoded);
  Errors draft;
  check_leading(message, draft_12, draft);
  EXPECT_TRUE(draft.empty());
  EXPECT_TRUE(std::holds_alternative<Value>(decode_value(*message.options().begin(), draft_12)));
  Errors ms;
  check_leading(message, microsoft, ms);
  EXPECT_EQ(ms.total(), 1u);
  EXPECT_TRUE(std::holds_alternative<Error>(decode_value(*message.options().begin(), microsoft)));
}

}  // namespace
}  // namespace twinlease::wire
