#include "impl/wire/dhcp4_error.hpp"

namespace twinlease::wire::dhcp4 {

std::string_view Error::clause() const noexcept {
  switch (fault) {
    case Fault::too_short: return "RFC2131-2";
    case Fault::hardware_length: return "RFC2131-2";
    case Fault::option_overruns: return "RFC2131-4.1";
    case Fault::end_missing: return "RFC2131-4.1";
    // Pads are a MUST after the options of file and sname, a SHOULD in the options field.
    case Fault::stray_octets: return offset < header_octets ? "RFC2131-4.1" : "RFC2132-3.2";
    case Fault::option_overload: return "RFC2132-9.3";
    case Fault::option_length: {
      const OptionSpec* spec = find_option(option);
      return spec != nullptr ? spec->clause : std::string_view("RFC2132-2");
    }
    case Fault::sub_option_overruns: return "RFC3046-2.0";
    case Fault::message_full: return "RFC2131-2";
    case Fault::field_too_long: return "RFC2131-2";
  }
  return {};
}

std::string_view Error::text() const noexcept {
  switch (fault) {
    case Fault::too_short: return "message is shorter than its fixed fields";
    case Fault::hardware_length: return "hlen exceeds the 16 octets of chaddr";
    case Fault::option_overruns: return "option runs past the end of its field";
    case Fault::end_missing: return "options are not terminated by an end option";
    case Fault::stray_octets: return "octets after the end option are not pads";
    case Fault::option_overload: return "option overload is not one octet of 1, 2 or 3";
    case Fault::option_length: return "length is not one that the option's definition allows";
    case Fault::sub_option_overruns: return "sub-option runs past the end of the option";
    case Fault::message_full: return "message would exceed the buffer";
    case Fault::field_too_long: return "chaddr, sname or file would exceed its field";
  }
  return {};
}

std::string to_string(const Error& error) {
  std::string out;
  if (error.option != OptionCode::pad) {
    out += "option " + std::to_string(static_cast<unsigned>(error.option));
    if (const OptionSpec* spec = find_option(error.option)) out.append(" ").append(spec->name);
    out += " at octet " + std::to_string(error.offset) + ": ";
  } else {
    out += "octet " + std::to_string(error.offset) + ": ";
  }
  return out.append(error.text()).append(" (").append(error.clause()).append(")");
}

}  // namespace twinlease::wire::dhcp4
