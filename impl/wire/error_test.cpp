// Each fault of the codec provoked once, with everything its error says: level, remedy, option, offset,
// clause. option_missing and embedded_options are not found here but by the receiver's rules and by
// embedded_options.hpp; of them only clause and text are looked at.

#include "impl/wire/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <variant>

#include "impl/wire/framer.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/testing/octet_text.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::wire {
namespace {

using testing::Bytes;
using testing::octets_of;

constexpr Fault faults[] = {
    Fault::length_below_minimum, Fault::length_above_maximum, Fault::length_disagrees,
    Fault::payload_offset,       Fault::type_not_understood,  Fault::type_ignorable,
    Fault::option_overruns,      Fault::stray_octets,         Fault::option_length,
    Fault::option_value,         Fault::option_repeated,      Fault::option_outside_message,
    Fault::option_missing,       Fault::embedded_options,     Fault::message_full,
    Fault::option_too_long,
};

std::string_view name(Level level) {
  return level == Level::message ? "message" : "option";
}

std::string_view name(Remedy remedy) {
  switch (remedy) {
    case Remedy::close_connection: return "close";
    case Remedy::ignore_message: return "ignore message";
    case Remedy::reject_transaction: return "reject 3";
    case Remedy::ignore_option: return "ignore option";
  }
  return "?";
}

std::string line(const Error& e) {
  return std::string(name(e.level)) + ", " + std::string(name(e.remedy)) + ": " + to_string(e);
}

// What decode() or, where it finds a message, the typed views say about the octets; "" if nothing.
std::string judged(std::string_view text) {
  const Bytes octets = octets_of(text);
  const auto decoded = decode(octets);
  if (const Error* error = std::get_if<Error>(&decoded)) return line(*error);
  const Message& message = std::get<Message>(decoded);
  if (message.tail_error()) return line(*message.tail_error());
  Errors errors;
  if (message.type() == MessageType::connect) read_connect(message, draft_12, errors);
  if (message.type() == MessageType::bndupd) {
    check_leading(message, draft_12, errors);
    for (const OptionRange& t : message.transactions()) read_binding_update(t, draft_12, errors);
  }
  return errors.empty() ? "" : line(errors.list()[0]);
}

TEST(Error, OfTheMessage) {
  EXPECT_EQ(judged("00 0b 0b 0c 00 00 00 00 00 00 00"),
            "message, close: octet 0: message length is below 12 (FO-6.1-05)");
  EXPECT_EQ(judged("08 01 0b 0c 00 00 00 00 00 00 00 00"),
            "message, close: octet 0: message length is above 2048 (FO-6.1-04)");
  EXPECT_EQ(judged("00 0d 0b 0c 00 00 00 00 00 00 00 00"),
            "message, close: octet 0: message length is not the number of octets there (FO-6.1-03)");
  EXPECT_EQ(
      judged("00 0c 0b 0d 00 00 00 00 00 00 00 00"),
      "message, close: octet 3: payload offset lies inside the header or beyond the message (FO-6.1-07)");
  EXPECT_EQ(judged("00 0c 0d 0c 00 00 00 00 00 00 00 00"),
            "message, close: octet 2: message type below 128 is not one of 1 to 12 (FO-6.1-10)");
  EXPECT_EQ(judged("00 0c 80 0c 00 00 00 00 00 00 00 00"),
            "message, ignore message: octet 2: message type from 128 up is not understood (FO-6.1-11)");
  EXPECT_EQ(judged("00 0c 0b 0c 00 00 00 00 00 00 00 00"), "");
}

TEST(Error, OfTheTail) {
  EXPECT_EQ(judged("00 11 05 0c 00 00 00 00 00 00 00 00  00 14 00 02 01"),
            "message, close: option 20 protocol-version at octet 12: option runs past the end of the message "
            "(FO-6.1-19)");
  EXPECT_EQ(judged("00 12 03 0c 00 00 00 00 00 00 00 00  01 2c 00 04 00 00"),
            "option, reject 3: option 300 at octet 12: option runs past the end of the message (FO-6.1-19)");
  EXPECT_EQ(judged("00 0e 05 0c 00 00 00 00 00 00 00 00  00 14"),
            "message, close: octet 12: octets after the last option are too few for another (FO-6.1-19)");
}

TEST(Error, OfAnOption) {
  EXPECT_EQ(judged("00 1b 03 0c 00 00 00 00 00 00 00 00  00 02 00 04 0a 4d 01 01  00 0d 00 03 6a 02 19"),
            "option, reject 3: option 13 lease-expiration-time at octet 20: length is not one that section "
            "12 allows "
            "(FO-12.13-01)");
  EXPECT_EQ(judged("00 19 03 0c 00 00 00 00 00 00 00 00  00 02 00 04 0a 4d 01 01  00 03 00 01 08"),
            "option, reject 3: option 3 binding-status at octet 20: value is not one that section 12 allows "
            "(FO-12.3-01)");
  EXPECT_EQ(judged("00 16 05 0c 00 00 00 00 00 00 00 00  00 14 00 01 01  00 14 00 01 01"),
            "option, close: option 20 protocol-version at octet 17: option appears twice (FO-6.2-04)");
  EXPECT_EQ(judged("00 11 03 0c 00 00 00 00 00 00 00 00  00 03 00 01 02"),
            "option, reject 3: option 3 binding-status at octet 12: option of an address stands before any "
            "assigned-IP-address (FO-6.3-03)");
}

TEST(Error, OfTheStream) {
  const Bytes stream = octets_of("00 0c 0b 0c 00 00 00 00 00 00 00 00  00 03 0b");
  Framer framer;
  Octets input = stream;
  framer.next(input);
  EXPECT_EQ(line(std::get<Error>(*framer.next(input))),
            "message, close: octet 12: message length is below 12 (FO-6.1-05)");
}

TEST(Error, OfTheWriter) {
  std::array<std::uint8_t, message_length_max> buffer;
  MessageWriter full(buffer, MessageType::contact, 0, 0, draft_12);
  full.octets(OptionCode::message, Bytes(2040));
  EXPECT_EQ(
      line(std::get<Error>(full.finish())),
      "message, ignore message: option 16 message at octet 12: message would exceed 2048 octets (FO-6.1-04)");
  MessageWriter too_long(buffer, MessageType::contact, 0, 0, draft_12);
  too_long.octets(OptionCode::message, Bytes(65536));
  EXPECT_EQ(line(std::get<Error>(too_long.finish())),
            "message, ignore message: option 16 message at octet 12: option value exceeds 65535 octets "
            "(FO-6.1-19)");
}

TEST(Error, EveryFaultHasATextOfItsOwn) {
  std::set<std::string_view> texts;
  for (Fault fault : faults) {
    const Error error{Level::option, fault, Remedy::ignore_option, 0, 0};
    EXPECT_FALSE(error.clause().empty());
    EXPECT_FALSE(error.text().empty());
    texts.insert(error.text());
  }
  EXPECT_EQ(texts.size(), std::size(faults)) << "two faults with the same text";
  const Error unlisted{Level::option, static_cast<Fault>(std::size(faults)), Remedy::ignore_option, 0, 0};
  EXPECT_TRUE(unlisted.text().empty()) << "a fault is missing in the list of this test";
}

TEST(Errors, KeepsTheFirstAndCountsAll) {
  Errors errors;
  EXPECT_TRUE(errors.empty());
  for (std::size_t offset = 0; offset < 3 * Errors::capacity; ++offset)
    errors.add({Level::option, Fault::option_length, Remedy::ignore_option, 1, offset});
  EXPECT_EQ(errors.total(), 3 * Errors::capacity);
  ASSERT_EQ(errors.list().size(), Errors::capacity);
  for (std::size_t i = 0; i < Errors::capacity; ++i) EXPECT_EQ(errors.list()[i].offset, i);
}

}  // namespace
}  // namespace twinlease::wire
