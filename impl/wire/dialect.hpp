// Dialects of the protocol as data. Code asks a field of this struct; it never asks for the dialect's name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

enum class Option30 : std::uint8_t { unused, scope_id_list, host_name };
enum class StatusEncoding : std::uint8_t { draft_enum, microsoft_bits };

// Which octets the digest covers and where it stands.
enum class DigestScheme : std::uint8_t {
  first_hmac_zeroed,    // first option, HMAC keyed with the secret over the message with zeroed digest octets
  first_hmac_prior,     // first option, HMAC over the message as it was before the option was put in (12.17)
  first_concat_zeroed,  // first option, plain hash over message and then secret (11.1, read to the letter)
  trailing_hmac,        // last option, HMAC, zeroed (6.3 schematic)
};

struct Dialect {
  std::string_view name;
  std::uint8_t payload_offset_sent;               // A-01; received offsets are judged alike in all dialects
  std::uint8_t ip_flags_octets_sent;              // 1 or 2; both are accepted
  std::optional<std::uint8_t> recover_wait_code;  // A-03; none: RECOVER is sent on
  StatusEncoding status_encoding;                 // 12.3 or MS-DHCPF 3.1.4.2
  Option30 option_30;
  bool microsoft_options;           // 31 to 41 mean something; elsewhere they are unknown options (6.1)
  bool hardware_address_has_scope;  // four octets of scope id before htype
  DigestType digest_type;
  DigestScheme digest_scheme;
  std::uint16_t batch_max;    // transactions sent in one BNDUPD
  bool bndack_order_matters;  // MS-DHCPF 3.1.5.3
  bool tls_options;           // TLS-request and TLS-reply are part of the handshake
  bool both_send_connect;     // A-16, MS-DHCPF 3.2.7.1
  // A one bit in hash-bucket-assignment is a bucket of the primary; by 12.11 it is one of the secondary.
  bool bucket_bits_of_primary;
  // RELEASED says in lease-expiration-time when the client released, and in client-last-transaction-time when
  // it was heard before; by 7.1.3 the release is the last transaction.
  bool release_ends_lease;
  // A BNDUPD older than the own record is accepted and undoes it, where Figure 7.1.3-1 rejects it.
  bool accepts_older_updates;
};

extern const Dialect draft_12;
extern const Dialect isc;
extern const Dialect microsoft;
extern const Dialect infoblox;

std::span<const Dialect* const> all_dialects() noexcept;
// nullptr: no dialect of that name.
const Dialect* find_dialect(std::string_view name) noexcept;

}  // namespace twinlease::wire
