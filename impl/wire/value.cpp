#include "impl/wire/value.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "impl/wire/message_writer.hpp"

namespace twinlease::wire {

namespace {

Error option_error(const OptionSpan& option, Fault fault) noexcept {
  return {Level::option, fault, Remedy::ignore_option, option.code, option.offset};
}

// Precondition: a length of section 12 for a number.
Number number(Octets value) noexcept {
  switch (value.size()) {
    case 1: return {load_u8(value), 1};
    case 2: return {load_u16(value), 2};
    default: return {load_u32(value), 4};
  }
}

std::string hex(Octets octets, std::string_view separator = {}) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i != 0) out += separator;
    out += digits[octets[i] >> 4];
    out += digits[octets[i] & 15];
  }
  return out;
}

std::string dotted(std::uint32_t a) {
  return std::to_string(a >> 24) + "." + std::to_string((a >> 16) & 255) + "." +
         std::to_string((a >> 8) & 255) + "." + std::to_string(a & 255);
}

std::string iso_time(std::uint32_t seconds) {
  const std::time_t t = seconds;
  std::tm tm{};
  gmtime_r(&t, &tm);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return text.data();
}

template <class Enumeration>
std::string named(std::uint32_t n) {
  const std::string_view known = name(static_cast<Enumeration>(n));
  return known.empty() ? std::to_string(n) : std::string(known);
}

// "RS", lowest bit first; what has no letter as a number; "-" for none.
std::string flag_letters(std::uint32_t flags, std::string_view letters) {
  std::string out;
  for (std::size_t bit = 0; bit < letters.size(); ++bit)
    if ((flags >> bit & 1) != 0) out += letters[bit];
  const std::uint32_t rest = flags >> letters.size() << letters.size();
  if (rest != 0) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%s0x%x", out.empty() ? "" : "+", rest);
    out += text.data();
  }
  return out.empty() ? "-" : out;
}

// Microsoft gives the bits of IP-flags another meaning (MS-DHCPF 3.1.4.2): there they stay a number.
std::string_view letters_of(std::uint16_t code, const Dialect& dialect) noexcept {
  switch (static_cast<OptionCode>(code)) {
    case OptionCode::server_flags: return "S";
    case OptionCode::ip_flags: return dialect.status_encoding == StatusEncoding::draft_enum ? "RB" : "";
    default: return "";
  }
}

std::string utf16_text(Octets value) {
  std::string out;
  for (std::size_t i = 0; i + 1 < value.size(); i += 2) {
    const unsigned unit = value[i] | (value[i + 1] << 8);
    if (unit == 0 && i + 2 == value.size()) break;  // the terminating NUL
    if (unit == '\\') {
      out += "\\\\";
    } else if (unit >= 0x20 && unit < 0x7f) {
      out += static_cast<char>(unit);
    } else {
      std::array<char, 8> text{};
      std::snprintf(text.data(), text.size(), "\\u%04x", unit);
      out += text.data();
    }
  }
  return out;
}

std::string addresses_le(Octets value) {
  std::string out;
  for (std::size_t i = 0; i + 4 <= value.size(); i += 4) {
    if (i != 0) out += ",";
    out += dotted(static_cast<std::uint32_t>(value[i + 3]) << 24 |
                  static_cast<std::uint32_t>(value[i + 2]) << 16 |
                  static_cast<std::uint32_t>(value[i + 1]) << 8 | value[i]);
  }
  return out;
}

bool value_allowed(std::uint16_t code, Form form, std::uint32_t n, const Dialect& dialect) noexcept {
  if (code == static_cast<std::uint16_t>(OptionCode::delayed_service_parameter))
    return n >= 1;  // 12.10: 1..255
  switch (form) {
    case Form::binding_status:
      return dialect.status_encoding == StatusEncoding::microsoft_bits || (n >= 1 && n <= 7);
    case Form::server_state: return n >= 1;  // a value without a name is a state the sender knows
    default: return true;
  }
}

}  // namespace

namespace {

// s: the option's row, or nullptr.
Form form_of(const OptionSpec* s, const Dialect& dialect) noexcept {
  if (s == nullptr) return Form::octets;
  if (s->code == static_cast<std::uint16_t>(OptionCode::ms_scope_id_list)) {
    switch (dialect.option_30) {
      case Option30::scope_id_list: return Form::ipv4_list_le;
      case Option30::host_name: return Form::text;
      case Option30::unused: return Form::octets;
    }
  }
  return s->form;
}

}  // namespace

