#include "impl/wire/dialect.hpp"

#include <array>

namespace twinlease::wire {

namespace {

constexpr Dialect draft_12_values = {
    .name = "draft-12",
    .payload_offset_sent = 12,
    .ip_flags_octets_sent = 2,
    .recover_wait_code = std::nullopt,
    .status_encoding = StatusEncoding::draft_enum,
    .option_30 = Option30::unused,
    .microsoft_options = false,
    .hardware_address_has_scope = false,
    .digest_type = DigestType::hmac_md5,
    .digest_scheme = DigestScheme::first_hmac_zeroed,
    .batch_max = 64,
    .bndack_order_matters = false,
    .tls_options = true,
    .both_send_connect = false,
    .bucket_bits_of_primary = false,
    .release_ends_lease = false,
    .accepts_older_updates = false,
};

// Seen in captures of ISC dhcpd 4.4.3-P1: state 254, one transaction a BNDUPD, a one bit for each bucket of
// `split`, a release with the time of the lease before, RELEASED accepted for a lease given after it.
constexpr Dialect isc_values = [] {
  Dialect d = draft_12_values;
  d.name = "isc";
  d.recover_wait_code = 254;
  d.batch_max = 1;
  d.bucket_bits_of_primary = true;
  d.release_ends_lease = true;
  d.accepts_older_updates = true;
  return d;
}();

// MS-DHCPF, and for what it leaves out (payload offset, lengths: A-56) what dissectors of its traffic expect.
constexpr Dialect microsoft_values = {
    .name = "microsoft",
    .payload_offset_sent = 8,
    .ip_flags_octets_sent = 1,
    .recover_wait_code = std::nullopt,
    .status_encoding = StatusEncoding::microsoft_bits,
    .option_30 = Option30::scope_id_list,
    .microsoft_options = true,
    .hardware_address_has_scope = true,
    .digest_type = DigestType::hmac_sha256,
    .digest_scheme = DigestScheme::first_hmac_zeroed,
    .batch_max = 16,
    .bndack_order_matters = true,
    .tls_options = false,
    .both_send_connect = true,
    .bucket_bits_of_primary = false,
    .release_ends_lease = false,
    .accepts_older_updates = false,
};

constexpr Dialect infoblox_values = [] {
  Dialect d = isc_values;
  d.name = "infoblox";
  d.option_30 = Option30::host_name;
  return d;
}();

}  // namespace

constinit const Dialect draft_12 = draft_12_values;
constinit const Dialect isc = isc_values;
constinit const Dialect microsoft = microsoft_values;
constinit const Dialect infoblox = infoblox_values;

namespace {
constexpr std::array<const Dialect*, 4> dialects = {&draft_12, &isc, &microsoft, &infoblox};
}

std::span<const Dialect* const> all_dialects() noexcept {
  return dialects;
}

const Dialect* find_dialect(std::string_view name) noexcept {
  for (const Dialect* d : dialects)
    if (d->name == name) return d;
  return nullptr;
}

}  // namespace twinlease::wire
