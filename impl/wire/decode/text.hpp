// Small pieces of text that both output formats need.
#pragma once

#include <string>
#include <string_view>

#include "impl/wire/decode/record.hpp"

namespace twinlease::capture {

// "0a4d0101"; with a separator "0a:4d:01:01".
std::string hex(Octets octets, std::string_view separator = {});
std::string to_string(Ipv4 address);
// An option's value as format_value() has it, with reject reasons by name.
std::string value_text(const wire::OptionSpan&, const wire::Dialect&);
// "BNDUPD"; "type-200" for a message type without a name.
std::string type_name(std::uint8_t type);
// "DHCPDISCOVER"; without a message type "BOOTREQUEST", "BOOTREPLY" or "op-7".
std::string type_name(const wire::dhcp4::Message&);
// Option 53; 0: there is none of one octet.
std::uint8_t type_code(const wire::dhcp4::Message&);
// "IP-address-lease-time", or "option-224".
std::string option_name(wire::dhcp4::OptionCode);

}  // namespace twinlease::capture