Form form_of(std::uint16_t code, const Dialect& dialect) noexcept {
  return form_of(find_option(code, dialect), dialect);
}

std::variant<Value, Error> decode_value(const OptionSpan& option, const Dialect& dialect) noexcept {
  const OptionSpec* s = find_option(option.code, dialect);
  const Form form = form_of(s, dialect);
  // A length of section 12 binds where the dialect gives the option the meaning of section 12.
  if (s != nullptr && form == s->form && !length_allowed(*s, option.value.size()))
    return option_error(option, Fault::option_length);
  switch (form) {
    case Form::u8:
    case Form::u32:
    case Form::time:
    case Form::flags8:
    case Form::flags16:
    case Form::flags32:
    case Form::binding_status:
    case Form::server_state:
    case Form::reject_reason: {
      const Number n = number(option.value);
      if (!value_allowed(option.code, form, n.value, dialect))
        return option_error(option, Fault::option_value);
      return Value{n};
    }
    case Form::ipv4: return Value{Ipv4{load_u32(option.value)}};
    case Form::text: return Value{as_text(option.value)};
    case Form::octets:
    case Form::ipv4_list_le:
    case Form::utf16le:
    case Form::client_id:
    case Form::hardware:
    case Form::digest:
    case Form::ddns:
    case Form::dhcp_options:
    case Form::failover_options: return Value{option.value};
  }
  return Value{option.value};
}

void encode_value(MessageWriter& writer, std::uint16_t code, const Value& value) noexcept {
  struct Put {
    MessageWriter& writer;
    std::uint16_t code;
    void operator()(const Number& n) const noexcept {
      std::array<std::uint8_t, 255> octets{};
      for (std::size_t i = 0; i < n.octets && i < 4; ++i)
        octets[n.octets - 1u - i] = static_cast<std::uint8_t>(n.value >> (8 * i));
      writer.option(code, Octets(octets).first(n.octets));
    }
    void operator()(const Ipv4& a) const noexcept { (*this)(Number{a.value, 4}); }
    void operator()(std::string_view text) const noexcept { writer.option(code, as_octets(text)); }
    void operator()(Octets octets) const noexcept { writer.option(code, octets); }
  };
  std::visit(Put{writer, code}, value);
}

std::string option_name(std::uint16_t code, const Dialect& dialect) {
  if (code == static_cast<std::uint16_t>(OptionCode::ms_scope_id_list) &&
      dialect.option_30 == Option30::host_name)
    return "Host Name";
  const OptionSpec* s = find_option(code);
  return s == nullptr ? "option-" + std::to_string(code) : std::string(s->name);
}

std::string format_value(const OptionSpan& option, const Dialect& dialect) {
  const std::variant<Value, Error> decoded = decode_value(option, dialect);
  if (std::holds_alternative<Error>(decoded)) return hex(option.value);
  const Value& value = std::get<Value>(decoded);
  if (const Number* n = std::get_if<Number>(&value)) {
    switch (form_of(option.code, dialect)) {
      case Form::time: return iso_time(n->value);
      case Form::binding_status:
        return dialect.status_encoding == StatusEncoding::draft_enum ? named<BindingStatus>(n->value)
                                                                     : std::to_string(n->value);
      case Form::server_state:
        return dialect.recover_wait_code == n->value ? "RECOVER-WAIT" : named<ServerState>(n->value);
      case Form::flags8:
      case Form::flags16:
      case Form::flags32: return flag_letters(n->value, letters_of(option.code, dialect));
      default: return std::to_string(n->value);
    }
  }
  if (const Ipv4* address = std::get_if<Ipv4>(&value)) return dotted(address->value);
  if (const std::string_view* text = std::get_if<std::string_view>(&value))
    return printable(as_octets(*text));
  switch (form_of(option.code, dialect)) {
    case Form::hardware: return hex(option.value, ":");
    case Form::utf16le: return utf16_text(option.value);
    case Form::ipv4_list_le: return addresses_le(option.value);
    default: return hex(option.value);
  }
}

std::string printable(Octets octets) {
  std::string out;
  for (std::uint8_t octet : octets) {
    if (octet >= 0x20 && octet < 0x7f && octet != '\\') {
      out += static_cast<char>(octet);
    } else if (octet == '\\') {
      out += "\\\\";
    } else {
      std::array<char, 8> text{};
      std::snprintf(text.data(), text.size(), "\\x%02x", octet);
      out += text.data();
    }
  }
  return out;
}

}  // namespace twinlease::wire
