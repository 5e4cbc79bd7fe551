// An option's value as a number, an address or text: for people, for JSON, and for writing it back.
//
// decode_value() and encode_value() are inverse for every value that decode_value() accepts, so that a
// message can be taken apart into values and put together again octet by octet.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "impl/wire/dialect.hpp"
#include "impl/wire/error.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/octets.hpp"
#include "impl/wire/option_table.hpp"

namespace twinlease::wire {

class MessageWriter;

// Number: u8, u32, time, flags, enumerations. octets says how many it took on the wire (IP-flags: 1 or 2,
// A-04); with more than four it is written with leading zeros, so that a harness can send wrong lengths.
struct Number {
  std::uint32_t value = 0;
  std::uint8_t octets = 0;
  friend bool operator==(const Number&, const Number&) = default;
};

// Views into the message, like OptionSpan.
using Value = std::variant<Number, Ipv4, std::string_view, Octets>;

// The form of an option in a dialect: option 30 and the Microsoft texts differ (Dialect). Form::octets if
// unknown.
Form form_of(std::uint16_t code, const Dialect&) noexcept;

// Errors, of Level::option: option_length, and option_value for a binding-status outside 1 to 7 where the
// dialect has the draft's encoding, for server-state 0 and for delayed-service-parameter 0. The remedy is
// ignore_option, since an option alone does not know its message; typed.hpp does. What other numbers mean
// (reject reasons, TLS, version) is the receiver's rule. An unknown option, or one of a form with inner
// structure (digest, DDNS, embedded options), yields its octets.
std::variant<Value, Error> decode_value(const OptionSpan&, const Dialect&) noexcept;

// Appends the option to the message being written.
void encode_value(MessageWriter&, std::uint16_t code, const Value&) noexcept;

// The option's name in the dialect; "option-300" for an unknown one.
std::string option_name(std::uint16_t code, const Dialect&);

// One line for people: "10.77.1.1", "ACTIVE", "2026-11-22T13:03:31Z", "30", "01:02:00:00:00:00:01",
// "fo-pair", "RB" for flags; octets as hex; a malformed value as hex too. Control characters are escaped:
// safe on a terminal.
std::string format_value(const OptionSpan&, const Dialect&);

// Text from the network for a terminal or a log: octets outside printable ASCII become \xNN.
std::string printable(Octets);

}  // namespace twinlease::wire
