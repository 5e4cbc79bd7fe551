// embedded-options: the value of an option that holds options (12.7, 12.8, 12.29). The same octets are read
// both as DHCP options behind a magic number and as failover options. What is held:
//
//  1. Without the magic number of 12.7 there are no DHCP options, only an error of the option.
//  2. Options lie inside the value, in order; what follows the last whole one is an error that names the
//     option and an offset in the message behind the last whole option.
//  3. DHCP options copied fragment by fragment decode to the same options; failover options written again
//     are the octets that they were read from.
//  4. A buffer one octet too small is message_full, and nothing is written beyond it.
#include <algorithm>
#include <array>
#include <variant>

#include "fuzz/targets/target.hpp"
#include "impl/wire/embedded_options.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
using Buffer = std::array<std::uint8_t, message_length_max>;
constexpr std::size_t magic_octets = 4;
constexpr std::size_t offset = 37;  // of the option in its message: any
constexpr std::uint8_t untouched = 0xa5;

OptionSpan option_of(OptionCode code, Octets value) {
  return {static_cast<std::uint16_t>(code), offset, value};
}

bool names_its_place(const Error& error, const OptionSpan& option, std::size_t at_least) {
  const std::size_t begin = offset + option_header_octets;
  return error.level == Level::option && error.fault == Fault::embedded_options &&
         error.option == option.code && error.offset >= begin + at_least &&
         error.offset <= begin + option.value.size();
}

// The octets of a Writer that had `size` of them for what put(writer) writes; none: message_full.
template <class Writer, class Put>
std::optional<Octets> written(Buffer& buffer, std::size_t size, Put put) {
  if (size < buffer.size()) buffer[size] = untouched;
  Writer writer(std::span<std::uint8_t>(buffer).first(size));
  put(writer);
  const auto finished = writer.finish();
  if (const Octets* octets = std::get_if<Octets>(&finished)) return *octets;
  return std::nullopt;
}

template <class Writer, class Put>
bool too_small_is_full(std::size_t needed, Put put) {
  Buffer buffer;
  return needed == 0 || (!written<Writer>(buffer, needed - 1, put) && buffer[needed - 1] == untouched);
}

bool same(const dhcp4::OptionRange& one, const dhcp4::OptionRange& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const dhcp4::OptionSpan& a, const dhcp4::OptionSpan& b) {
                      return a.code == b.code && std::ranges::equal(a.value, b.value);
                    });
}

std::string_view check_dhcp_options(const OptionSpan& option) {
  const auto read = read_embedded_dhcp_options(option);
  const bool magic = option.value.size() >= magic_octets && load_u32(option.value) == dhcp_magic_cookie;
  if (const Error* error = std::get_if<Error>(&read))
    return !magic && names_its_place(*error, option, 0) ? "" : "1: refused without a cause";
  if (!magic) return "1: options without the magic number";
  const EmbeddedDhcpOptions& embedded = std::get<EmbeddedDhcpOptions>(read);
  std::size_t at = magic_octets;
  for (const dhcp4::OptionSpan& inner : embedded.options) {
    if (inner.offset < at || inner.offset + 2 + inner.value.size() > option.value.size())
      return "2: DHCP options";
    at = inner.offset + 2 + inner.value.size();
  }
  if (embedded.tail_error && !names_its_place(*embedded.tail_error, option, at))
    return "2: tail of DHCP options";

  const auto put = [&](EmbeddedDhcpWriter& writer) {
    for (const dhcp4::OptionSpan& inner : embedded.options) writer.option(inner.code, inner.value);
  };
  Buffer buffer;
  const auto octets = written<EmbeddedDhcpWriter>(buffer, buffer.size(), put);
  if (!octets) return option.value.size() > buffer.size() ? "" : "3: DHCP options do not fit where they were";
  const auto again = read_embedded_dhcp_options(option_of(OptionCode::client_request_options, *octets));
  const auto* copied = std::get_if<EmbeddedDhcpOptions>(&again);
  if (copied == nullptr || copied->tail_error || !same(embedded.options, copied->options))
    return "3: DHCP options written, other options";
  return too_small_is_full<EmbeddedDhcpWriter>(octets->size(), put) ? "" : "4: DHCP options";
}

// By value: fragments of one code come together, in the place of the first.
bool values_survive(const OptionSpan& option) {
  const auto read = read_embedded_dhcp_options(option);
  const auto* embedded = std::get_if<EmbeddedDhcpOptions>(&read);
  if (embedded == nullptr || embedded->options.empty()) return true;
  const auto value = embedded->options.find((*embedded->options.begin()).code);
  Buffer buffer, whole, copy;
  const auto octets = written<EmbeddedDhcpWriter>(buffer, buffer.size(),
                                                  [&](EmbeddedDhcpWriter& writer) { writer.copy(*value); });
  if (!octets || value->size() > whole.size()) return option.value.size() > buffer.size();
  const auto again = read_embedded_dhcp_options(option_of(OptionCode::client_reply_options, *octets));
  const auto& copied = std::get<EmbeddedDhcpOptions>(again).options;
  const auto same_value = copied.find(value->code());
  return same_value && same_value->fragment_count() == value->fragment_count() &&
         std::ranges::equal(*value->copy_to(whole), *same_value->copy_to(copy));
}

std::string_view check_failover_options(const OptionSpan& option) {
  const EmbeddedFailoverOptions embedded = read_embedded_failover_options(option);
  std::size_t at = 0;
  for (const OptionSpan& inner : embedded.options) {
    if (inner.offset != at) return "2: failover options";
    at += option_header_octets + inner.value.size();
  }
  if (embedded.tail_error.has_value() != (at != option.value.size())) return "2: tail of failover options";
  if (embedded.tail_error && !names_its_place(*embedded.tail_error, option, at))
    return "2: place of the tail";

  const auto put = [&](EmbeddedFailoverWriter& writer) {
    for (const OptionSpan& inner : embedded.options) writer.option(inner.code, inner.value);
  };
  Buffer buffer;
  const auto octets = written<EmbeddedFailoverWriter>(buffer, buffer.size(), put);
  if (!octets) return at > buffer.size() ? "" : "3: failover options do not fit where they were";
  if (!std::ranges::equal(*octets, option.value.first(at)))
    return "3: failover options written, other octets";
  return too_small_is_full<EmbeddedFailoverWriter>(at, put) ? "" : "4: failover options";
}

std::string_view check(Octets octets) {
  for (OptionCode code : {OptionCode::client_reply_options, OptionCode::client_request_options}) {
    const std::string_view broken = check_dhcp_options(option_of(code, octets));
    if (!broken.empty()) return broken;
  }
  if (!values_survive(option_of(OptionCode::client_reply_options, octets))) return "3: a DHCP value";
  return check_failover_options(option_of(OptionCode::vendor_specific_options, octets));
}

}  // namespace

constinit const Target embedded_options = {"embedded-options", Shape::embedded_options, check};

}  // namespace twinlease::fuzz
