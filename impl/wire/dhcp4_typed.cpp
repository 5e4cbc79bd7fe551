#include "impl/wire/dhcp4_typed.hpp"

#include <algorithm>
#include <array>
#include <bitset>

namespace twinlease::wire::dhcp4 {

namespace {

// The option, if its length is one of the table's.
std::optional<OptionValue> allowed(const Message& message, OptionCode code) noexcept {
  std::optional<OptionValue> value = message.option(code);
  const OptionSpec* spec = find_option(code);
  if (value && spec != nullptr && !length_allowed(*spec, value->size())) value.reset();
  return value;
}

// A number of that many octets, which may lie in fragments.
template <std::size_t octets>
std::optional<std::uint32_t> number(const Message& message, OptionCode code, std::size_t at = 0) noexcept {
  const std::optional<OptionValue> value = allowed(message, code);
  std::array<std::uint8_t, octets> buffer;
  if (!value || !value->read(at, buffer)) return std::nullopt;
  std::uint32_t n = 0;
  for (const std::uint8_t octet : buffer) n = (n << 8) | octet;
  return n;
}

std::optional<Ipv4> address(const Message& message, OptionCode code, std::size_t index = 0) noexcept {
  if (index > 0xffff) return std::nullopt;  // more than a datagram holds, and 4 * index must not wrap
  const std::optional<std::uint32_t> n = number<4>(message, code, 4 * index);
  return n ? std::optional(Ipv4{*n}) : std::nullopt;
}

std::string_view text_in(const Message& message, Area area, Octets field) noexcept {
  if (message.extent(area).holds_options()) return {};
  return as_text(
      field.first(static_cast<std::size_t>(std::find(field.begin(), field.end(), 0) - field.begin())));
}

}  // namespace

std::optional<MessageType> message_type(const Message& message) noexcept {
  const std::optional<std::uint32_t> n = number<1>(message, OptionCode::message_type);
  return n ? std::optional(MessageType{static_cast<std::uint8_t>(*n)}) : std::nullopt;
}

std::optional<Ipv4> requested_address(const Message& message) noexcept {
  return address(message, OptionCode::requested_ip_address);
}
std::optional<Ipv4> server_identifier(const Message& message) noexcept {
  return address(message, OptionCode::server_identifier);
}
std::optional<Ipv4> subnet_mask(const Message& message) noexcept {
  return address(message, OptionCode::subnet_mask);
}
std::optional<Ipv4> router(const Message& message, std::size_t index) noexcept {
  return address(message, OptionCode::router, index);
}
std::optional<Ipv4> subnet_selection(const Message& message) noexcept {
  return address(message, OptionCode::subnet_selection);
}

std::optional<std::uint32_t> lease_time_s(const Message& message) noexcept {
  return number<4>(message, OptionCode::ip_address_lease_time);
}
std::optional<std::uint32_t> renewal_time_s(const Message& message) noexcept {
  return number<4>(message, OptionCode::renewal_time);
}
std::optional<std::uint32_t> rebinding_time_s(const Message& message) noexcept {
  return number<4>(message, OptionCode::rebinding_time);
}
std::optional<std::uint16_t> max_message_size(const Message& message) noexcept {
  const std::optional<std::uint32_t> n = number<2>(message, OptionCode::maximum_message_size);
  return n ? std::optional(static_cast<std::uint16_t>(*n)) : std::nullopt;
}

// RFC 2132 9.14 wants two octets. One still tells clients apart, and taking the hardware address instead
// would file the client under a second key; none at all tells nothing.
std::optional<OptionValue> client_identifier(const Message& message) noexcept {
  std::optional<OptionValue> value = message.option(OptionCode::client_identifier);
  if (value && value->size() == 0) value.reset();
  return value;
}
std::optional<OptionValue> parameter_request_list(const Message& message) noexcept {
  return allowed(message, OptionCode::parameter_request_list);
}
// Of any length: it is the relay's, and goes back as it came (RFC 3046 2.2).
std::optional<OptionValue> relay_agent_information(const Message& message) noexcept {
  return message.option(OptionCode::relay_agent_information);
}
std::optional<OptionValue> host_name(const Message& message) noexcept {
  return allowed(message, OptionCode::host_name);
}

std::string_view sname(const Message& message) noexcept {
  return text_in(message, Area::sname, message.header().sname);
}
std::string_view file(const Message& message) noexcept {
  return text_in(message, Area::file, message.header().file);
}

bool is_bootp(const Message& message) noexcept {
  return !message.option(OptionCode::message_type);
}

void check_lengths(const Message& message, Errors& errors) noexcept {
  std::bitset<256> seen;
  for (const OptionSpan& option : message.options()) {
    const auto code = static_cast<std::size_t>(option.code);
    if (seen[code]) continue;
    seen[code] = true;
    const OptionSpec* spec = find_option(option.code);
    if (spec == nullptr) continue;
    if (!length_allowed(*spec, message.option(option.code)->size()))
      errors.add({Level::option, Fault::option_length, option.code, option.offset});
  }
}

bool operator==(const ClientKey& a, const ClientKey& b) noexcept {
  return a.source == b.source && std::ranges::equal(a.octets, b.octets);
}

std::optional<ClientKey> client_key(const Message& message, std::span<std::uint8_t> scratch) noexcept {
  if (const std::optional<OptionValue> identifier = client_identifier(message)) {
    const std::optional<Octets> octets = identifier->view(scratch);
    return octets ? std::optional(ClientKey{ClientKey::Source::client_identifier, *octets}) : std::nullopt;
  }
  const Header& header = message.header();
  if (header.hlen == 0) return std::nullopt;
  OctetWriter out(scratch);
  out.u8(header.htype);
  out.put(header.hardware_address());
  if (out.overflowed()) return std::nullopt;
  return ClientKey{ClientKey::Source::hardware_address, out.written()};
}

std::optional<RequestForm> request_form(const Message& message) noexcept {
  if (message_type(message) != MessageType::request) return std::nullopt;
  const bool server = message.option(OptionCode::server_identifier).has_value();
  const bool requested = message.option(OptionCode::requested_ip_address).has_value();
  const bool bound = message.header().ciaddr != Ipv4{};
  // An address that cannot be read fills in nothing.
  if (server && !server_identifier(message)) return std::nullopt;
  if (requested && !requested_address(message)) return std::nullopt;
  if (server && requested && !bound) return RequestForm::selecting;
  if (!server && requested && !bound) return RequestForm::init_reboot;
  if (!server && !requested && bound) return RequestForm::renewing_or_rebinding;
  return std::nullopt;
}

SubOptions::SubOptions(Octets value) noexcept : value_(value) {
  while (value_.size() - last_ >= 2 && value_.size() - last_ - 2 >= value_[last_ + 1])
    last_ += std::size_t{2} + value_[last_ + 1];
}

std::optional<SubOption> SubOptions::find(std::uint8_t code) const noexcept {
  for (const SubOption& option : *this)
    if (option.code == code) return option;
  return std::nullopt;
}

std::optional<Error> SubOptions::tail_error() const noexcept {
  if (last_ == value_.size()) return std::nullopt;
  return Error{Level::option, Fault::sub_option_overruns, OptionCode::relay_agent_information, last_};
}

}  // namespace twinlease::wire::dhcp4
