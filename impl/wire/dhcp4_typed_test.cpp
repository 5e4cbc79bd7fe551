#include "impl/wire/dhcp4_typed.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "impl/wire/testing/dhcp4_sample.hpp"

namespace twinlease::wire::dhcp4 {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::discover;
using testing::join;
using testing::octets_of;
using testing::overloaded_ack;
using testing::request_with;

// Keeps the octets that the message is a view of.
struct Sample {
  Bytes octets;
  Message message;
  explicit Sample(Bytes all) : octets(std::move(all)), message(std::get<Message>(decode(octets))) {}
  explicit Sample(std::string_view options) : Sample(request_with(octets_of(options))) {}
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
};

TEST(Dhcp4Typed, ReadsADiscover) {
  const Sample s(discover());
  EXPECT_EQ(message_type(s.message), MessageType::discover);
  EXPECT_EQ(requested_address(s.message), Ipv4{0x0a4d0101});
  EXPECT_EQ(max_message_size(s.message), 1500);
  EXPECT_EQ(bytes_of(client_identifier(s.message)->contiguous().value()), octets_of("01 02 00 00 00 00 01"));
  EXPECT_EQ(bytes_of(parameter_request_list(s.message)->contiguous().value()), octets_of("01 03 06 2a"));
  EXPECT_EQ(as_text(host_name(s.message)->contiguous().value()), "host");
  EXPECT_EQ(relay_agent_information(s.message)->size(), 12u);
  EXPECT_FALSE(server_identifier(s.message).has_value());
  EXPECT_FALSE(is_bootp(s.message));
}

TEST(Dhcp4Typed, ReadsAnAckFromAllThreeFields) {
  const Sample s(overloaded_ack());
  EXPECT_EQ(message_type(s.message), MessageType::ack);
  EXPECT_EQ(server_identifier(s.message), Ipv4{0x0a4d0002});
  EXPECT_EQ(lease_time_s(s.message), 3600u);
  EXPECT_EQ(subnet_mask(s.message), Ipv4{0xffff0000});
  EXPECT_EQ(router(s.message), Ipv4{0x0a4d0001});
  EXPECT_TRUE(sname(s.message).empty());  // holds options, no name
  EXPECT_TRUE(file(s.message).empty());
}

TEST(Dhcp4Typed, ReadsTimesAndRouters) {
  const Sample s("3a 04 00 00 00 0a 3b 04 ff ff ff ff 76 04 0a 4d 02 00 03 08 0a 00 00 01 0a 00 00 02 ff");
  EXPECT_EQ(renewal_time_s(s.message), 10u);
  EXPECT_EQ(rebinding_time_s(s.message), infinite_lease_s);
  EXPECT_EQ(subnet_selection(s.message), Ipv4{0x0a4d0200});
  EXPECT_EQ(router(s.message, 0), Ipv4{0x0a000001});
  EXPECT_EQ(router(s.message, 1), Ipv4{0x0a000002});
  EXPECT_FALSE(router(s.message, 2).has_value());
  EXPECT_FALSE(router(s.message, ~std::size_t{0} / 4 + 1).has_value());
}

// RFC 3396: any option may come in fragments.
TEST(Dhcp4Typed, ReadsNumbersInFragments) {
  const Sample s("33 01 00 33 02 00 0e 35 01 03 33 01 10 03 03 0a 00 00 03 05 01 0a 00 00 02 ff");
  EXPECT_EQ(lease_time_s(s.message), 3600u);
  EXPECT_EQ(router(s.message, 1), Ipv4{0x0a000002});
}

TEST(Dhcp4Typed, AWrongLengthGivesNoValueAndIsReported) {
  const Sample s(
      "35 00 32 03 0a 4d 01 33 05 00 00 0e 10 00 03 06 0a 00 00 01 0a 00 39 01 05 0c 00 37 00 3d 01 07 fa 00 "
      "ff");
  EXPECT_FALSE(message_type(s.message).has_value());
  EXPECT_FALSE(requested_address(s.message).has_value());
  EXPECT_FALSE(lease_time_s(s.message).has_value());
  EXPECT_FALSE(router(s.message).has_value());
  EXPECT_FALSE(max_message_size(s.message).has_value());
  EXPECT_FALSE(host_name(s.message).has_value());
  EXPECT_FALSE(parameter_request_list(s.message).has_value());
  EXPECT_TRUE(client_identifier(s.message).has_value());  // one octet does tell clients apart

  Errors errors;
  check_lengths(s.message, errors);
  std::string report;
  for (const Error& error : errors.list()) {
    EXPECT_EQ(error.fault, Fault::option_length);
    report.append(std::to_string(static_cast<int>(error.option)))
        .append(" ")
        .append(error.clause())
        .append("\n");
  }
  EXPECT_EQ(
      report,
      "53 RFC2132-9.6\n50 RFC2132-9.1\n51 RFC2132-9.2\n3 RFC2132-3.5\n57 RFC2132-9.10\n12 RFC2132-3.14\n"
      "55 RFC2132-9.8\n61 RFC2132-9.14\n");
}

TEST(Dhcp4Typed, ARepeatedOptionIsOneErrorOfLength) {
  const Sample s("35 01 01 35 01 03 ff");
  Errors errors;
  check_lengths(s.message, errors);
  ASSERT_EQ(errors.total(), 1u);
  EXPECT_EQ(errors.list()[0], (Error{Level::option, Fault::option_length, OptionCode::message_type, 240}));
  EXPECT_FALSE(message_type(s.message).has_value());
}

TEST(Dhcp4Typed, NamesInTheFixedFieldsEndAtNulOrAtTheField) {
  Bytes octets = discover();
  const std::string_view boot = "boot";
  std::copy(boot.begin(), boot.end(), octets.begin() + sname_offset);
  std::fill_n(octets.begin() + file_offset, file_octets, 'x');
  const Sample s(octets);
  EXPECT_EQ(sname(s.message), "boot");
  EXPECT_EQ(file(s.message), std::string(128, 'x'));
}

//
TEST(Dhcp4ClientKey, IsTheClientIdentifierOrElseTypeAndAddress) {
  std::array<std::uint8_t, hardware_key_octets_max> scratch{};
  const Sample with(discover());
  const ClientKey id = client_key(with.message, {}).value();
  EXPECT_EQ(id.source, ClientKey::Source::client_identifier);
  EXPECT_EQ(bytes_of(id.octets), octets_of("01 02 00 00 00 00 01"));

  const Sample without("35 01 01 ff");
  const ClientKey hardware = client_key(without.message, scratch).value();
  EXPECT_EQ(hardware.source, ClientKey::Source::hardware_address);
  EXPECT_EQ(bytes_of(hardware.octets), octets_of("01 02 00 00 00 00 01"));
  EXPECT_FALSE(id == hardware);  // the same octets, of another kind
  EXPECT_TRUE(id == id);
  EXPECT_FALSE(client_key(without.message, std::span(scratch).first(6)).has_value());

  const Sample empty("35 01 01 3d 00 ff");
  EXPECT_EQ(client_key(empty.message, scratch), hardware);
}

TEST(Dhcp4ClientKey, PutsAnIdentifierInFragmentsTogether) {
  std::array<std::uint8_t, 4> scratch{};
  const Sample s("3d 02 00 61 35 01 01 3d 02 62 63 ff");
  EXPECT_EQ(bytes_of(client_key(s.message, scratch)->octets), octets_of("00 61 62 63"));
  EXPECT_FALSE(client_key(s.message, std::span(scratch).first(3)).has_value());
}

TEST(Dhcp4ClientKey, SixteenOctetsOfHardwareAddressFitAndNoneIdentifiesNobody) {
  std::array<std::uint8_t, hardware_key_octets_max> scratch{};
  Bytes octets = request_with(octets_of("35 01 01 ff"));
  octets[2] = 16;
  EXPECT_EQ(client_key(Sample(octets).message, scratch)->octets.size(), 17u);
  octets[2] = 0;
  EXPECT_FALSE(client_key(Sample(octets).message, scratch).has_value());
}

// RFC 2131 table 4: one row per combination of server identifier, requested address and ciaddr.
TEST(Dhcp4RequestForm, IsTheRowOfTableFour) {
  constexpr std::string_view server = "36 04 0a 4d 00 02 ";
  constexpr std::string_view requested = "32 04 0a 4d 01 01 ";
  struct Row {
    bool server, requested, ciaddr;
    std::optional<RequestForm> form;
  };
  const Row rows[] = {
      {false, false, false, std::nullopt},
      {false, false, true, RequestForm::renewing_or_rebinding},
      {false, true, false, RequestForm::init_reboot},
      {false, true, true, std::nullopt},
      {true, false, false, std::nullopt},
      {true, false, true, std::nullopt},
      {true, true, false, RequestForm::selecting},
      {true, true, true, std::nullopt},
  };
  for (const Row& row : rows) {
    for (const std::string_view type : {"35 01 03 ", "35 01 01 ", ""}) {
      std::string options(type);
      if (row.server) options += server;
      if (row.requested) options += requested;
      Bytes octets = request_with(octets_of(options + "ff"));
      if (row.ciaddr) octets[15] = 9;
      const std::optional<RequestForm> expected = type == "35 01 03 " ? row.form : std::nullopt;
      EXPECT_EQ(request_form(Sample(octets).message), expected) << options << row.ciaddr;
    }
  }
}

TEST(Dhcp4RequestForm, AnAddressThatCannotBeReadFillsInNothing) {
  EXPECT_FALSE(request_form(Sample("35 01 03 32 03 0a 4d 01 ff").message).has_value());
  EXPECT_FALSE(request_form(Sample("35 01 03 36 00 32 04 0a 4d 01 01 ff").message).has_value());
}

// RFC 3046 2.0
TEST(Dhcp4SubOptions, AreWalkedInOrder) {
  const Sample s(discover());
  const SubOptions options(relay_agent_information(s.message)->contiguous().value());
  std::string walked;
  for (const SubOption& option : options)
    walked.append(std::to_string(option.code)).append("=").append(as_text(option.value)).append(" ");
  EXPECT_EQ(walked, "1=eth0 2=rem1 ");
  EXPECT_EQ(as_text(options.find(sub_option_remote_id)->value), "rem1");
  EXPECT_EQ(options.find(sub_option_remote_id)->offset, 6u);
  EXPECT_FALSE(options.find(sub_option_link_selection).has_value());
  EXPECT_FALSE(options.tail_error().has_value());
}

TEST(Dhcp4SubOptions, HaveNoPadsAndStopAtWhatOverruns) {
  const Bytes value = octets_of("00 01 41 ff 00 01 04 65 74 68");
  for (std::size_t size = 0; size <= value.size(); ++size) {
    const Bytes part(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size));
    const SubOptions options(part);
    const std::size_t expected = size < 3 ? 0 : size < 5 ? 1 : 2;
    EXPECT_EQ(static_cast<std::size_t>(std::distance(options.begin(), options.end())), expected) << size;
    const bool whole = size == 0 || size == 3 || size == 5;
    ASSERT_EQ(options.tail_error().has_value(), !whole) << size;
    if (!whole) {
      EXPECT_EQ(options.tail_error()->offset, size < 3 ? 0u : size < 5 ? 3u : 5u);
      EXPECT_EQ(options.tail_error()->clause(), "RFC3046-2.0");
    }
  }
}

TEST(Dhcp4Names, AreTheRfcs) {
  EXPECT_EQ(name(MessageType::discover), "DHCPDISCOVER");
  EXPECT_EQ(name(MessageType::inform), "DHCPINFORM");
  EXPECT_EQ(name(MessageType::leaseactive), "DHCPLEASEACTIVE");
  EXPECT_EQ(name(MessageType{0}), "");
  EXPECT_EQ(name(MessageType{14}), "");
  EXPECT_EQ(find_option(OptionCode::relay_agent_information)->name, "relay-agent-information");
  EXPECT_EQ(find_option(OptionCode::pad), nullptr);
  EXPECT_EQ(find_option(OptionCode::end), nullptr);
  for (const OptionSpec& spec : all_options()) {
    EXPECT_EQ(find_option(spec.code), &spec);
    EXPECT_TRUE(spec.clause.starts_with("RFC")) << spec.name;
  }
}

}  // namespace
}  // namespace twinlease::wire::dhcp4
