#include <array>
#include <cstdio>

#include "fuzz/seeds/seeds.hpp"
#include "impl/wire/dhcp4_options.hpp"
#include "impl/wire/option_table.hpp"

namespace twinlease::fuzz {

namespace {

// A line of a dictionary: a name that libFuzzer ignores, and octets.
std::string entry(std::string_view name, const Bytes& octets) {
  std::string line;
  for (char c : name)
    line += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  line += "=\"";
  for (std::uint8_t octet : octets) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\x%02x", octet);
    line += text.data();
  }
  return line + "\"\n";
}

Bytes two(std::size_t number) {
  return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

std::string failover() {
  std::string out = "# Code and shortest length of every option (section 12, MS-DHCPF 2.2)\n";
  for (const wire::OptionSpec& s : wire::all_options()) {
    Bytes octets = two(s.code);
    for (std::uint8_t octet : two(s.length_min)) octets.push_back(octet);
    out += entry(s.name, octets);
  }
  out += "\n# Type and payload offset (6.1, A-01)\n";
  for (std::uint8_t type = 1; type <= 12; ++type)
    for (std::uint8_t offset : {std::uint8_t{8}, std::uint8_t{12}})
      out += entry(std::string(name(wire::MessageType{type})) + "_" + std::to_string(offset), {type, offset});
  out += "\n# Lengths at the limits of a message (6.1)\n";
  for (std::size_t length : {11, 12, 2047, 2048, 2049})
    out += entry("length_" + std::to_string(length), two(length));
  out += "\n# What begins options inside options (12.7, 12.8)\n";
  return out + entry("magic_number", {99, 130, 83, 99});
}

std::string dhcp4() {
  std::string out = "# Code and shortest length of every option\n";
  for (const wire::dhcp4::OptionSpec& s : wire::dhcp4::all_options())
    out += entry(s.name, {static_cast<std::uint8_t>(s.code), static_cast<std::uint8_t>(s.length_min)});
  out += "\n# DHCP message types (option 53), option overload (52), end, magic cookie\n";
  for (std::uint8_t type = 1; type <= 13; ++type)
    out += entry(name(wire::dhcp4::MessageType{type}), {53, 1, type});
  for (std::uint8_t bits = 0; bits <= 4; ++bits)
    out += entry("overload_" + std::to_string(bits), {52, 1, bits});
  return out + entry("end", {255}) + entry("magic_cookie", {99, 130, 83, 99});
}

}  // namespace

std::string dictionary(std::string_view name) {
  return name == "failover" ? failover() : dhcp4();
}

}  // namespace twinlease::fuzz
