// Values: lengths and numbers that section 12 allows, forms that depend on the dialect, and text that is safe
// on a terminal. The vectors of every option are in option_vectors_test.cpp.

#include "impl/wire/value.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "impl/wire/testing/exercise.hpp"
#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/guarded.hpp"

namespace twinlease::wire {
namespace {

using testing::Bytes;
using testing::Guarded;
using testing::octets_of;
using Codes = std::vector<std::uint16_t>;

std::optional<Error> error_of(const OptionSpan& option, const Dialect& dialect) {
  const auto decoded = decode_value(option, dialect);
  if (const Error* error = std::get_if<Error>(&decoded)) return *error;
  return std::nullopt;
}

// Which of the numbers 0 to 255 the one-octet option may have.
std::set<int> allowed_numbers(OptionCode code, const Dialect& dialect) {
  std::set<int> out;
  for (int n = 0; n <= 255; ++n) {
    const std::uint8_t octet = static_cast<std::uint8_t>(n);
    const auto error = error_of({static_cast<std::uint16_t>(code), 12, {&octet, 1}}, dialect);
    if (!error) out.insert(n);
    if (error) {
      EXPECT_EQ(error->fault, Fault::option_value);
    }
  }
  return out;
}

std::set<int> numbers(int first, int last) {
  std::set<int> out;
  for (int n = first; n <= last; ++n) out.insert(n);
  return out;
}

TEST(Value, EveryLengthOfEveryOptionIsJudgedByTheTable) {
  for (const OptionSpec& s : all_options())
    for (std::size_t length = 0; length <= 70; ++length) {
      const Guarded value{Bytes(length, 1)};
      const auto error = error_of({s.code, 77, value.octets()}, microsoft);
      EXPECT_EQ(!error, length_allowed(s, length)) << s.name << " " << length;
      if (!error) continue;
      EXPECT_EQ(error->fault, Fault::option_length);
      EXPECT_EQ(error->level, Level::option);
      EXPECT_EQ(error->remedy, Remedy::ignore_option);
      EXPECT_EQ(error->option, s.code);
      EXPECT_EQ(error->offset, 77u);
      EXPECT_EQ(error->clause(), s.clause);
    }
}

// 12.3: 1 to 7; Microsoft has bits there, all of which may be set.
TEST(Value, BindingStatus) {
  EXPECT_EQ(allowed_numbers(OptionCode::binding_status, draft_12), numbers(1, 7));
  EXPECT_EQ(allowed_numbers(OptionCode::binding_status, isc), numbers(1, 7));
  EXPECT_EQ(allowed_numbers(OptionCode::binding_status, infoblox), numbers(1, 7));
  EXPECT_EQ(allowed_numbers(OptionCode::binding_status, microsoft), numbers(0, 255));
}

// 12.24: 0 is reserved; a number without a name is a state that the sender knows.
TEST(Value, ServerState) {
  for (const Dialect* dialect : all_dialects())
    EXPECT_EQ(allowed_numbers(OptionCode::server_state, *dialect), numbers(1, 255));
}

TEST(Value, NumbersThatTheReceiverJudges) {
  EXPECT_EQ(allowed_numbers(OptionCode::delayed_service_parameter, draft_12), numbers(1, 255));  // 12.10
  for (OptionCode code : {OptionCode::protocol_version, OptionCode::reject_reason, OptionCode::server_flags,
                          OptionCode::tls_reply, OptionCode::tls_request})
    EXPECT_EQ(allowed_numbers(code, draft_12), numbers(0, 255));
}

TEST(Value, FormDependsOnTheDialect) {
  EXPECT_EQ(form_of(30, draft_12), Form::octets);
  EXPECT_EQ(form_of(30, isc), Form::octets);
  EXPECT_EQ(form_of(30, microsoft), Form::ipv4_list_le);
  EXPECT_EQ(form_of(30, infoblox), Form::text);
  for (std::uint16_t code : Codes{31, 32, 35, 40}) {
    EXPECT_EQ(form_of(code, microsoft), Form::utf16le);
    EXPECT_EQ(form_of(code, draft_12), Form::octets);
  }
  for (const Dialect* dialect : all_dialects()) {
    for (std::uint16_t code = 1; code <= 29; ++code)
      EXPECT_EQ(form_of(code, *dialect), find_option(code)->form);
    for (std::uint16_t code : Codes{0, 42, 255, 256, 300, 65535})
      EXPECT_EQ(form_of(code, *dialect), Form::octets);
  }
}

// The length of MS-DHCPF 2.2.1 binds where option 30 is the Scope ID List, and nowhere else.
TEST(Value, LengthBindsWhereTheFormDoes) {
  const Bytes five(5);
  EXPECT_TRUE(error_of({30, 12, five}, microsoft));
  EXPECT_FALSE(error_of({30, 12, five}, infoblox));
  EXPECT_FALSE(error_of({30, 12, five}, draft_12));
  EXPECT_TRUE(error_of({31, 12, five}, microsoft));
  EXPECT_FALSE(error_of({31, 12, five}, draft_12));
  EXPECT_FALSE(error_of({42, 12, five}, draft_12));
}

TEST(Value, NamesOfOptions) {
  EXPECT_EQ(option_name(13, draft_12), "lease-expiration-time");
  EXPECT_EQ(option_name(30, microsoft), "Scope ID List");
  EXPECT_EQ(option_name(30, infoblox), "Host Name");
  EXPECT_EQ(option_name(300, draft_12), "option-300");
  EXPECT_EQ(option_name(0, draft_12), "option-0");
}

// A harness sends wrong lengths too: a number takes as many octets as it is told, leading ones zero.
TEST(Value, NumberInAnyNumberOfOctets) {
  const auto written = [](Number n) {
    std::array<std::uint8_t, message_length_max> buffer;
    MessageWriter writer(buffer, MessageType::connect, 0, 0, draft_12);
    encode_value(writer, 15, n);
    const auto finished = writer.finish();
    return testing::hex_of(std::get<std::span<std::uint8_t>>(finished).subspan(12));
  };
  EXPECT_EQ(written({0x01020304, 0}), "00 0f 00 00");
  EXPECT_EQ(written({0x01020304, 1}), "00 0f 00 01 04");
  EXPECT_EQ(written({0x01020304, 3}), "00 0f 00 03 02 03 04");
  EXPECT_EQ(written({0x01020304, 4}), "00 0f 00 04 01 02 03 04");
  EXPECT_EQ(written({0x01020304, 6}), "00 0f 00 06 00 00 01 02 03 04");
  EXPECT_EQ(written({1, 255}).size(), 3u * (4 + 255) - 1);
}

TEST(Value, MalformedOnesArePrintedAsHex) {
  EXPECT_EQ(format_value({13, 12, octets_of("6a 02 19")}, draft_12), "6a0219");
  EXPECT_EQ(format_value({3, 12, octets_of("08")}, draft_12), "08");
  EXPECT_EQ(format_value({31, 12, octets_of("70 00 63")}, microsoft), "700063");
}

TEST(Value, TextFromTheNetworkIsSafeOnATerminal) {
  EXPECT_EQ(printable(octets_of("41 1b 5b 32 4a 7f e9 00 20 7e")), "A\\x1b[2J\\x7f\\xe9\\x00 ~");
  EXPECT_EQ(printable(octets_of("5c 78 34 31")), "\\\\x41") << "a backslash of the sender is not one of ours";
  EXPECT_EQ(format_value({31, 12, octets_of("1b 00 5b 00 00 00")}, microsoft), "\\u001b[");
  EXPECT_EQ(format_value({31, 12, octets_of("41 00 00 00 42 00")}, microsoft), "A\\u0000B")
      << "NUL before the end";
  EXPECT_EQ(format_value({31, 12, octets_of("41 00 42 00")}, microsoft), "AB") << "no NUL at the end";
}

RC_GTEST_PROP(ValueProperty, AnyOptionIsReadWrittenAndPrinted, ()) {
  const auto code =
      *rc::gen::oneOf(rc::gen::inRange<std::uint16_t>(0, 45), rc::gen::arbitrary<std::uint16_t>());
  const Guarded value(*rc::gen::oneOf(testing::any_octets(0, 10), testing::any_octets(0, 300)));
  for (const Dialect* dialect : all_dialects()) {
    const OptionSpan option{code, 12, value.octets()};
    RC_ASSERT(testing::value_survives(option, *dialect));
    const std::string text = format_value(option, *dialect);
    RC_ASSERT(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

RC_GTEST_PROP(ValueProperty, LegalValuesAreAccepted, ()) {
  const Dialect& dialect = **testing::any_dialect();
  const auto code = *rc::gen::inRange<std::uint16_t>(1, 42);
  const Bytes value = testing::legal_value(code, dialect);
  RC_ASSERT(!error_of({code, 12, value}, dialect));
}

}  // namespace
}  // namespace twinlease::wire
