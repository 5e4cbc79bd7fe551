// dhcp4-message: one datagram of any octets (RFC 2131, 2132, 3396). What is held:
//
//  1. A refusal is one of the message, with an offset inside the octets; the octets are refused for what is
//     wrong.
//  2. Options lie inside their fields, in the order options, file, sname; file and sname hold options only
//     where option 52 of the options field says so.
//  3. A value is its fragments in that order: its size is their sum, and read in any two parts it is the
//     same (RFC 3396).
//  4. rewrite() gives the octets back. Without an error in it, the message written with Writer from whole
//     values decodes to the same values.
//  5. Typed values, the client's key, sub-options and lengths are read without looking beyond the octets;
//     every error names its place, and the text of one of them is printable.
#include <algorithm>
#include <array>
#include <bitset>
#include <variant>

#include "fuzz/targets/target.hpp"
#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/dhcp4_writer.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire::dhcp4;
using wire::Level;
constexpr std::size_t datagram_octets_max =
    1472;  // of Ethernet, less IP and UDP; the scratch buffers have as many
using Buffer = std::array<std::uint8_t, 2 * datagram_octets_max>;
// Codes whose values are looked for one by one: each costs a walk over all options, and the mutator moves
// options.
constexpr std::size_t values_max = 16;

bool names_its_place(const Error& error, Octets octets) {
  return error.offset <= octets.size() && !error.clause().empty();
}

bool is_printable(const Error& error) {
  return std::ranges::all_of(to_string(error), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool refused_for_cause(const Error& error, Octets octets) {
  if (error.level != Level::message || !names_its_place(error, octets) || !is_printable(error)) return false;
  return error.fault == Fault::too_short ? octets.size() < header_octets
                                         : error.fault == Fault::hardware_length && octets[2] > chaddr_octets;
}

bool fields_are_told_apart(const Message& message) {
  std::size_t last_area = 0;
  for (const OptionSpan& option : message.options()) {
    std::size_t inside = area_count;
    for (std::size_t area = 0; area < area_count; ++area) {
      const Extent& extent = message.extent(static_cast<Area>(area));
      if (option.offset >= extent.first && option.offset + 2 + option.value.size() <= extent.last)
        inside = area;
    }
    if (inside == area_count || inside < last_area) return false;
    last_area = inside;
  }
  const auto overload = message.options().in(Area::options).find(OptionCode::option_overload);
  std::uint8_t bits = 0;
  const bool told =
      overload && overload->size() == 1 && overload->read(0, {&bits, 1}) && bits >= 1 && bits <= 3;
  return message.extent(Area::file).holds_options() == (told && (bits & overload_file) != 0) &&
         message.extent(Area::sname).holds_options() == (told && (bits & overload_sname) != 0);
}

// Octets and fragments of the values of all codes.
struct Sizes {
  std::array<std::uint16_t, 256> octets{};
  std::array<std::uint16_t, 256> fragments{};
};

Sizes sizes_of(const Message& message) {
  Sizes sizes;
  for (const OptionSpan& option : message.options()) {
    const auto code = static_cast<std::uint8_t>(option.code);
    sizes.octets[code] = static_cast<std::uint16_t>(sizes.octets[code] + option.value.size());
    ++sizes.fragments[code];
  }
  return sizes;
}

bool is_read_in_parts(const OptionValue& value, Octets whole, Buffer& parts) {
  const std::size_t size = whole.size(), half = size / 2;
  if (!value.read(0, std::span(parts).first(half)) ||
      !value.read(half, std::span(parts).subspan(half, size - half)) ||
      value.read(size, std::span(parts).first(1)))
    return false;
  return std::ranges::equal(std::span(parts).first(size), whole) &&
         (size == 0 || !value.copy_to(std::span(parts).first(size - 1)));
}

bool is_its_fragments(const Message& message, const OptionValue& value) {
  Buffer gathered;
  std::size_t size = 0;
  for (const OptionSpan& option : message.options()) {
    if (option.code != value.code()) continue;
    std::copy(option.value.begin(), option.value.end(), gathered.begin() + static_cast<std::ptrdiff_t>(size));
    size += option.value.size();
  }
  Buffer copied;
  const auto copy = value.copy_to(copied);
  const Octets whole = Octets(gathered).first(size);
  return copy && std::ranges::equal(*copy, whole) && !value.contiguous() &&
         is_read_in_parts(value, whole, copied);
}

std::string_view check_values(const Message& message) {
  const Sizes sizes = sizes_of(message);
  Buffer parts;
  std::bitset<256> seen;
  for (const OptionSpan& option : message.options()) {
    const auto code = static_cast<std::uint8_t>(option.code);
    if (seen[code]) continue;
    seen[code] = true;
    if (seen.count() > values_max) break;
    const auto value = message.option(option.code);
    if (!value || value->offset() != option.offset) return "3: an option that is there is not found first";
    if (value->size() != sizes.octets[code] || value->fragment_count() != sizes.fragments[code])
      return "3: a value is not as long as its fragments";
    if (sizes.fragments[code] > 1) {
      if (!is_its_fragments(message, *value)) return "3: a value is not its fragments";
    } else if (!value->contiguous() || value->contiguous()->data() != option.value.data() ||
               !is_read_in_parts(*value, option.value, parts)) {
      return "3: a value in one piece is not the option's";
    }
  }
  return {};
}

bool rewrites_to_itself(const Message& message) {
  Buffer buffer;
  const auto written = rewrite(message, buffer);
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&written);
  return octets != nullptr && std::ranges::equal(*octets, message.octets());
}

// use(code, whole value) for each code, in the order of their first options; but for option 52, which would
// say something else of file and sname where these hold no options any more.
template <class Use>
void for_each_value(const Message& message, Use use) {
  Buffer scratch;
  std::bitset<256> seen;
  seen[static_cast<std::uint8_t>(OptionCode::option_overload)] = true;
  for (const OptionSpan& option : message.options()) {
    const auto code = static_cast<std::uint8_t>(option.code);
    if (seen[code]) continue;
    seen[code] = true;
    use(option.code, *message.option(option.code)->view(scratch));
  }
}

// The same values in the options field alone, each one split only because it is too long for one fragment.
bool is_the_same_written_whole(const Message& message) {
  Header header = message.header();
  if (message.extent(Area::file).holds_options()) header.file = {};
  if (message.extent(Area::sname).holds_options()) header.sname = {};
  Buffer buffer;
  Writer writer(buffer, header);
  for_each_value(message, [&](OptionCode code, Octets value) { writer.option(code, value); });
  const auto written = writer.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&written);
  if (octets == nullptr) return false;
  const auto decoded = decode(*octets);
  const Message* again = std::get_if<Message>(&decoded);
  if (again == nullptr || !again->errors().empty()) return false;

  OptionRange::iterator next = again->options().begin();
  const OptionRange::iterator end = again->options().end();
  bool same = true;
  for_each_value(message, [&](OptionCode code, Octets value) {
    do {
      same = same && next != end && (*next).code == code && (*next).value.size() <= value.size() &&
             std::ranges::equal((*next).value, value.first((*next).value.size()));
      if (!same) return;
      value = value.subspan((*next).value.size());
      ++next;
    } while (!value.empty());
  });
  return same && next == end;
}

