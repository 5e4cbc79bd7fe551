// The numbers of DHCPv4: op codes, message types, options, and what their definitions say about lengths.
// RFC 2131, RFC 2132, and for later options the RFC named in the table of dhcp4_options.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace twinlease::wire::dhcp4 {

inline constexpr std::uint16_t server_port = 67;  // RFC 2131 4.1
inline constexpr std::uint16_t client_port = 68;  // RFC 2131 4.1
inline constexpr std::size_t chaddr_octets = 16;  // RFC 2131 figure 1, and the next two
inline constexpr std::size_t sname_octets = 64;
inline constexpr std::size_t file_octets = 128;
inline constexpr std::size_t sname_offset = 44;
inline constexpr std::size_t file_offset = 108;
inline constexpr std::size_t header_octets = 236;  // figure 1 up to the options field
inline constexpr std::size_t cookie_octets = 4;    // RFC 2131 section 3
inline constexpr std::size_t options_offset = header_octets + cookie_octets;
inline constexpr std::size_t bootp_message_octets = 300;  // RFC 951: with a vend field of 64
inline constexpr std::size_t message_octets_min = 548;    // every client takes these: 576 less IP and UDP
inline constexpr std::size_t fragment_octets_max = 255;   // of one option; longer values: RFC 3396

inline constexpr std::uint16_t broadcast_flag = 0x8000;        // RFC 2131 figure 2
inline constexpr std::uint32_t infinite_lease_s = 0xffffffff;  // RFC 2131 3.3

// RFC 2131 table 1
enum class Op : std::uint8_t { bootrequest = 1, bootreply = 2 };

// Option 53: RFC 2132 9.6; 9 is of RFC 3203, 10 to 13 of RFC 4388.
enum class MessageType : std::uint8_t {
  discover = 1,
  offer = 2,
  request = 3,
  decline = 4,
  ack = 5,
  nak = 6,
  release = 7,
  inform = 8,
  forcerenew = 9,
  leasequery = 10,
  leaseunassigned = 11,
  leaseunknown = 12,
  leaseactive = 13,
};

// Option 52, RFC 2132 9.3: fields that hold options. The bits add up.
inline constexpr std::uint8_t overload_file = 1;
inline constexpr std::uint8_t overload_sname = 2;

// The options a server meets; any other code is OptionCode{n}.
enum class OptionCode : std::uint8_t {
  pad = 0,
  subnet_mask = 1,
  time_offset = 2,
  router = 3,
  time_server = 4,
  name_server = 5,
  domain_name_server = 6,
  log_server = 7,
  cookie_server = 8,
  lpr_server = 9,
  impress_server = 10,
  resource_location_server = 11,
  host_name = 12,
  boot_file_size = 13,
  merit_dump_file = 14,
  domain_name = 15,
  swap_server = 16,
  root_path = 17,
  extensions_path = 18,
  ip_forwarding = 19,
  non_local_source_routing = 20,
  policy_filter = 21,
  max_datagram_reassembly_size = 22,
  default_ip_ttl = 23,
  path_mtu_aging_timeout = 24,
  path_mtu_plateau_table = 25,
  interface_mtu = 26,
  all_subnets_local = 27,
  broadcast_address = 28,
  perform_mask_discovery = 29,
  mask_supplier = 30,
  perform_router_discovery = 31,
  router_solicitation_address = 32,
  static_route = 33,
  trailer_encapsulation = 34,
  arp_cache_timeout = 35,
  ethernet_encapsulation = 36,
  tcp_default_ttl = 37,
  tcp_keepalive_interval = 38,
  tcp_keepalive_garbage = 39,
  nis_domain = 40,
  nis_servers = 41,
  ntp_servers = 42,
  vendor_specific_information = 43,
  netbios_name_server = 44,
  netbios_datagram_server = 45,
  netbios_node_type = 46,
  netbios_scope = 47,
  x_font_server = 48,
  x_display_manager = 49,
  requested_ip_address = 50,
  ip_address_lease_time = 51,
  option_overload = 52,
  message_type = 53,
  server_identifier = 54,
  parameter_request_list = 55,
  message = 56,
  maximum_message_size = 57,
  renewal_time = 58,
  rebinding_time = 59,
  vendor_class_identifier = 60,
  client_identifier = 61,
  nis_plus_domain = 64,
  nis_plus_servers = 65,
  tftp_server_name = 66,
  bootfile_name = 67,
  mobile_ip_home_agent = 68,
  smtp_server = 69,
  pop3_server = 70,
  nntp_server = 71,
  www_server = 72,
  finger_server = 73,
  irc_server = 74,
  streettalk_server = 75,
  streettalk_directory_server = 76,
  user_class = 77,
  rapid_commit = 80,
  client_fqdn = 81,
  relay_agent_information = 82,
  authentication = 90,
  client_last_transaction_time = 91,
  associated_ip = 92,
  client_system_architecture = 93,
  client_network_interface = 94,
  client_machine_identifier = 97,
  ipv6_only_preferred = 108,
  captive_portal = 114,
  auto_configure = 116,
  subnet_selection = 118,
  domain_search = 119,
  classless_static_route = 121,
  vendor_identifying_vendor_class = 124,
  vendor_identifying_vendor_specific = 125,
  tftp_server_address = 150,
  end = 255,
};

struct OptionSpec {
  OptionCode code;
  std::string_view name;      // RFC 2132's heading in lower case
  std::uint16_t length_min;   // of the whole value, fragments put together
  std::uint16_t length_max;   // 65535: open
  std::uint16_t length_step;  // lengths allowed are min, min + step, ... up to max
  std::string_view clause;
};

// nullptr: not in the table. Pad and end are not: they have no length.
const OptionSpec* find_option(OptionCode code) noexcept;
// Ascending by code.
std::span<const OptionSpec> all_options() noexcept;

constexpr bool length_allowed(const OptionSpec& s, std::size_t length) noexcept {
  return length >= s.length_min && length <= s.length_max && (length - s.length_min) % s.length_step == 0;
}

// "DHCPDISCOVER", or an empty view for a value that has no name.
std::string_view name(MessageType) noexcept;

}  // namespace twinlease::wire::dhcp4
