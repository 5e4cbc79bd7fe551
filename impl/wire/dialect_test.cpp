// What is known of each dialect, as a numbered list; A-nn: spec readings.

#include "impl/wire/dialect.hpp"

#include <gtest/gtest.h>

#include <set>

namespace twinlease::wire {
namespace {

TEST(Dialect, FoundByName) {
  std::set<std::string_view> names;
  for (const Dialect* dialect : all_dialects()) {
    EXPECT_EQ(find_dialect(dialect->name), dialect);
    names.insert(dialect->name);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"draft-12", "isc", "microsoft", "infoblox"}));
  EXPECT_EQ(all_dialects().size(), names.size());
  EXPECT_EQ(find_dialect("draft"), nullptr);
  EXPECT_EQ(find_dialect(""), nullptr);
}

// 1. A-01: options at octet 12; Microsoft says 8.       2. A-04: IP-flags in two octets; Microsoft in one.
TEST(Dialect, Header) {
  for (const Dialect* dialect : {&draft_12, &isc, &infoblox}) {
    EXPECT_EQ(dialect->payload_offset_sent, 12);
    EXPECT_EQ(dialect->ip_flags_octets_sent, 2);
  }
  EXPECT_EQ(microsoft.payload_offset_sent, 8);
  EXPECT_EQ(microsoft.ip_flags_octets_sent, 1);
}

// 3. A-03: the draft has no value for RECOVER-WAIT, dhcpd sends 254.
TEST(Dialect, RecoverWait) {
  EXPECT_FALSE(draft_12.recover_wait_code);
  EXPECT_EQ(isc.recover_wait_code, 254);
  EXPECT_EQ(infoblox.recover_wait_code, 254);
}

// 4. Option 30 is unknown to the draft, a list of scopes (MS-DHCPF 2.2.1) or a host name.
// 5. Only Microsoft's binding-status is made of bits (3.1.4.2), and only there are 31 to 41 options.
TEST(Dialect, Options) {
  EXPECT_EQ(draft_12.option_30, Option30::unused);
  EXPECT_EQ(isc.option_30, Option30::unused);
  EXPECT_EQ(microsoft.option_30, Option30::scope_id_list);
  EXPECT_EQ(infoblox.option_30, Option30::host_name);
  for (const Dialect* dialect : all_dialects()) {
    const bool bits = dialect == &microsoft;
    EXPECT_EQ(dialect->status_encoding, bits ? StatusEncoding::microsoft_bits : StatusEncoding::draft_enum);
    EXPECT_EQ(dialect->microsoft_options, bits);
  }
}

// 6. A-02: digest as the first option over the zeroed message; HMAC-SHA-256 at Microsoft (2.2), else
// HMAC-MD5.
TEST(Dialect, Digest) {
  for (const Dialect* dialect : all_dialects()) {
    EXPECT_EQ(dialect->digest_scheme, DigestScheme::first_hmac_zeroed);
    EXPECT_EQ(dialect->digest_type, dialect == &microsoft ? DigestType::hmac_sha256 : DigestType::hmac_md5);
  }
}

// 7. Batches: any number that fits (6.3), one at dhcpd, 16 at Microsoft (3.1.4.2), whose BNDACK keeps the
// order
//    (3.1.5.3). 8. TLS options are not part of Microsoft's handshake. 9. There both servers may connect
//    (3.2.7.1). 10. The one bits of hash-bucket-assignment are dhcpd's primary's, not the secondary's
//    (12.11).
// 11. Its RELEASED has the time of the release in lease-expiration-time alone. 12. It accepts what is older
// than its record.
TEST(Dialect, Behaviour) {
  EXPECT_GT(draft_12.batch_max, 1);
  EXPECT_EQ(isc.batch_max, 1);
  EXPECT_EQ(microsoft.batch_max, 16);
  for (const Dialect* dialect : all_dialects()) {
    EXPECT_EQ(dialect->bndack_order_matters, dialect == &microsoft);
    EXPECT_EQ(dialect->both_send_connect, dialect == &microsoft);
    EXPECT_EQ(dialect->tls_options, dialect != &microsoft);
    EXPECT_EQ(dialect->bucket_bits_of_primary, dialect == &isc || dialect == &infoblox);
    EXPECT_EQ(dialect->release_ends_lease, dialect == &isc || dialect == &infoblox);
    EXPECT_EQ(dialect->accepts_older_updates, dialect == &isc || dialect == &infoblox);
  }
}

}  // namespace
}  // namespace twinlease::wire
