// Values as an operator writes them in the configuration and on the command line. Each reader: none if the
// word is not of that kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "impl/core/config.hpp"

namespace twinlease::server {

std::optional<core::Ipv4> read_ipv4(std::string_view);    // "10.77.2.1"
std::optional<core::Range> read_range(std::string_view);  // "10.77.2.10-10.77.2.99", or one address
std::optional<std::pair<core::Ipv4, int>> read_subnet(std::string_view);  // "10.77.2.0/24"
std::optional<std::string> read_hex(std::string_view);                    // "0102ff", "01:02:ff": the octets
std::optional<core::HardwareAddress> read_hardware(
    std::string_view);  // "02:00:00:00:00:01": Ethernet; "htype/..." else
std::optional<std::string> read_identifier(std::string_view);  // "hex:..." or a text: octets of option 61

std::string show(core::Ipv4);
std::string show_hex(std::string_view octets);  // "0102ff"
std::string show(const core::HardwareAddress&);

}  // namespace twinlease::server
