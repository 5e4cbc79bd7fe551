#include "impl/wire/decode/text.hpp"

#include "impl/wire/value.hpp"

namespace twinlease::capture {

namespace dhcp4 = wire::dhcp4;

std::string hex(Octets octets, std::string_view separator) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * (2 + separator.size()));
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i != 0) out += separator;
    out += digits[octets[i] >> 4];
    out += digits[octets[i] & 15];
  }
  return out;
}

std::string to_string(Ipv4 address) {
  const std::string with_port = to_string(Endpoint{address});
  return with_port.substr(0, with_port.find(':'));
}

std::string value_text(const wire::OptionSpan& option, const wire::Dialect& dialect) {
  if (wire::form_of(option.code, dialect) == wire::Form::reject_reason && option.value.size() == 1) {
    const std::string_view known = wire::name(wire::RejectReason{option.value[0]});
    if (!known.empty()) return std::string(known);
  }
  return wire::format_value(option, dialect);
}

std::string type_name(std::uint8_t type) {
  const std::string_view known = wire::name(wire::MessageType{type});
  return known.empty() ? "type-" + std::to_string(type) : std::string(known);
}

std::uint8_t type_code(const dhcp4::Message& message) {
  const auto value = message.option(dhcp4::OptionCode::message_type);
  std::uint8_t code = 0;
  if (value && value->size() == 1) value->read(0, {&code, 1});
  return code;
}

std::string type_name(const dhcp4::Message& message) {
  const std::uint8_t code = type_code(message);
  if (code != 0) {
    const std::string_view known = dhcp4::name(dhcp4::MessageType{code});
    return known.empty() ? "type-" + std::to_string(code) : std::string(known);
  }
  switch (message.header().op) {
    case dhcp4::Op::bootrequest: return "BOOTREQUEST";
    case dhcp4::Op::bootreply: return "BOOTREPLY";
  }
  return "op-" + std::to_string(static_cast<unsigned>(message.header().op));
}

std::string option_name(dhcp4::OptionCode code) {
  const dhcp4::OptionSpec* spec = dhcp4::find_option(code);
  return spec == nullptr ? "option-" + std::to_string(static_cast<unsigned>(code)) : std::string(spec->name);
}

}  // namespace twinlease::capture