bool typed_values_are_read(const Message& message) {
  std::size_t there = 0;
  there += message_type(message).has_value() + requested_address(message).has_value();
  there += server_identifier(message).has_value() + subnet_mask(message).has_value();
  for (std::size_t index = 0; index < 3; ++index) there += router(message, index).has_value();
  there += subnet_selection(message).has_value() + lease_time_s(message).has_value();
  there += renewal_time_s(message).has_value() + rebinding_time_s(message).has_value();
  there += max_message_size(message).has_value() + client_identifier(message).has_value();
  there += parameter_request_list(message).has_value() + host_name(message).has_value();
  there += request_form(message).has_value();
  if (message.options().empty() && there != 0) return false;
  if (is_bootp(message) && message_type(message)) return false;
  return sname(message).size() <= sname_octets && file(message).size() <= file_octets &&
         sname(message).find('\0') == std::string_view::npos &&
         file(message).find('\0') == std::string_view::npos;
}

bool key_is_in_the_message(const Message& message) {
  Buffer scratch, other_scratch;
  const auto key = client_key(message, scratch);
  if (!key) return true;
  const auto again = client_key(message, other_scratch);
  if (!again || !(*key == *again) || key->octets.empty()) return false;
  if (key->source == ClientKey::Source::client_identifier)
    return client_identifier(message)->size() == key->octets.size();
  return key->octets[0] == message.header().htype &&
         std::ranges::equal(key->octets.subspan(1), message.header().hardware_address());
}

bool sub_options_are_whole(const Message& message) {
  const auto value = relay_agent_information(message);
  if (!value) return true;
  Buffer scratch;
  const Octets octets = *value->view(scratch);
  const SubOptions all(octets);
  std::size_t at = 0;
  for (const SubOption& sub : all) {
    if (sub.offset != at || !all.find(sub.code)) return false;
    at += 2 + sub.value.size();
  }
  return all.tail_error().has_value() == (at != octets.size());
}

std::string_view check(Octets octets) {
  if (octets.size() > datagram_octets_max) return {};
  const auto decoded = decode(octets);
  if (const Error* error = std::get_if<Error>(&decoded))
    return refused_for_cause(*error, octets) ? "" : "1: refused without a cause";
  const Message& message = std::get<Message>(decoded);
  if (!fields_are_told_apart(message)) return "2: options outside the fields that hold them";
  if (const std::string_view broken = check_values(message); !broken.empty()) return broken;
  if (!rewrites_to_itself(message)) return "4: written again, other octets";
  if (message.has_cookie() && message.errors().empty() && !is_the_same_written_whole(message))
    return "4: written whole, other values";
  if (!typed_values_are_read(message)) return "5: a typed value";
  if (!key_is_in_the_message(message)) return "5: the client's key";
  if (!sub_options_are_whole(message)) return "5: sub-options";
  Errors errors;
  check_lengths(message, errors);
  const auto well = [&](const Error& error) {
    return error.level == Level::option && names_its_place(error, octets);
  };
  if (!std::ranges::all_of(errors.list(), well) || !std::ranges::all_of(message.errors(), well))
    return "5: an error that does not say its place";
  const bool printable = (errors.empty() || is_printable(errors.list().front())) &&
                         (message.errors().empty() || is_printable(message.errors().back()));
  return printable ? "" : "5: a text that is not printable";
}

}  // namespace

constinit const Target dhcp4_message = {"dhcp4-message", Shape::dhcp4_message, check};

}  // namespace twinlease::fuzz
