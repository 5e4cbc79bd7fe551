// The writer puts into the buffer what it is asked for, mistakes included, and never a single octet past its
// end.

#include "impl/wire/message_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "impl/wire/message.hpp"
#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/guarded.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::wire {
namespace {

using testing::assemble;
using testing::Bytes;
using testing::Guarded;
using testing::hex_of;
using testing::octets_of;
using testing::RawMessage;

using Buffer = std::array<std::uint8_t, message_length_max>;

Bytes finished(MessageWriter& writer) {
  const auto result = writer.finish();
  if (const Error* error = std::get_if<Error>(&result)) throw std::logic_error(to_string(*error));
  return testing::bytes_of(std::get<std::span<std::uint8_t>>(result));
}

TEST(MessageWriter, HeaderHasTheDialectsPayloadOffset) {
  for (const Dialect* dialect : all_dialects()) {
    Buffer buffer;
    MessageWriter writer(buffer, MessageType::contact, 0x01020304, 0xfffefdfc, *dialect);
    writer.u8(OptionCode::server_state, 2);
    const Bytes octets = finished(writer);
    EXPECT_EQ(octets[3], dialect == &microsoft ? 8 : 12);
    EXPECT_EQ(hex_of(Octets(octets).subspan(4)), "01 02 03 04 ff fe fd fc 00 18 00 01 02") << dialect->name;
  }
}

TEST(MessageWriter, EveryKindOfValueInNetworkOrder) {
  Buffer buffer;
  MessageWriter writer(buffer, MessageType::state, 14, 0, 0, octets_of("ee ff"));
  writer.u8(OptionCode::server_state, 0x01);
  writer.u16(OptionCode::ip_flags, 0x0203);
  writer.u32(OptionCode::mclt, 0x04050607);
  writer.ipv4(OptionCode::assigned_ip_address, Ipv4{0x0a4d0101});
  writer.text(OptionCode::message, "hi");
  writer.octets(OptionCode::client_identifier, octets_of("08 09"));
  writer.option(0xfedc, {});
  writer.raw(octets_of("00 18 00"));
  EXPECT_EQ(hex_of(finished(writer)), hex_of(octets_of(R"(
    00 3c 0a 0e 00 00 00 00 00 00 00 00   # header: length 60, STATE, payload offset 14
    ee ff                                 # extra header octets
    00 18 00 01 01                        # u8
    00 0c 00 02 02 03                     # u16
    00 0f 00 04 04 05 06 07               # u32
    00 02 00 04 0a 4d 01 01               # ipv4
    00 10 00 02 68 69                     # text
    00 04 00 02 08 09                     # octets
    fe dc 00 00                           # any code, no octets
    00 18 00                              # raw: an option cut short
  )")));
}

TEST(MessageWriter, ExactlyTheLongestMessageFits) {
  Bytes buffer(4096);
  MessageWriter fits(buffer, MessageType::contact, 0, 0, draft_12);
  fits.option(300, Bytes(2048 - 16));
  EXPECT_EQ(finished(fits).size(), 2048u);

  MessageWriter full(buffer, MessageType::contact, 0, 0, draft_12);
  full.u8(OptionCode::server_state, 2);
  full.option(300, Bytes(2048 - 16 - 4));
  full.u32(OptionCode::mclt, 1);  // would fit, but the message is lost already
  const Error error = std::get<Error>(full.finish());
  EXPECT_EQ(error.fault, Fault::message_full);
  EXPECT_EQ(error.option, 300);
  EXPECT_EQ(error.offset, 17u);
}

TEST(MessageWriter, OptionOfMoreThanTheLengthFieldHolds) {
  Buffer buffer;
  MessageWriter writer(buffer, MessageType::contact, 0, 0, draft_12);
  writer.option(301, Bytes(65536));
  writer.u8(OptionCode::server_state, 2);
  const Error error = std::get<Error>(writer.finish());
  EXPECT_EQ(error.fault, Fault::option_too_long);
  EXPECT_EQ(error.option, 301);
  EXPECT_EQ(error.offset, 12u);

  MessageWriter longest(buffer, MessageType::contact, 0, 0, draft_12);
  longest.option(301, Bytes(65535));
  EXPECT_EQ(std::get<Error>(longest.finish()).fault, Fault::message_full);
}

// A buffer of every size too small: message_full, and the page behind the buffer is never touched.
TEST(MessageWriter, SmallBuffers) {
  const Bytes whole = octets_of(
      "00 1f 0a 0e 00 00 00 01 00 00 00 02 ee ff 00 18 00 01 02 00 0f 00 04 00 00 0e 10 01 02 03 04");
  ASSERT_EQ(whole.size(), 31u);
  for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
    Guarded buffer{Bytes(size)};
    MessageWriter writer(buffer.writable(), MessageType::state, 14, 1, 2, octets_of("ee ff"));
    writer.u8(OptionCode::server_state, 2);
    writer.u32(OptionCode::mclt, 3600);
    writer.raw(octets_of("01 02 03 04"));
    if (size >= whole.size()) {
      EXPECT_EQ(finished(writer), whole);
      continue;
    }
    const Error error = std::get<Error>(writer.finish());
    EXPECT_EQ(error.fault, Fault::message_full) << size;
    EXPECT_EQ(error.option, size < 14 ? 0 : size < 19 ? 24 : size < 27 ? 15 : 0) << size;
    if (size >= 14) {
      EXPECT_EQ(error.offset, size < 19 ? 14u : size < 27 ? 19u : 27u) << size;
    }
  }
}

// Two encoders agree: MessageWriter, and the assembler of the generators.
RC_GTEST_PROP(MessageWriterProperty, WritesWhatTheAssemblerWrites, ()) {
  const RawMessage raw = *testing::valid_message();
  Buffer buffer;
  MessageWriter writer(buffer, raw.type, raw.payload_offset, raw.time_s, raw.xid, raw.extra_header);
  for (const auto& option : raw.options) writer.option(option.code, option.value);
  RC_ASSERT(finished(writer) == assemble(raw));
}

// encode(decode(x)) == x, through values and over whatever stands after the last whole option.
RC_GTEST_PROP(MessageWriterProperty, WritesBackWhatWasDecoded, ()) {
  const Dialect& dialect = **testing::any_dialect();
  const Bytes octets = *testing::damaged(assemble(*testing::valid_message(dialect)));
  const auto decoded = decode(octets);
  RC_PRE(std::holds_alternative<Message>(decoded));
  const Message& m = std::get<Message>(decoded);
  Buffer buffer;
  MessageWriter writer(buffer, m.type(), m.header().payload_offset, m.header().time_s, m.xid(),
                       m.extra_header());
  for (const OptionSpan& option : m.options()) {
    const auto value = decode_value(option, dialect);
    if (std::holds_alternative<Value>(value)) {
      encode_value(writer, option.code, std::get<Value>(value));
    } else {
      writer.option(option.code, option.value);
    }
  }
  writer.raw(m.tail());
  RC_ASSERT(finished(writer) == octets);
}

}  // namespace
}  // namespace twinlease::wire
