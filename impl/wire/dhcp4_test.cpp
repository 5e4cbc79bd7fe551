#include "impl/wire/dhcp4.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>

#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/dhcp4_writer.hpp"
#include "impl/wire/testing/dhcp4_sample.hpp"

namespace twinlease::wire::dhcp4 {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::counting;
using testing::discover;
using testing::field;
using testing::join;
using testing::octets_of;
using testing::option_octets;
using testing::overloaded_ack;
using testing::request_head;
using testing::request_with;

// Precondition: decode() accepts the octets.
Message decoded(const Bytes& octets) {
  return std::get<Message>(decode(octets));
}

Error refused(const Bytes& octets) {
  return std::get<Error>(decode(octets));
}

std::vector<int> codes(const OptionRange& options) {
  std::vector<int> all;
  for (const OptionSpan& option : options) all.push_back(static_cast<int>(option.code));
  return all;
}

Bytes whole(const Message& message, OptionCode code) {
  Bytes buffer(70000);
  const std::optional<OptionValue> value = message.option(code);
  return value ? bytes_of(value->copy_to(buffer).value()) : Bytes{};
}

// Reads all there is to read in a message, so that a sanitizer sees every octet touched. The sum keeps it
// honest.
std::size_t read_all(const Message& message) {
  std::array<std::uint8_t, 64> scratch{};
  std::size_t sum = sname(message).size() + file(message).size() + message.header().hardware_address().size();
  for (const OptionSpan& option : message.options()) {
    for (const std::uint8_t octet : option.value) sum += octet;
    const std::optional<OptionValue> value = message.option(option.code);
    sum += value->view(scratch).value_or(Octets{}).size();
  }
  for (std::size_t i = 0; i < 3; ++i) sum += router(message, i).value_or(Ipv4{}).value;
  sum += subnet_mask(message).value_or(Ipv4{}).value + lease_time_s(message).value_or(0);
  sum += request_form(message).has_value() ? 1 : 0;
  if (const auto key = client_key(message, scratch)) sum += key->octets.size();
  if (const auto agent = relay_agent_information(message))
    for (const SubOption& option : SubOptions(agent->view(scratch).value_or(Octets{})))
      sum += option.value.size();
  Errors errors;
  check_lengths(message, errors);
  return sum + errors.total();
}

// What has to hold for any octets: nothing is read outside them, and what is accepted can be written again.
void check_any(const Bytes& input) {
  const Bytes octets(input.begin(), input.end());  // on the heap, with nothing to spare
  const std::variant<Message, Error> result = decode(octets);
  if (const Error* error = std::get_if<Error>(&result)) {
    RC_ASSERT(error->level == Level::message);
    RC_ASSERT(error->fault == Fault::too_short || error->fault == Fault::hardware_length);
    return;
  }
  const Message& message = std::get<Message>(result);
  read_all(message);
  for (const Error& error : message.errors()) {
    RC_ASSERT(error.offset <= octets.size());
    RC_ASSERT(!to_string(error).empty());
  }
  Bytes buffer(octets.size());
  const auto again = rewrite(message, buffer);
  RC_ASSERT(std::holds_alternative<std::span<std::uint8_t>>(again));
  RC_ASSERT(bytes_of(std::get<std::span<std::uint8_t>>(again)) == octets);
}

// RFC 2131 figure 1, table 1
TEST(Dhcp4Decode, ReadsEveryFieldOfTheHeader) {
  const Bytes octets = discover();
  ASSERT_EQ(octets.size(), 300u);
  const Message message = decoded(octets);
  const Header& h = message.header();
  EXPECT_EQ(h.op, Op::bootrequest);
  EXPECT_EQ(h.htype, 1);
  EXPECT_EQ(h.hlen, 6);
  EXPECT_EQ(h.hops, 1);
  EXPECT_EQ(h.xid, 0x3903f326u);
  EXPECT_EQ(h.secs, 5);
  EXPECT_EQ(h.flags, broadcast_flag);
  EXPECT_TRUE(h.broadcast());
  EXPECT_EQ(h.giaddr, Ipv4{0x0a4d0001});
  EXPECT_EQ(bytes_of(h.hardware_address()), octets_of("02 00 00 00 00 01"));
  EXPECT_EQ(h.chaddr.size(), 16u);
  EXPECT_EQ(h.sname.data(), octets.data() + 44);
  EXPECT_EQ(h.file.data(), octets.data() + 108);
  EXPECT_TRUE(message.has_cookie());
  EXPECT_TRUE(message.errors().empty());

  const Bytes ack = overloaded_ack();
  const Message reply = decoded(ack);
  EXPECT_EQ(reply.header().op, Op::bootreply);
  EXPECT_EQ(reply.header().yiaddr, Ipv4{0x0a4d0101});
  EXPECT_FALSE(reply.header().broadcast());
}

TEST(Dhcp4Decode, GivesOptionsInTheirOrderWithOffsets) {
  const Bytes octets = discover();
  const Message message = decoded(octets);
  EXPECT_EQ(codes(message.options()), (std::vector<int>{53, 61, 50, 55, 12, 57, 82}));
  const OptionSpan last = *std::next(message.options().begin(), 6);
  EXPECT_EQ(last.offset, 274u);
  EXPECT_EQ(last.value.data(), octets.data() + 276);
  EXPECT_EQ(last.value.size(), 12u);
}

// RFC 2131 4.1: options, then file, then sname.
TEST(Dhcp4Decode, ReadsOptionsOfAllThreeFields) {
  const Bytes octets = overloaded_ack();
  const Message message = decoded(octets);
  EXPECT_TRUE(message.errors().empty());
  EXPECT_EQ(codes(message.options()), (std::vector<int>{53, 52, 54, 51, 1, 3}));
  EXPECT_EQ(codes(message.options().in(Area::file)), (std::vector<int>{51, 1}));
  EXPECT_EQ(codes(message.options().in(Area::sname)), (std::vector<int>{3}));
}

// RFC 2132 9.3: 1 file, 2 sname, 3 both; without the option neither.
TEST(Dhcp4Decode, OverloadSaysWhichFieldsHoldOptions) {
  const std::vector<int> expected[] = {{53}, {53, 52, 51, 1}, {53, 52, 3}, {53, 52, 51, 1, 3}};
  for (std::uint8_t bits = 0; bits <= 3; ++bits) {
    Bytes octets = overloaded_ack();
    octets.resize(options_offset);
    const Bytes option = bits == 0 ? Bytes{} : Bytes{52, 1, bits};
    octets = join({octets, octets_of("35 01 05"), option, {255}});
    const Message message = decoded(octets);
    EXPECT_TRUE(message.errors().empty()) << int{bits};
    EXPECT_EQ(codes(message.options()), expected[bits]) << int{bits};
    EXPECT_EQ(message.extent(Area::file).holds_options(), (bits & 1) != 0);
    EXPECT_EQ(message.extent(Area::sname).holds_options(), (bits & 2) != 0);
  }
}

TEST(Dhcp4Decode, OverloadOfAnotherValueOrLengthIsAnErrorAndReadsNeither) {
  for (const char* overload :
       {"34 01 00", "34 01 04", "34 01 ff", "34 00", "34 02 01 01", "34 01 01 34 01 01"}) {
    Bytes octets = overloaded_ack();
    octets.resize(options_offset);
    octets = join({octets, octets_of("35 01 05"), octets_of(overload), {255}});
    const Message message = decoded(octets);
    ASSERT_EQ(message.errors().size(), 1u) << overload;
    EXPECT_EQ(message.errors()[0],
              (Error{Level::option, Fault::option_overload, OptionCode::option_overload, 243}));
    EXPECT_EQ(message_type(message), MessageType::ack);
    EXPECT_FALSE(lease_time_s(message).has_value());
  }
}

TEST(Dhcp4Decode, OverloadInsideFileDoesNotCount) {
  Bytes octets = overloaded_ack();
  octets.resize(options_offset);
  octets = join({octets, octets_of("34 01 01 ff")});
  const Bytes inner = octets_of("34 01 02 ff");
  std::copy(inner.begin(), inner.end(), octets.begin() + file_offset);
  EXPECT_FALSE(decoded(octets).extent(Area::sname).holds_options());
}

TEST(Dhcp4Decode, EveryTruncationOfAMessage) {
  const Bytes octets = discover();
  const Message whole_message = decoded(octets);
  for (std::size_t size = 0; size < octets.size(); ++size) {
    const Bytes part(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
    if (size < header_octets) {
      EXPECT_EQ(refused(part), (Error{Level::message, Fault::too_short, OptionCode::pad, size}));
      continue;
    }
    const Message message = decoded(part);
    read_all(message);
    EXPECT_EQ(message.has_cookie(), size >= options_offset);
    std::vector<int> expected;
    std::optional<Error> error;
    if (size >= options_offset && size <= 288)
      error = {Level::option, Fault::end_missing, OptionCode::pad, size};
    for (const OptionSpan& option : whole_message.options()) {
      const std::size_t past = option.offset + 2 + option.value.size();
      if (past <= size) expected.push_back(static_cast<int>(option.code));
      if (option.offset < size && size < past)
        error = {Level::option, Fault::option_overruns, option.code, option.offset};
    }
    EXPECT_EQ(codes(message.options()), expected) << size;
    ASSERT_EQ(message.errors().size(), error ? 1u : 0u) << size;
    if (error) {
      EXPECT_EQ(message.errors()[0], *error) << size;
    }
  }
}

TEST(Dhcp4Decode, HlenBeyondChaddrIsRefused) {
  Bytes octets = discover();
  octets[2] = 16;
  EXPECT_EQ(decoded(octets).header().hardware_address().size(), 16u);
  octets[2] = 17;
  EXPECT_EQ(refused(octets), (Error{Level::message, Fault::hardware_length, OptionCode::pad, 2}));
}

// An option that overruns file takes nothing from the other fields.
TEST(Dhcp4Decode, AnErrorInOneFieldLeavesTheOthersUsable) {
  Bytes octets = overloaded_ack();
  octets[file_offset + 8] = 120;  // length of the subnet mask: file has 119 octets left
  const Message message = decoded(octets);
  EXPECT_EQ(codes(message.options()), (std::vector<int>{53, 52, 54, 51, 3}));
  ASSERT_EQ(message.errors().size(), 1u);
  EXPECT_EQ(message.errors()[0],
            (Error{Level::option, Fault::option_overruns, OptionCode::subnet_mask, file_offset + 7}));
  EXPECT_EQ(message.errors()[0].clause(), "RFC2131-4.1");
  octets[file_offset + 8] =
      119;  // fills the field to its last octet: whole, but the end option is in the value
  EXPECT_EQ(decoded(octets).errors()[0],
            (Error{Level::option, Fault::end_missing, OptionCode::pad, file_offset + file_octets}));
}

TEST(Dhcp4Decode, OctetsAfterTheEndOptionAreReported) {
  const Bytes octets = request_with(octets_of("35 01 01 ff 00 0c 01 41"));
  const Message message = decoded(octets);
  EXPECT_EQ(codes(message.options()), (std::vector<int>{53}));
  ASSERT_EQ(message.errors().size(), 1u);
  EXPECT_EQ(message.errors()[0], (Error{Level::option, Fault::stray_octets, OptionCode::pad, 245}));
  EXPECT_EQ(message.errors()[0].clause(), "RFC2132-3.2");

  Bytes ack = overloaded_ack();
  ack[header_octets - 1] = 1;
  const Message overloaded = decoded(ack);
  EXPECT_EQ(overloaded.errors()[0].clause(), "RFC2131-4.1");
  EXPECT_EQ(overloaded.errors()[0].offset, 235u);
}

TEST(Dhcp4Decode, AllFieldsCanBeWrongAtOnce) {
  Bytes octets = overloaded_ack();
  octets.back() = 0;
  octets[sname_offset + 1] = 63;
  octets[file_offset + 127] = 9;
  const Message message = decoded(octets);
  ASSERT_EQ(message.errors().size(), 3u);
  EXPECT_EQ(message.errors()[0].fault, Fault::end_missing);
  EXPECT_EQ(message.errors()[1].fault, Fault::stray_octets);
  EXPECT_EQ(message.errors()[2].fault, Fault::option_overruns);
}

// RFC 951; RFC 1534
TEST(Dhcp4Decode, BootpWithoutCookieHasNoOptions) {
  Bytes octets = discover();
  octets[header_octets] = 0;
  const Message message = decoded(octets);
  EXPECT_FALSE(message.has_cookie());
  EXPECT_TRUE(message.options().empty());
  EXPECT_TRUE(message.errors().empty());
  EXPECT_EQ(message.vend().size(), 64u);
  EXPECT_TRUE(is_bootp(message));
  octets.resize(header_octets);
  EXPECT_TRUE(decoded(octets).vend().empty());
}

// RFC 3396: the value is the same wherever it is split, in the order of the fields.
TEST(Dhcp4LongOption, IsTheSameSplitAtEveryBoundary) {
  const Bytes value = counting(300);
  for (std::size_t split = 45; split <= 255; ++split) {
    const auto middle = value.begin() + static_cast<std::ptrdiff_t>(split);
    const Bytes octets = request_with(join({option_octets(43, {value.begin(), middle}),
                                            octets_of("35 01 01 00"),
                                            option_octets(43, {middle, value.end()}),
                                            {255}}));
    const Message message = decoded(octets);
    EXPECT_TRUE(message.errors().empty());
    EXPECT_EQ(whole(message, OptionCode::vendor_specific_information), value) << split;
    const OptionValue found = message.option(OptionCode::vendor_specific_information).value();
    EXPECT_EQ(found.fragment_count(), 2u);
    EXPECT_FALSE(found.contiguous().has_value());
  }
}

TEST(Dhcp4LongOption, IsTheSameSplitOverThreeFieldsAtEveryPairOfBoundaries) {
  const Bytes value = counting(40);
  for (std::ptrdiff_t a = 0; a <= 40; ++a) {
    for (std::ptrdiff_t b = a; b <= 40; ++b) {
      Bytes octets = request_with(
          join({octets_of("34 01 03"), option_octets(82, {value.begin(), value.begin() + a}), {255}}));
      const Bytes file = join({option_octets(82, {value.begin() + a, value.begin() + b}), {255}});
      const Bytes sname = join({option_octets(82, {value.begin() + b, value.end()}), {255}});
      std::copy(file.begin(), file.end(), octets.begin() + file_offset);
      std::copy(sname.begin(), sname.end(), octets.begin() + sname_offset);
      ASSERT_EQ(whole(decoded(octets), OptionCode::relay_agent_information), value) << a << ' ' << b;
    }
  }
}

TEST(Dhcp4OptionValue, ReadsWhatIsThereAndNoMore) {
  const Bytes octets = request_with(octets_of("0c 02 61 62 0c 00 0c 01 63 ff"));
  const Message message = decoded(octets);
  const OptionValue value = message.option(OptionCode::host_name).value();
  EXPECT_EQ(value.size(), 3u);
  EXPECT_EQ(value.fragment_count(), 3u);
  EXPECT_EQ(value.offset(), 240u);
  Bytes two(2);
  EXPECT_TRUE(value.read(1, two));
  EXPECT_EQ(two, octets_of("62 63"));
  EXPECT_FALSE(value.read(2, two));
  EXPECT_FALSE(value.read(4, {}));
  EXPECT_TRUE(value.read(3, {}));
  EXPECT_FALSE(value.copy_to(two).has_value());
  EXPECT_FALSE(value.view(two).has_value());
  Bytes three(3);
  EXPECT_EQ(bytes_of(value.view(three).value()), octets_of("61 62 63"));
  EXPECT_FALSE(message.option(OptionCode::router).has_value());
}

TEST(Dhcp4OptionValue, OneFragmentIsAViewOfTheMessage) {
  const Bytes octets = discover();
  const Message message = decoded(octets);
  const OptionValue value = message.option(OptionCode::host_name).value();
  EXPECT_EQ(value.view({})->data(), octets.data() + 266);
  EXPECT_EQ(as_text(value.contiguous().value()), "host");
}

TEST(Dhcp4Error, SaysOptionPlaceAndSection) {
  EXPECT_EQ(
      to_string({Level::option, Fault::option_overruns, OptionCode::ip_address_lease_time, 262}),
      "option 51 IP-address-lease-time at octet 262: option runs past the end of its field (RFC2131-4.1)");
  EXPECT_EQ(to_string(refused(Bytes(10))), "octet 10: message is shorter than its fixed fields (RFC2131-2)");
}

RC_GTEST_PROP(Dhcp4Property, AnyOctets, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 600);
  check_any(*rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>()));
}

RC_GTEST_PROP(Dhcp4Property, AnyOctetsAfterTheCookie, (const Bytes& options)) {
  check_any(request_with(options));
}

RC_GTEST_PROP(Dhcp4Property, WellFormedMessagesHaveNoErrors, ()) {
  const Bytes octets = *testing::well_formed();
  RC_ASSERT(decoded(octets).errors().empty());
  check_any(octets);
}

RC_GTEST_PROP(Dhcp4Property, WellFormedMessagesWithOctetsChangedAndCut, ()) {
  Bytes octets = *testing::well_formed();
  const int changes = *rc::gen::inRange(0, 6);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, octets.size());
    octets[at] = *rc::gen::arbitrary<std::uint8_t>();
  }
  octets.resize(*rc::gen::inRange<std::size_t>(0, octets.size() + 1));
  check_any(octets);
}

}  // namespace
}  // namespace twinlease::wire::dhcp4
