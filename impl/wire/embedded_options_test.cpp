#include "impl/wire/embedded_options.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "impl/wire/message_writer.hpp"
#include "impl/wire/testing/dhcp4_sample.hpp"

namespace twinlease::wire {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::counting;
using testing::discover;
using testing::hex_of;
using testing::octets_of;

// An option as it would lie at octet 100 of a message.
OptionSpan at_100(OptionCode code, const Bytes& value) {
  return {static_cast<std::uint16_t>(code), 100, value};
}

EmbeddedDhcpOptions read(const Bytes& value) {
  return std::get<EmbeddedDhcpOptions>(
      read_embedded_dhcp_options(at_100(OptionCode::client_request_options, value)));
}

std::string listed(const EmbeddedDhcpOptions& embedded) {
  std::string all;
  for (const dhcp4::OptionSpan& option : embedded.options)
    all += std::to_string(static_cast<int>(option.code)) + "=" + hex_of(option.value) + ";";
  return all;
}

std::string listed(const EmbeddedFailoverOptions& embedded) {
  std::string all;
  for (const OptionSpan& option : embedded.options)
    all += std::to_string(option.code) + "=" + hex_of(option.value) + ";";
  return all;
}

void expect_error(const std::optional<Error>& error, OptionCode code, std::size_t offset,
                  std::string_view clause) {
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->level, Level::option);
  EXPECT_EQ(error->fault, Fault::embedded_options);
  EXPECT_EQ(error->remedy, Remedy::ignore_option);
  EXPECT_EQ(error->option, static_cast<std::uint16_t>(code));
  EXPECT_EQ(error->offset, offset);
  EXPECT_EQ(error->clause(), clause);
}

// 12.8: magic number, then options in its format. Table 7.1.1-2: host-name, relay-agent-information.
TEST(EmbeddedDhcpOptions, AreReadAfterTheMagicNumber) {
  const Bytes value = octets_of(R"(
      63 82 53 63               # magic number 99.130.83.99
      0c 04 68 6f 73 74         # host-name "host"
      52 06 01 04 65 74 68 30   # relay-agent-information
      )");
  const EmbeddedDhcpOptions embedded = read(value);
  EXPECT_EQ(listed(embedded), "12=68 6f 73 74;82=01 04 65 74 68 30;");
  EXPECT_EQ((*embedded.options.begin()).offset, 4u);
  EXPECT_FALSE(embedded.tail_error.has_value());
}

TEST(EmbeddedDhcpOptions, MayBeNone) {
  const Bytes value = octets_of("63 82 53 63");
  const EmbeddedDhcpOptions embedded = read(value);
  EXPECT_TRUE(embedded.options.empty());
  EXPECT_FALSE(embedded.tail_error.has_value());
}

TEST(EmbeddedDhcpOptions, ToleratePadsAndEnd) {
  const Bytes value = octets_of("63 82 53 63 00 0c 01 41 00 00 3c 01 42 ff 00 00");
  const EmbeddedDhcpOptions embedded = read(value);
  EXPECT_EQ(listed(embedded), "12=41;60=42;");
  EXPECT_FALSE(embedded.tail_error.has_value());
}

TEST(EmbeddedDhcpOptions, AreOneValueInFragments) {
  Bytes buffer(3);
  const Bytes value = octets_of("63 82 53 63 4d 02 41 42 0c 00 4d 01 43");
  const dhcp4::OptionValue user_class = read(value).options.find(dhcp4::OptionCode::user_class).value();
  EXPECT_EQ(bytes_of(user_class.copy_to(buffer).value()), octets_of("41 42 43"));
}

TEST(EmbeddedDhcpOptions, AnotherMagicNumberIsAnError) {
  for (const char* text : {"", "63", "63 82 53", "63 82 53 64", "00 00 00 00 0c 01 41"}) {
    const Bytes value = octets_of(text);
    const auto request = read_embedded_dhcp_options(at_100(OptionCode::client_request_options, value));
    expect_error(std::get<Error>(request), OptionCode::client_request_options, 104, "FO-12.8-01");
    const auto reply = read_embedded_dhcp_options(at_100(OptionCode::client_reply_options, value));
    expect_error(std::get<Error>(reply), OptionCode::client_reply_options, 104, "FO-12.7-01");
  }
}

TEST(EmbeddedDhcpOptions, OptionsBeforeWhatIsWrongStayUsable) {
  const Bytes overrun = octets_of("63 82 53 63 0c 01 41 3c 02 42");
  EXPECT_EQ(listed(read(overrun)), "12=41;");
  expect_error(read(overrun).tail_error, OptionCode::client_request_options, 104 + 7, "FO-12.8-01");
  const Bytes stray = octets_of("63 82 53 63 0c 01 41 ff 00 07");
  EXPECT_EQ(listed(read(stray)), "12=41;");
  expect_error(read(stray).tail_error, OptionCode::client_request_options, 104 + 9, "FO-12.8-01");
}

// 12.29: two octets of code, two of length.
TEST(EmbeddedFailoverOptions, AreReadToTheEnd) {
  const Bytes value = octets_of("00 01 00 02 41 42   01 00 00 00   ff ff 00 01 43");
  const auto embedded = read_embedded_failover_options(at_100(OptionCode::vendor_specific_options, value));
  EXPECT_EQ(listed(embedded), "1=41 42;256=;65535=43;");
  EXPECT_FALSE(embedded.tail_error.has_value());
  EXPECT_TRUE(
      read_embedded_failover_options(at_100(OptionCode::vendor_specific_options, {})).options.empty());
}

