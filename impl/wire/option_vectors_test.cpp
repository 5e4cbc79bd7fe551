// Every option octet by octet, as drawn in section 12 of the draft and in MS-DHCPF 2.2; at the end the octets
// of the example in MS-DHCPF 4.1. Each is taken apart into a value, printed, and put together again.

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <variant>

#include "impl/wire/message_writer.hpp"
#include "impl/wire/testing/octet_text.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::wire {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::hex_of;
using testing::octets_of;

struct Text {
  std::string_view text;
};
struct Raw {};  // the value as it is
using Expected = std::variant<Number, Ipv4, Text, Raw>;

struct OptionVector {
  std::string_view octets;
  Expected value;
  std::string_view printed;
  const Dialect& dialect = draft_12;
};

void PrintTo(const OptionVector& v, std::ostream* os) {
  *os << v.octets;
}

std::string show(const Value& value) {
  if (const Number* n = std::get_if<Number>(&value))
    return "number " + std::to_string(n->value) + " in " + std::to_string(n->octets);
  if (const Ipv4* a = std::get_if<Ipv4>(&value)) return "address " + std::to_string(a->value);
  if (const std::string_view* t = std::get_if<std::string_view>(&value)) return "text " + std::string(*t);
  return "octets " + hex_of(std::get<Octets>(value));
}

Value value_of(const Expected& expected, Octets raw) {
  if (const Number* n = std::get_if<Number>(&expected)) return *n;
  if (const Ipv4* a = std::get_if<Ipv4>(&expected)) return *a;
  if (const Text* t = std::get_if<Text>(&expected)) return t->text;
  return raw;
}

class OptionVectors : public ::testing::TestWithParam<OptionVector> {};

