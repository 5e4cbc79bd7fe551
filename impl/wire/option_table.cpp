#include "impl/wire/option_table.hpp"

#include <array>

namespace twinlease::wire {

namespace {

constexpr std::uint16_t open = 65535;

// clang-format off
//                    code  name                            form                    min  max  step per address  clause
constexpr std::array<OptionSpec, option_code_last> table = {{
    {  1, "addresses-transferred",        Form::u32,              4,    4, 1, false, "FO-12.1-01"},
    {  2, "assigned-IP-address",          Form::ipv4,             4,    4, 1, true,  "FO-12.2-01"},
    {  3, "binding-status",               Form::binding_status,   1,    1, 1, true,  "FO-12.3-01"},
    {  4, "client-identifier",            Form::client_id,        1, open, 1, true,  "FO-12.4-01"},
    {  5, "client-hardware-address",      Form::hardware,         2, open, 1, true,  "FO-12.5-01"},
    {  6, "client-last-transaction-time", Form::time,             4,    4, 1, true,  "FO-12.6-01"},
    {  7, "client-reply-options",         Form::dhcp_options,     4, open, 1, true,  "FO-12.7-01"},
    {  8, "client-request-options",       Form::dhcp_options,     4, open, 1, true,  "FO-12.8-01"},
    {  9, "DDNS",                         Form::ddns,             2, open, 1, true,  "FO-12.9-01"},
    { 10, "delayed-service-parameter",    Form::u8,               1,    1, 1, false, "FO-12.10-01"},
    { 11, "hash-bucket-assignment",       Form::octets,          32,   32, 1, false, "FO-12.11-01"},
    { 12, "IP-flags",                     Form::flags16,          1,    2, 1, true,  "FO-12.12-01"},
    { 13, "lease-expiration-time",        Form::time,             4,    4, 1, true,  "FO-12.13-01"},
    { 14, "max-unacked-bndupd",           Form::u32,              4,    4, 1, false, "FO-12.14-01"},
    { 15, "MCLT",                         Form::u32,              4,    4, 1, false, "FO-12.15-01"},
    { 16, "message",                      Form::text,             0, open, 1, false, "FO-12.16-01"},
    { 17, "message-digest",               Form::digest,           2, open, 1, false, "FO-12.17-01"},
    { 18, "potential-expiration-time",    Form::time,             4,    4, 1, true,  "FO-12.18-01"},
    { 19, "receive-timer",                Form::u32,              4,    4, 1, false, "FO-12.19-01"},
    { 20, "protocol-version",             Form::u8,               1,    1, 1, false, "FO-12.20-01"},
    { 21, "reject-reason",                Form::reject_reason,    1,    1, 1, false, "FO-12.21-01"},
    { 22, "relationship-name",            Form::text,             1, open, 1, false, "FO-12.22-01"},
    { 23, "server-flags",                 Form::flags8,           1,    1, 1, false, "FO-12.23-01"},
    { 24, "server-state",                 Form::server_state,     1,    1, 1, false, "FO-12.24-01"},
    { 25, "start-time-of-state",          Form::time,             4,    4, 1, true,  "FO-12.25-01"},
    { 26, "TLS-reply",                    Form::u8,               1,    1, 1, false, "FO-12.26-01"},
    { 27, "TLS-request",                  Form::u8,               1,    1, 1, false, "FO-12.27-01"},
    { 28, "vendor-class-identifier",      Form::text,             1, open, 1, false, "FO-12.28-01"},
    { 29, "vendor-specific-options",      Form::failover_options, 0, open, 1, false, "FO-12.29-01"},
    { 30, "Scope ID List",                Form::ipv4_list_le,     4, open, 4, false, "MS-2.2.1-01"},
    { 31, "Client Name",                  Form::utf16le,          2, open, 2, true,  "MS-2.2.2-01"},
    { 32, "Client Description",           Form::utf16le,          2, open, 2, true,  "MS-2.2.3-01"},
    { 33, "Client Subnet Mask",           Form::ipv4,             4,    4, 1, true,  "MS-2.2.4-01"},
    { 34, "Server IP",                    Form::ipv4,             4,    4, 1, true,  "MS-2.2.5-01"},
    { 35, "Server Name",                  Form::utf16le,          2, open, 2, true,  "MS-2.2.6-01"},
    { 36, "Client Type",                  Form::u8,               1,    1, 1, true,  "MS-2.2.7-01"},
    { 37, "Client NAP Status",            Form::octets,           1,    4, 3, true,  "MS-2.2.8-01"},
    { 38, "Client NAP Probation",         Form::octets,           4,    8, 4, true,  "MS-2.2.9-01"},
    { 39, "Client NAP Capable",           Form::u8,               1,    1, 1, true,  "MS-2.2.10-01"},
    { 40, "Client Matched Policy",        Form::utf16le,          2, open, 2, true,  "MS-2.2.11-01"},
    { 41, "Extended Address State",       Form::flags32,          4,    4, 1, true,  "MS-2.2.12-01"},
}};
// clang-format on

constexpr bool ascending_from_one() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].code != i + 1) return false;
  return true;
}
static_assert(ascending_from_one(), "find_option() indexes by code");

}  // namespace

const OptionSpec* find_option(std::uint16_t code) noexcept {
  return code >= 1 && code <= table.size() ? &table[code - 1] : nullptr;
}

const OptionSpec* find_option(std::uint16_t code, const Dialect& dialect) noexcept {
  constexpr auto scope_id_list = static_cast<std::uint16_t>(OptionCode::ms_scope_id_list);
  if (code == scope_id_list && dialect.option_30 == Option30::unused) return nullptr;
  if (code > scope_id_list && !dialect.microsoft_options) return nullptr;
  return find_option(code);
}

std::span<const OptionSpec> all_options() noexcept {
  return table;
}

}  // namespace twinlease::wire