TEST(EmbeddedFailoverOptions, EveryTruncation) {
  const Bytes value = octets_of("00 01 00 02 41 42   01 00 00 00   ff ff 00 01 43");
  for (std::size_t size = 0; size < value.size(); ++size) {
    const Bytes part(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size));
    const auto embedded = read_embedded_failover_options(at_100(OptionCode::vendor_specific_options, part));
    const std::size_t last = size < 6 ? 0 : size < 10 ? 6 : 10;
    EXPECT_EQ(listed(embedded), size < 6 ? "" : size < 10 ? "1=41 42;" : "1=41 42;256=;");
    if (size == last) {
      EXPECT_FALSE(embedded.tail_error.has_value());
    } else {
      expect_error(embedded.tail_error, OptionCode::vendor_specific_options, 104 + last, "FO-12.29-01");
    }
  }
}

TEST(EmbeddedDhcpWriter, CopiesOptionsOfAClientIntoABndupd) {
  const Bytes packet = discover();
  const dhcp4::Message client = std::get<dhcp4::Message>(dhcp4::decode(packet));
  std::array<std::uint8_t, 256> scratch{};
  EmbeddedDhcpWriter embedded(scratch);
  EXPECT_TRUE(embedded.empty());
  for (const auto code : {dhcp4::OptionCode::host_name, dhcp4::OptionCode::user_class,
                          dhcp4::OptionCode::relay_agent_information})
    if (const auto value = client.option(code)) embedded.copy(*value);
  EXPECT_FALSE(embedded.empty());

  std::array<std::uint8_t, message_length_max> buffer{};
  MessageWriter writer(buffer, MessageType::bndupd, 0, 0, draft_12);
  writer.octets(OptionCode::client_request_options, std::get<Octets>(embedded.finish()));
  const Bytes message = bytes_of(std::get<std::span<std::uint8_t>>(writer.finish()));
  EXPECT_EQ(Bytes(message.begin() + 12, message.end()), octets_of(R"(
      00 08 00 18                # client-request-options, 24 octets
      63 82 53 63                # magic number
      0c 04 68 6f 73 74          # host-name
      52 0c 01 04 65 74 68 30 02 04 72 65 6d 31   # relay-agent-information
      )"));
}

TEST(EmbeddedWriters, EveryBufferTooSmallIsMessageFull) {
  for (std::size_t size = 0; size < 7; ++size) {
    Bytes buffer(size);
    EmbeddedDhcpWriter dhcp(buffer);
    dhcp.option(dhcp4::OptionCode::host_name, octets_of("41"));
    EXPECT_EQ(std::get<Error>(dhcp.finish()).fault, Fault::message_full);
    EmbeddedFailoverWriter failover(buffer);
    failover.option(1, octets_of("41 42 43"));
    EXPECT_EQ(std::get<Error>(failover.finish()).fault, Fault::message_full);
  }
  Bytes buffer(70000);
  EmbeddedFailoverWriter failover(buffer);
  failover.option(1, Bytes(65536));
  EXPECT_EQ(std::get<Error>(failover.finish()).fault, Fault::option_too_long);
}

RC_GTEST_PROP(EmbeddedProperty, AnyOctetsAreReadWithinTheirBounds, (const Bytes& input, bool magic)) {
  Bytes octets = magic ? octets_of("63 82 53 63") : Bytes{};
  octets.insert(octets.end(), input.begin(), input.end());
  const Bytes value(octets.begin(), octets.end());  // on the heap, with nothing to spare
  const auto dhcp = read_embedded_dhcp_options(at_100(OptionCode::client_reply_options, value));
  RC_ASSERT(!magic || std::holds_alternative<EmbeddedDhcpOptions>(dhcp));
  if (const auto* embedded = std::get_if<EmbeddedDhcpOptions>(&dhcp)) {
    listed(*embedded);
    if (embedded->tail_error) RC_ASSERT(embedded->tail_error->offset < 104 + value.size());
  }
  const auto failover = read_embedded_failover_options(at_100(OptionCode::vendor_specific_options, value));
  listed(failover);
  if (failover.tail_error) RC_ASSERT(failover.tail_error->offset < 104 + value.size());
}

RC_GTEST_PROP(EmbeddedProperty, DhcpOptionsWrittenAreRead, (const std::vector<Bytes>& values)) {
  Bytes buffer(100000);
  EmbeddedDhcpWriter writer(buffer);
  std::string expected;
  for (std::size_t i = 0; i < values.size() && i < 250; ++i) {
    writer.option(dhcp4::OptionCode{static_cast<std::uint8_t>(i + 1)}, values[i]);
    expected += std::to_string(i + 1) + "=" + hex_of(values[i]) + ";";
  }
  const Bytes value = bytes_of(std::get<Octets>(writer.finish()));
  const EmbeddedDhcpOptions embedded = read(value);
  RC_ASSERT(!embedded.tail_error.has_value());
  RC_ASSERT(listed(embedded) == expected);
}

RC_GTEST_PROP(EmbeddedProperty, FailoverOptionsWrittenAreRead,
              (const std::vector<std::pair<std::uint16_t, Bytes>>& options)) {
  Bytes buffer(100000);
  EmbeddedFailoverWriter writer(buffer);
  std::string expected;
  for (const auto& [code, value] : options) {
    writer.option(code, value);
    expected += std::to_string(code) + "=" + hex_of(value) + ";";
  }
  const Bytes value = bytes_of(std::get<Octets>(writer.finish()));
  const auto embedded = read_embedded_failover_options(at_100(OptionCode::vendor_specific_options, value));
  RC_ASSERT(!embedded.tail_error.has_value());
  RC_ASSERT(listed(embedded) == expected);
}

}  // namespace
}  // namespace twinlease::wire