TEST_P(OptionVectors, BothWays) {
  const OptionVector& v = GetParam();
  const Bytes option = octets_of(v.octets);
  ASSERT_GE(option.size(), 4u);
  ASSERT_EQ(option.size(), 4u + load_u16(option, 2)) << "the vector itself is wrong";
  const std::uint16_t code = load_u16(option);
  const Octets raw = Octets(option).subspan(4);

  const auto decoded = decode_value({code, 12, raw}, v.dialect);
  ASSERT_TRUE(std::holds_alternative<Value>(decoded)) << to_string(std::get<Error>(decoded));
  EXPECT_EQ(show(std::get<Value>(decoded)), show(value_of(v.value, raw)));
  EXPECT_EQ(format_value({code, 12, raw}, v.dialect), v.printed);

  std::array<std::uint8_t, 256> buffer;
  MessageWriter writer(buffer, MessageType::contact, 0, 0, v.dialect);
  encode_value(writer, code, value_of(v.value, raw));
  const auto finished = writer.finish();
  EXPECT_EQ(hex_of(std::get<std::span<std::uint8_t>>(finished).subspan(12)), hex_of(option));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Draft, OptionVectors, ::testing::Values(
    // code  len   value
    OptionVector{"00 01 00 04 00 00 00 0c # 12.1 addresses-transferred", Number{12, 4}, "12"},
    OptionVector{"00 02 00 04 0a 4d 01 01 # 12.2 assigned-IP-address", Ipv4{0x0a4d0101}, "10.77.1.1"},
    OptionVector{"00 03 00 01 01          # 12.3 binding-status", Number{1, 1}, "FREE"},
    OptionVector{"00 03 00 01 02          # 12.3", Number{2, 1}, "ACTIVE"},
    OptionVector{"00 03 00 01 03          # 12.3", Number{3, 1}, "EXPIRED"},
    OptionVector{"00 03 00 01 04          # 12.3", Number{4, 1}, "RELEASED"},
    OptionVector{"00 03 00 01 05          # 12.3", Number{5, 1}, "ABANDONED"},
    OptionVector{"00 03 00 01 06          # 12.3", Number{6, 1}, "RESET"},
    OptionVector{"00 03 00 01 07          # 12.3", Number{7, 1}, "BACKUP"},
    OptionVector{"00 04 00 04 00 61 62 63 # 12.4 client-identifier: type 0, \"abc\"", Raw{}, "00616263"},
    OptionVector{"00 05 00 07 01 02 00 00 00 00 01 # 12.5 client-hardware-address: htype, chaddr", Raw{}, "01:02:00:00:00:00:01"},
    OptionVector{"00 06 00 04 6a 02 19 f3 # 12.6 client-last-transaction-time", Number{0x6a0219f3, 4}, "2026-05-11T18:03:31Z"},
    OptionVector{"00 07 00 0a 63 82 53 63 3a 04 00 00 07 08 # 12.7 client-reply-options: magic number, options", Raw{}, "638253633a0400000708"},
    OptionVector{"00 08 00 08 63 82 53 63 0c 02 70 63 # 12.8 client-request-options", Raw{}, "638253630c027063"},
    OptionVector{"00 09 00 06 00 0f 02 70 63 00 # 12.9 DDNS: flags C A D P, name \"pc.\"", Raw{}, "000f02706300"},
    OptionVector{"00 0a 00 01 ff          # 12.10 delayed-service-parameter: 1 to 255", Number{255, 1}, "255"},
    OptionVector{"00 0b 00 20 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f # 12.11 hash-bucket-assignment",
                 Raw{}, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
    OptionVector{"00 0c 00 02 00 01       # 12.12 IP-flags, R", Number{1, 2}, "R"},
    OptionVector{"00 0c 00 02 00 02       # 12.12 B", Number{2, 2}, "B"},
    OptionVector{"00 0c 00 02 80 03       # 12.12 R, B and a bit that must be zero", Number{0x8003, 2}, "RB+0x8000"},
    OptionVector{"00 0c 00 01 02          # 12.12 with the length that the box prints (A-04)", Number{2, 1}, "B"},
    OptionVector{"00 0d 00 04 00 00 00 00 # 12.13 lease-expiration-time", Number{0, 4}, "1970-01-01T00:00:00Z"},
    OptionVector{"00 0e 00 04 00 00 00 0a # 12.14 max-unacked-bndupd", Number{10, 4}, "10"},
    OptionVector{"00 0f 00 04 ff ff ff ff # 12.15 MCLT: unsigned", Number{0xffffffff, 4}, "4294967295"},
    OptionVector{"00 10 00 05 62 79 65 0a 5c # 12.16 message", Text{"bye\n\\"}, "bye\\x0a\\\\"},
    OptionVector{"00 10 00 00             # 12.16 of no octets", Text{""}, ""},
    OptionVector{"00 11 00 11 01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f # 12.17 message-digest: type 1 HMAC-MD5, 16 octets",
                 Raw{}, "01000102030405060708090a0b0c0d0e0f"},
    OptionVector{"00 12 00 04 ff ff ff ff # 12.18 potential-expiration-time: no wrap until 2106", Number{0xffffffff, 4}, "2106-02-07T06:28:15Z"},
    OptionVector{"00 13 00 04 00 00 00 3c # 12.19 receive-timer", Number{60, 4}, "60"},
    OptionVector{"00 14 00 01 01          # 12.20 protocol-version", Number{1, 1}, "1"},
    OptionVector{"00 15 00 01 fe          # 12.21 reject-reason", Number{254, 1}, "254"},
    OptionVector{"00 16 00 07 66 6f 2d 70 61 69 72 # 12.22 relationship-name", Text{"fo-pair"}, "fo-pair"},
    OptionVector{"00 17 00 01 01          # 12.23 server-flags: S, STARTUP", Number{1, 1}, "S"},
    OptionVector{"00 17 00 01 80          # 12.23 S as bit 0 of the drawing, which is not it (A-05)", Number{0x80, 1}, "0x80"},
    OptionVector{"00 17 00 01 00          # 12.23 none", Number{0, 1}, "-"},
    OptionVector{"00 18 00 01 01          # 12.24 server-state", Number{1, 1}, "STARTUP"},
    OptionVector{"00 18 00 01 02          # 12.24", Number{2, 1}, "NORMAL"},
    OptionVector{"00 18 00 01 03          # 12.24", Number{3, 1}, "COMMUNICATIONS-INTERRUPTED"},
    OptionVector{"00 18 00 01 04          # 12.24", Number{4, 1}, "PARTNER-DOWN"},
    OptionVector{"00 18 00 01 05          # 12.24", Number{5, 1}, "POTENTIAL-CONFLICT"},
    OptionVector{"00 18 00 01 06          # 12.24", Number{6, 1}, "RECOVER"},
    OptionVector{"00 18 00 01 07          # 12.24", Number{7, 1}, "PAUSED"},
    OptionVector{"00 18 00 01 08          # 12.24", Number{8, 1}, "SHUTDOWN"},
    OptionVector{"00 18 00 01 09          # 12.24", Number{9, 1}, "RECOVER-DONE"},
    OptionVector{"00 18 00 01 0a          # 12.24: the box says 1-9, the table goes on", Number{10, 1}, "RESOLUTION-INTERRUPTED"},
    OptionVector{"00 18 00 01 0b          # 12.24", Number{11, 1}, "CONFLICT-DONE"},
    OptionVector{"00 18 00 01 fe          # RECOVER-WAIT has no value in the draft (A-03)", Number{254, 1}, "254"},
    OptionVector{"00 18 00 01 fe          # that of ISC dhcpd (A-03)", Number{254, 1}, "RECOVER-WAIT", isc},
    OptionVector{"00 19 00 04 6a 02 19 f3 # 12.25 start-time-of-state", Number{0x6a0219f3, 4}, "2026-05-11T18:03:31Z"},
    OptionVector{"00 1a 00 01 01          # 12.26 TLS-reply", Number{1, 1}, "1"},
    OptionVector{"00 1b 00 01 02          # 12.27 TLS-request", Number{2, 1}, "2"},
    OptionVector{"00 1c 00 03 49 53 43    # 12.28 vendor-class-identifier", Text{"ISC"}, "ISC"},
    OptionVector{"00 1d 00 06 00 01 00 02 ab cd # 12.29 vendor-specific-options: code 1, length 2 inside", Raw{}, "00010002abcd"},
    OptionVector{"01 2c 00 02 ab cd       # an unknown option", Raw{}, "abcd"}));

// Texts are UTF-16, little-endian, with a NUL that counts; scope ids are in host order (A-57).
INSTANTIATE_TEST_SUITE_P(Microsoft, OptionVectors, ::testing::Values(
    OptionVector{"00 1e 00 04 00 01 a8 c0 # 2.2.1 Scope ID List: 192.168.1.0 in host order", Raw{}, "192.168.1.0", microsoft},
    OptionVector{"00 1f 00 06 70 00 63 00 00 00 # 2.2.2 Client Name", Raw{}, "pc", microsoft},
    OptionVector{"00 20 00 04 e9 00 00 00 # 2.2.3 Client Description", Raw{}, "\\u00e9", microsoft},
    OptionVector{"00 21 00 04 ff ff ff 00 # 2.2.4 Client Subnet Mask", Ipv4{0xffffff00}, "255.255.255.0", microsoft},
    OptionVector{"00 22 00 04 c0 a8 01 0b # 2.2.5 Server IP", Ipv4{0xc0a8010b}, "192.168.1.11", microsoft},
    OptionVector{"00 23 00 06 64 00 5c 00 00 00 # 2.2.6 Server Name", Raw{}, "d\\\\", microsoft},
    OptionVector{"00 24 00 01 64          # 2.2.7 Client Type: CLIENT_TYPE_NONE", Number{0x64, 1}, "100", microsoft},
    OptionVector{"00 25 00 04 00 00 00 02 # 2.2.8 Client NAP Status, as the text has it", Raw{}, "00000002", microsoft},
    OptionVector{"00 26 00 08 01 dc 5b 00 00 00 00 00 # 2.2.9 Client NAP Probation, as drawn", Raw{}, "01dc5b0000000000", microsoft},
    OptionVector{"00 27 00 01 01          # 2.2.10 Client NAP Capable: TRUE", Number{1, 1}, "1", microsoft},
    OptionVector{"00 28 00 02 00 00       # 2.2.11 Client Matched Policy, empty", Raw{}, "", microsoft},
    OptionVector{"00 29 00 04 00 00 00 01 # 2.2.12 Extended Address State: no PTR record", Number{1, 4}, "0x1", microsoft},
    OptionVector{"00 03 00 01 15          # 3.1.4.2 binding-status as bits: ACTIVE, DHCID, CLEANUP", Number{0x15, 1}, "21", microsoft},
    OptionVector{"00 0c 00 01 01          # 3.1.4.2 IP-flags: ADDRESS_DELETED, not R", Number{1, 1}, "0x1", microsoft},
    OptionVector{"00 1e 00 02 70 63       # option 30 of another vendor: host name", Text{"pc"}, "pc", infoblox},
    OptionVector{"00 1e 00 02 70 63       # which the draft does not know", Raw{}, "7063"}));

// MS-DHCPF 4.1: UPDREQ for Scope1 and Scope2, then the BNDUPD of 192.168.1.31.
INSTANTIATE_TEST_SUITE_P(MicrosoftExample, OptionVectors, ::testing::Values(
    OptionVector{"00 1e 00 08 00 01 a8 c0 00 02 a8 c0 # Scope ID List", Raw{}, "192.168.1.0,192.168.2.0", microsoft},
    OptionVector{"00 1f 00 24             # Client Name L\"clnt0.contoso.com\"\n"
                 "63 00 6c 00 6e 00 74 00 30 00 2e 00 63 00 6f 00 6e 00 # c l n t 0 . c o n\n"
                 "74 00 6f 00 73 00 6f 00 2e 00 63 00 6f 00 6d 00 00 00 # t o s o . c o m NUL", Raw{}, "clnt0.contoso.com", microsoft},
    OptionVector{"00 21 00 04 ff ff ff 00 # Subnet Mask", Ipv4{0xffffff00}, "255.255.255.0", microsoft},
    OptionVector{"00 22 00 04 c0 a8 01 0b # Client Server IP", Ipv4{0xc0a8010b}, "192.168.1.11", microsoft},
    OptionVector{"00 24 00 01 01          # Client Type: DHCP", Number{1, 1}, "1", microsoft},
    OptionVector{"00 25 00 01 00          # NAP Status, of one octet", Raw{}, "00", microsoft},
    OptionVector{"00 26 00 04 00 00 00 00 # NAP Probation, of four", Raw{}, "00000000", microsoft},
    OptionVector{"00 27 00 01 00          # NAP Capable: non-capable", Number{0, 1}, "0", microsoft}));
// clang-format on

// The UPDREQ of the example as a whole message, with the payload offset that Microsoft's servers are read to
// send.
TEST(MicrosoftExample, Updreq) {
  const Bytes octets = octets_of(R"(
    00 18 09 08    # message length 24, msg type 9 UPDREQ, payload offset 8 (A-01)
    6a 02 19 f3    # time
    00 00 00 05    # xid; options begin here all the same, at octet 12
    00 1e 00 08    # Scope ID List
    00 01 a8 c0    #   192.168.1.0
    00 02 a8 c0    #   192.168.2.0
  )");
  std::array<std::uint8_t, 64> buffer;
  MessageWriter writer(buffer, MessageType::updreq, 0x6a0219f3, 5, microsoft);
  writer.octets(OptionCode::ms_scope_id_list, Octets(octets).subspan(16));
  const auto finished = writer.finish();
  EXPECT_EQ(hex_of(std::get<std::span<std::uint8_t>>(finished)), hex_of(octets));

  const auto decoded = decode(octets);
  const Message& message = std::get<Message>(decoded);
  EXPECT_EQ(message.header().payload_offset, 8);
  const auto scopes = message.options().find(OptionCode::ms_scope_id_list);
  ASSERT_TRUE(scopes);
  EXPECT_EQ(format_value(*scopes, microsoft), "192.168.1.0,192.168.2.0");
}

}  // namespace
}  // namespace twinlease::wire
