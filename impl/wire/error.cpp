#include "impl/wire/error.hpp"

#include "impl/wire/option_table.hpp"

namespace twinlease::wire {

std::string_view Error::clause() const noexcept {
  switch (fault) {
    case Fault::length_below_minimum: return "FO-6.1-05";
    case Fault::length_above_maximum: return "FO-6.1-04";
    case Fault::length_disagrees: return "FO-6.1-03";
    case Fault::payload_offset: return "FO-6.1-07";
    case Fault::type_not_understood: return "FO-6.1-10";
    case Fault::type_ignorable: return "FO-6.1-11";
    case Fault::option_overruns: return "FO-6.1-19";
    case Fault::stray_octets: return "FO-6.1-19";
    case Fault::option_length:
    case Fault::option_value:
    case Fault::embedded_options: {
      const OptionSpec* spec = find_option(option);
      return spec != nullptr ? spec->clause : std::string_view("FO-6.1-19");
    }
    case Fault::option_repeated: return "FO-6.2-04";
    case Fault::option_outside_message: return "FO-6.3-03";
    case Fault::option_missing: return "FO-7.1.3-01";
    case Fault::message_full: return "FO-6.1-04";
    case Fault::option_too_long: return "FO-6.1-19";
  }
  return {};
}

std::string_view Error::text() const noexcept {
  switch (fault) {
    case Fault::length_below_minimum: return "message length is below 12";
    case Fault::length_above_maximum: return "message length is above 2048";
    case Fault::length_disagrees: return "message length is not the number of octets there";
    case Fault::payload_offset: return "payload offset lies inside the header or beyond the message";
    case Fault::type_not_understood: return "message type below 128 is not one of 1 to 12";
    case Fault::type_ignorable: return "message type from 128 up is not understood";
    case Fault::option_overruns: return "option runs past the end of the message";
    case Fault::stray_octets: return "octets after the last option are too few for another";
    case Fault::option_length: return "length is not one that section 12 allows";
    case Fault::option_value: return "value is not one that section 12 allows";
    case Fault::option_repeated: return "option appears twice";
    case Fault::option_outside_message: return "option of an address stands before any assigned-IP-address";
    case Fault::option_missing: return "option is missing";
    case Fault::embedded_options: return "embedded options are malformed";
    case Fault::message_full: return "message would exceed 2048 octets";
    case Fault::option_too_long: return "option value exceeds 65535 octets";
  }
  return {};
}

std::string to_string(const Error& error) {
  std::string out;
  if (error.option != 0) {
    out += "option " + std::to_string(error.option);
    if (const OptionSpec* spec = find_option(error.option)) out.append(" ").append(spec->name);
    out += " at octet " + std::to_string(error.offset) + ": ";
  } else {
    out += "octet " + std::to_string(error.offset) + ": ";
  }
  return out.append(error.text()).append(" (").append(error.clause()).append(")");
}

}  // namespace twinlease::wire
