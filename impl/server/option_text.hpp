// DHCPv4 options as an operator writes them: `router = "10.0.0.1"`, `domain-name = "example.org"`, `43 =
// "hex:0102"`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "impl/core/config.hpp"

namespace twinlease::server {

enum class OptionForm : std::uint8_t { addresses, address, text, u8, u16, u32, flag, domains, octets };

// By RFC 2132's name in lower case with hyphens, or by number. The options that the server itself writes
// (lease time, message type, ...) are no settings. None: there is no such option, or it is no setting.
std::optional<std::uint8_t> option_code(std::string_view name);
OptionForm option_form(std::uint8_t code);
// What a value of that form looks like: "an address, or a list of addresses".
std::string_view expected(OptionForm);

// values: one word, or several for a list. "hex:..." is taken for every form. None: it is not of that form,
// or its length is none that the option's definition allows.
std::optional<std::string> option_octets(std::uint8_t code, const std::vector<std::string>& values);

}  // namespace twinlease::server
