// failover-message: one message of any octets (6.1 to 6.3), in every dialect. What is held:
//
//  1. exercise(): what impl/wire/testing/exercise.hpp says of decode(), options, transactions, values and
//     views.
//  2. A message decoded is written again from header, options and tail, octet by octet, and decodes to the
//     same.
//  3. A typed view that is written is a message whose view, written again, is the same octets; of a batch,
//     every transaction whose address can be read.
//  4. Text for people is printable ASCII, whatever the octets (format_value, option_name, to_string).
//  5. The dialect detected, if any, is one of the four.
//
// The dialect of 1 and 3 is chosen by the last two bits of xid: one for each run, all four in a campaign.
#include <algorithm>
#include <array>
#include <variant>

#include "fuzz/targets/target.hpp"
#include "impl/wire/dialect_detect.hpp"
#include "impl/wire/testing/exercise.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
using Buffer = std::array<std::uint8_t, message_length_max>;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

const Dialect& dialect_of(const Message& message) {
  return *all_dialects()[message.xid() % all_dialects().size()];
}

bool same(const Message& a, const Message& b) {
  const auto option = [](const OptionSpan& x, const OptionSpan& y) {
    return x.code == y.code && x.offset == y.offset && std::ranges::equal(x.value, y.value);
  };
  const OptionRange one = a.options(), other = b.options();
  return a.header() == b.header() && std::ranges::equal(a.extra_header(), b.extra_header()) &&
         std::equal(one.begin(), one.end(), other.begin(), other.end(), option) &&
         std::ranges::equal(a.tail(), b.tail()) && a.tail_error().has_value() == b.tail_error().has_value();
}

std::string_view check_written_again(const Message& message) {
  Buffer buffer;
  const Header& header = message.header();
  MessageWriter writer(buffer, header.type, header.payload_offset, header.time_s, header.xid,
                       message.extra_header());
  for (const OptionSpan& option : message.options()) writer.option(option.code, option.value);
  writer.raw(message.tail());
  const auto written = writer.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&written);
  if (octets == nullptr) return "2: a message that was received is too long to be sent";
  if (!std::ranges::equal(*octets, message.octets())) return "2: written again, other octets";
  const auto again = decode(*octets);
  const Message* decoded = std::get_if<Message>(&again);
  if (decoded == nullptr || !same(message, *decoded)) return "2: decoded again, another message";
  return {};
}

// put(writer, message) reads what it is given and writes it again.
template <class Put>
bool is_stable(const Message& message, Put put) {
  const auto write_view = [&put](const Message& from, Buffer& buffer) {
    MessageWriter writer(buffer, from.type(), from.header().time_s, from.xid(), draft_12);
    put(writer, from);
    const auto written = writer.finish();
    const auto* octets = std::get_if<std::span<std::uint8_t>>(&written);
    return octets == nullptr ? Octets{} : Octets(*octets);
  };
  Buffer first_buffer, second_buffer;
  const Octets first = write_view(message, first_buffer);
  if (first.empty()) return true;  // IP-flags of one octet have become two, and the message too long
  const auto decoded = decode(first);
  const Message* again = std::get_if<Message>(&decoded);
  return again != nullptr && std::ranges::equal(write_view(*again, second_buffer), first);
}

bool view_is_stable(const Message& message, const Dialect& dialect) {
  Errors errors;
  const auto whole = [&](auto read) {
    return is_stable(message,
                     [&](MessageWriter& w, const Message& m) { write(w, read(m, dialect, errors)); });
  };
  switch (message.type()) {
    case MessageType::connect: return whole(read_connect);
    case MessageType::connectack: return whole(read_connectack);
    case MessageType::state: return whole(read_state);
    case MessageType::poolresp: return whole(read_poolresp);
    case MessageType::disconnect: return whole(read_disconnect);
    case MessageType::bndupd:
      return is_stable(message, [&](MessageWriter& w, const Message& m) {
        for (const OptionRange& t : m.transactions())
          if (const BindingUpdate b = read_binding_update(t, dialect, errors); b.address)
            write(w, b, dialect);
      });
    case MessageType::bndack:
      return is_stable(message, [&](MessageWriter& w, const Message& m) {
        for (const OptionRange& t : m.transactions())
          if (const BindingAck b = read_binding_ack(t, dialect, errors); b.address) write(w, b);
      });
    default: return true;
  }
}

bool texts_are_printable(const Message& message, const Dialect& dialect) {
  bool told = false;  // one error of a value is enough: what it says depends on option and fault alone
  for (const OptionSpan& option : message.options()) {
    if (!is_printable(format_value(option, dialect))) return false;
    if (find_option(option.code) == nullptr && !is_printable(option_name(option.code, dialect))) return false;
    if (told) continue;
    const auto value = decode_value(option, dialect);
    const Error* error = std::get_if<Error>(&value);
    told = error != nullptr;
    if (told && !is_printable(to_string(*error))) return false;
  }
  return !message.tail_error() || is_printable(to_string(*message.tail_error()));
}

std::string_view check(Octets octets) {
  const auto decoded = decode(octets);
  const Message* message = std::get_if<Message>(&decoded);
  const Dialect& dialect = message == nullptr ? draft_12 : dialect_of(*message);
  if (!testing::exercise(octets, dialect).empty()) return "1: exercise()";
  if (message == nullptr) {
    return is_printable(to_string(std::get<Error>(decoded))) ? "" : "4: an error that is not printable";
  }
  if (const std::string_view broken = check_written_again(*message); !broken.empty()) return broken;
  if (!view_is_stable(*message, dialect)) return "3: a view written is another view";
  if (!texts_are_printable(*message, dialect)) return "4: a text that is not printable";
  const Dialect* detected = detect_dialect(*message);
  const bool known = detected == nullptr || find_dialect(detected->name) == detected;
  return known ? "" : "5: a dialect that does not exist";
}

}  // namespace

constinit const Target failover_message = {"failover-message", Shape::failover_message, check};

}  // namespace twinlease::fuzz
