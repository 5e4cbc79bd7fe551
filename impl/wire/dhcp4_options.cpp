#include "impl/wire/dhcp4_options.hpp"

#include <array>

namespace twinlease::wire::dhcp4 {

namespace {

using enum OptionCode;

constexpr std::uint16_t open = 65535;

// clang-format off
//   code                                  name                            min   max step  clause
constexpr OptionSpec table[] = {
    {subnet_mask,                        "subnet-mask",                      4,    4, 1, "RFC2132-3.3"},
    {time_offset,                        "time-offset",                      4,    4, 1, "RFC2132-3.4"},
    {router,                             "router",                           4, open, 4, "RFC2132-3.5"},
    {time_server,                        "time-server",                      4, open, 4, "RFC2132-3.6"},
    {name_server,                        "name-server",                      4, open, 4, "RFC2132-3.7"},
    {domain_name_server,                 "domain-name-server",               4, open, 4, "RFC2132-3.8"},
    {log_server,                         "log-server",                       4, open, 4, "RFC2132-3.9"},
    {cookie_server,                      "cookie-server",                    4, open, 4, "RFC2132-3.10"},
    {lpr_server,                         "LPR-server",                       4, open, 4, "RFC2132-3.11"},
    {impress_server,                     "impress-server",                   4, open, 4, "RFC2132-3.12"},
    {resource_location_server,           "resource-location-server",         4, open, 4, "RFC2132-3.13"},
    {host_name,                          "host-name",                        1, open, 1, "RFC2132-3.14"},
    {boot_file_size,                     "boot-file-size",                   2,    2, 1, "RFC2132-3.15"},
    {merit_dump_file,                    "merit-dump-file",                  1, open, 1, "RFC2132-3.16"},
    {domain_name,                        "domain-name",                      1, open, 1, "RFC2132-3.17"},
    {swap_server,                        "swap-server",                      4,    4, 1, "RFC2132-3.18"},
    {root_path,                          "root-path",                        1, open, 1, "RFC2132-3.19"},
    {extensions_path,                    "extensions-path",                  1, open, 1, "RFC2132-3.20"},
    {ip_forwarding,                      "IP-forwarding",                    1,    1, 1, "RFC2132-4.1"},
    {non_local_source_routing,           "non-local-source-routing",         1,    1, 1, "RFC2132-4.2"},
    {policy_filter,                      "policy-filter",                    8, open, 8, "RFC2132-4.3"},
    {max_datagram_reassembly_size,       "maximum-datagram-reassembly-size", 2,    2, 1, "RFC2132-4.4"},
    {default_ip_ttl,                     "default-IP-time-to-live",          1,    1, 1, "RFC2132-4.5"},
    {path_mtu_aging_timeout,             "path-MTU-aging-timeout",           4,    4, 1, "RFC2132-4.6"},
    {path_mtu_plateau_table,             "path-MTU-plateau-table",           2, open, 2, "RFC2132-4.7"},
    {interface_mtu,                      "interface-MTU",                    2,    2, 1, "RFC2132-5.1"},
    {all_subnets_local,                  "all-subnets-are-local",            1,    1, 1, "RFC2132-5.2"},
    {broadcast_address,                  "broadcast-address",                4,    4, 1, "RFC2132-5.3"},
    {perform_mask_discovery,             "perform-mask-discovery",           1,    1, 1, "RFC2132-5.4"},
    {mask_supplier,                      "mask-supplier",                    1,    1, 1, "RFC2132-5.5"},
    {perform_router_discovery,           "perform-router-discovery",         1,    1, 1, "RFC2132-5.6"},
    {router_solicitation_address,        "router-solicitation-address",      4,    4, 1, "RFC2132-5.7"},
    {static_route,                       "static-route",                     8, open, 8, "RFC2132-5.8"},
    {trailer_encapsulation,              "trailer-encapsulation",            1,    1, 1, "RFC2132-6.1"},
    {arp_cache_timeout,                  "ARP-cache-timeout",                4,    4, 1, "RFC2132-6.2"},
    {ethernet_encapsulation,             "ethernet-encapsulation",           1,    1, 1, "RFC2132-6.3"},
    {tcp_default_ttl,                    "TCP-default-TTL",                  1,    1, 1, "RFC2132-7.1"},
    {tcp_keepalive_interval,             "TCP-keepalive-interval",           4,    4, 1, "RFC2132-7.2"},
    {tcp_keepalive_garbage,              "TCP-keepalive-garbage",            1,    1, 1, "RFC2132-7.3"},
    {nis_domain,                         "NIS-domain",                       1, open, 1, "RFC2132-8.1"},
    {nis_servers,                        "NIS-servers",                      4, open, 4, "RFC2132-8.2"},
    {ntp_servers,                        "NTP-servers",                      4, open, 4, "RFC2132-8.3"},
    {vendor_specific_information,        "vendor-specific-information",      1, open, 1, "RFC2132-8.4"},
    {netbios_name_server,                "NetBIOS-name-server",              4, open, 4, "RFC2132-8.5"},
    {netbios_datagram_server,            "NetBIOS-datagram-server",          4, open, 4, "RFC2132-8.6"},
    {netbios_node_type,                  "NetBIOS-node-type",                1,    1, 1, "RFC2132-8.7"},
    {netbios_scope,                      "NetBIOS-scope",                    1, open, 1, "RFC2132-8.8"},
    {x_font_server,                      "X-font-server",                    4, open, 4, "RFC2132-8.9"},
    {x_display_manager,                  "X-display-manager",                4, open, 4, "RFC2132-8.10"},
    {requested_ip_address,               "requested-IP-address",             4,    4, 1, "RFC2132-9.1"},
    {ip_address_lease_time,              "IP-address-lease-time",            4,    4, 1, "RFC2132-9.2"},
    {option_overload,                    "option-overload",                  1,    1, 1, "RFC2132-9.3"},
    {OptionCode::message_type,           "DHCP-message-type",                1,    1, 1, "RFC2132-9.6"},
    {server_identifier,                  "server-identifier",                4,    4, 1, "RFC2132-9.7"},
    {parameter_request_list,             "parameter-request-list",           1, open, 1, "RFC2132-9.8"},
    {message,                            "message",                          1, open, 1, "RFC2132-9.9"},
    {maximum_message_size,               "maximum-DHCP-message-size",        2,    2, 1, "RFC2132-9.10"},
    {renewal_time,                       "renewal-time",                     4,    4, 1, "RFC2132-9.11"},
    {rebinding_time,                     "rebinding-time",                   4,    4, 1, "RFC2132-9.12"},
    {vendor_class_identifier,            "vendor-class-identifier",          1, open, 1, "RFC2132-9.13"},
    {client_identifier,                  "client-identifier",                2, open, 1, "RFC2132-9.14"},
    {nis_plus_domain,                    "NIS+-domain",                      1, open, 1, "RFC2132-8.11"},
    {nis_plus_servers,                   "NIS+-servers",                     4, open, 4, "RFC2132-8.12"},
    {tftp_server_name,                   "TFTP-server-name",                 1, open, 1, "RFC2132-9.4"},
    {bootfile_name,                      "bootfile-name",                    1, open, 1, "RFC2132-9.5"},
    {mobile_ip_home_agent,               "mobile-IP-home-agent",             0, open, 4, "RFC2132-8.13"},
    {smtp_server,                        "SMTP-server",                      4, open, 4, "RFC2132-8.14"},
    {pop3_server,                        "POP3-server",                      4, open, 4, "RFC2132-8.15"},
    {nntp_server,                        "NNTP-server",                      4, open, 4, "RFC2132-8.16"},
    {www_server,                         "WWW-server",                       4, open, 4, "RFC2132-8.17"},
    {finger_server,                      "finger-server",                    4, open, 4, "RFC2132-8.18"},
    {irc_server,                         "IRC-server",                       4, open, 4, "RFC2132-8.19"},
    {streettalk_server,                  "StreetTalk-server",                4, open, 4, "RFC2132-8.20"},
    {streettalk_directory_server,        "StreetTalk-directory-server",      4, open, 4, "RFC2132-8.21"},
    {user_class,                         "user-class",                       1, open, 1, "RFC3004-4"},
    {rapid_commit,                       "rapid-commit",                     0,    0, 1, "RFC4039-4"},
    {client_fqdn,                        "client-FQDN",                      3, open, 1, "RFC4702-2"},
    {relay_agent_information,            "relay-agent-information",          2, open, 1, "RFC3046-2.0"},
    {authentication,                     "authentication",                  11, open, 1, "RFC3118-2"},
    {client_last_transaction_time,       "client-last-transaction-time",     4,    4, 1, "RFC4388-6.1"},
    {associated_ip,                      "associated-IP",                    4, open, 4, "RFC4388-6.1"},
    {client_system_architecture,         "client-system-architecture",       2, open, 2, "RFC4578-2.1"},
    {client_network_interface,           "client-network-interface",         3,    3, 1, "RFC4578-2.2"},
    {client_machine_identifier,          "client-machine-identifier",       17,   17, 1, "RFC4578-2.3"},
    {ipv6_only_preferred,                "IPv6-only-preferred",              4,    4, 1, "RFC8925-3.1"},
    {captive_portal,                     "captive-portal",                   1, open, 1, "RFC8910-2.1"},
    {auto_configure,                     "auto-configure",                   1,    1, 1, "RFC2563-2"},
    {subnet_selection,                   "subnet-selection",                 4,    4, 1, "RFC3011-2"},
    {domain_search,                      "domain-search",                    1, open, 1, "RFC3397-2"},
    {classless_static_route,             "classless-static-route",           5, open, 1, "RFC3442"},
    {vendor_identifying_vendor_class,    "vendor-identifying-vendor-class",  5, open, 1, "RFC3925-3"},
    {vendor_identifying_vendor_specific, "vendor-identifying-vendor-specific-information",
                                                                             5, open, 1, "RFC3925-4"},
    {tftp_server_address,                "TFTP-server-address",              4, open, 4, "RFC5859-3"},
};
// clang-format on

constexpr bool ascending() {
  for (std::size_t i = 1; i < std::size(table); ++i)
    if (table[i - 1].code >= table[i].code) return false;
  return true;
}
static_assert(ascending(), "all_options() promises it");

// Code to position in the table plus one; 0: not there.
constexpr auto positions = [] {
  std::array<std::uint8_t, 256> p{};
  for (std::size_t i = 0; i < std::size(table); ++i)
    p[static_cast<std::uint8_t>(table[i].code)] = static_cast<std::uint8_t>(i + 1);
  return p;
}();

constexpr std::array<std::string_view, 13> message_type_names = {
    "DHCPDISCOVER",   "DHCPOFFER",      "DHCPREQUEST",         "DHCPDECLINE",
    "DHCPACK",        "DHCPNAK",        "DHCPRELEASE",         "DHCPINFORM",
    "DHCPFORCERENEW", "DHCPLEASEQUERY", "DHCPLEASEUNASSIGNED", "DHCPLEASEUNKNOWN",
    "DHCPLEASEACTIVE"};

}  // namespace

const OptionSpec* find_option(OptionCode code) noexcept {
  const std::uint8_t position = positions[static_cast<std::uint8_t>(code)];
  return position == 0 ? nullptr : &table[position - 1];
}

std::span<const OptionSpec> all_options() noexcept {
  return table;
}

std::string_view name(MessageType type) noexcept {
  const auto n = static_cast<std::size_t>(type);
  return n >= 1 && n <= message_type_names.size() ? message_type_names[n - 1] : std::string_view();
}

}  // namespace twinlease::wire::dhcp4
