// The numbers of the failover protocol: message types, options, states, reasons, limits.
// One enumeration per number space of draft-ietf-dhc-failover-12 sections 6 and 12, and MS-DHCPF section 2.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace twinlease::wire {

inline constexpr std::uint16_t failover_port = 647;             // 8.2
inline constexpr std::size_t fixed_header_octets = 12;          // 6.1, A-01
inline constexpr std::size_t message_length_min = 12;           // 6.1
inline constexpr std::size_t message_length_max = 2048;         // 6.1
inline constexpr std::size_t option_header_octets = 4;          // 6.2
inline constexpr std::uint8_t protocol_version_current = 1;     // 12.20
inline constexpr std::size_t hash_bucket_octets = 32;           // 12.11
inline constexpr std::uint32_t dhcp_magic_cookie = 0x63825363;  // RFC 2131 section 3

// 6.1: msg type. 0 is reserved; 1-127 must be understood; 128-255 may be ignored (A-43: 128 is among those).
enum class MessageType : std::uint8_t {
  poolreq = 1,
  poolresp = 2,
  bndupd = 3,
  bndack = 4,
  connect = 5,
  connectack = 6,
  updreqall = 7,
  upddone = 8,
  updreq = 9,
  state = 10,
  contact = 11,
  disconnect = 12,
};
inline constexpr std::uint8_t optional_message_types_from = 128;

// 12.1 to 12.29; 30 to 41 are MS-DHCPF 2.2.1 to 2.2.12 (30 is a host name in the infoblox dialect).
enum class OptionCode : std::uint16_t {
  addresses_transferred = 1,
  assigned_ip_address = 2,
  binding_status = 3,
  client_identifier = 4,
  client_hardware_address = 5,
  client_last_transaction_time = 6,
  client_reply_options = 7,
  client_request_options = 8,
  ddns = 9,
  delayed_service_parameter = 10,
  hash_bucket_assignment = 11,
  ip_flags = 12,
  lease_expiration_time = 13,
  max_unacked_bndupd = 14,
  mclt = 15,
  message = 16,
  message_digest = 17,
  potential_expiration_time = 18,
  receive_timer = 19,
  protocol_version = 20,
  reject_reason = 21,
  relationship_name = 22,
  server_flags = 23,
  server_state = 24,
  start_time_of_state = 25,
  tls_reply = 26,
  tls_request = 27,
  vendor_class_identifier = 28,
  vendor_specific_options = 29,
  ms_scope_id_list = 30,
  ms_client_name = 31,
  ms_client_description = 32,
  ms_client_subnet_mask = 33,
  ms_server_ip = 34,
  ms_server_name = 35,
  ms_client_type = 36,
  ms_client_nap_status = 37,
  ms_client_nap_probation = 38,
  ms_client_nap_capable = 39,
  ms_client_matched_policy = 40,
  ms_extended_address_state = 41,
};
inline constexpr std::uint16_t option_code_last = 41;

// 12.3
enum class BindingStatus : std::uint8_t {
  free = 1,
  active = 2,
  expired = 3,
  released = 4,
  abandoned = 5,
  reset = 6,
  backup = 7,
};

// 12.24. RECOVER-WAIT has no value there; see Dialect::recover_wait_code.
enum class ServerState : std::uint8_t {
  startup = 1,  // never sent: STARTUP travels as a bit of server-flags
  normal = 2,
  communications_interrupted = 3,
  partner_down = 4,
  potential_conflict = 5,
  recover = 6,
  paused = 7,
  shutdown = 8,
  recover_done = 9,
  resolution_interrupted = 10,
  conflict_done = 11,
};

// 12.21
enum class RejectReason : std::uint8_t {
  illegal_ip_address = 1,
  fatal_conflict = 2,
  missing_binding_information = 3,
  time_mismatch_too_great = 4,
  invalid_mclt = 5,
  unknown_reason = 6,
  duplicate_connection = 7,
  invalid_failover_partner = 8,
  tls_not_supported = 9,
  tls_supported_but_not_configured = 10,
  tls_required_but_not_supported_by_partner = 11,
  message_digest_not_supported = 12,
  message_digest_not_configured = 13,
  protocol_version_mismatch = 14,
  outdated_binding_information = 15,
  less_critical_binding_information = 16,
  no_traffic_within_sufficient_time = 17,
  hash_bucket_assignment_conflict = 18,
  ip_not_reserved_on_this_server = 19,
  message_digest_failed_to_compare = 20,
  missing_message_digest = 21,
  unknown_error = 254,
};

// Flag bits count from the least significant one.
inline constexpr std::uint8_t server_flag_startup = 0x01;    // 12.23 S
inline constexpr std::uint16_t ip_flag_reserved = 0x0001;    // 12.12 R
inline constexpr std::uint16_t ip_flag_bootp = 0x0002;       // 12.12 B
inline constexpr std::uint16_t ddns_flag_a_done = 0x0001;    // 12.9 C
inline constexpr std::uint16_t ddns_flag_a_ours = 0x0002;    // 12.9 A
inline constexpr std::uint16_t ddns_flag_ptr_done = 0x0004;  // 12.9 D
inline constexpr std::uint16_t ddns_flag_ptr_ours = 0x0008;  // 12.9 P

// 12.17 has type 1 only; 2 is what Microsoft's servers put before HMAC-SHA-256 (A-02: not documented).
enum class DigestType : std::uint8_t { hmac_md5 = 1, hmac_sha256 = 2 };

// The draft's spelling, or an empty view for a value that has no name.
std::string_view name(MessageType) noexcept;
std::string_view name(BindingStatus) noexcept;
std::string_view name(ServerState) noexcept;
std::string_view name(RejectReason) noexcept;

// True for the types 1 to 12 that every server supports (6.1, FO-6.1-24).
constexpr bool is_known(MessageType type) noexcept {
  return static_cast<std::uint8_t>(type) >= 1 && static_cast<std::uint8_t>(type) <= 12;
}

}  // namespace twinlease::wire
