// What a server is told to be: scopes, and the relationships that share them. Plain values; the shell reads
// them from a file, a test writes them down. check() says what is wrong with one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "impl/core/lease.hpp"
#include "impl/wire/dialect.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::core {

// First and last are in it.
struct Range {
  Ipv4 first;
  Ipv4 last;
  bool holds(Ipv4 address) const { return first <= address && address <= last; }
  friend bool operator==(const Range&, const Range&) = default;
};

struct OptionSetting {
  std::uint8_t code = 0;
  std::string octets;
  friend bool operator==(const OptionSetting&, const OptionSetting&) = default;
};

struct Reservation {
  Ipv4 address;
  Client client;
  std::string name;  // host-name to offer; empty: none
  std::vector<OptionSetting> options;
  friend bool operator==(const Reservation&, const Reservation&) = default;
};

struct Scope {
  std::string name;
  Ipv4 subnet;
  std::uint8_t prefix_length = 24;
  bool enabled = true;
  std::vector<Range> ranges;      // addresses to lease, disjoint
  std::vector<Range> exclusions;  // never leased, reservations apart
  std::vector<Reservation> reservations;
  std::vector<OptionSetting> options;
  std::int64_t lease_time_s = 8 * 86400;  // X of 5.2: the desired client lease time
  std::int64_t delete_grace_s = 0;        // an ended binding is kept for its client for so long
  std::string relationship;               // empty: not shared
  friend bool operator==(const Scope&, const Scope&) = default;
};

enum class Role : std::uint8_t { primary, secondary };  // of the draft: who connects and divides the pool
enum class Mode : std::uint8_t { load_balance, hot_standby };  // 5.3
enum class Profile : std::uint8_t { draft, windows };          // the set of rules: rules.hpp

struct Secret {
  std::string octets;  // the key itself, decoded
  friend bool operator==(const Secret&, const Secret&) = default;
};

struct RelationshipConfig {
  std::string name;  // relationship-name of CONNECT (12.22)
  Role role = Role::primary;
  Mode mode = Mode::load_balance;
  bool active = true;  // hot standby: this server is the active one
  Profile profile = Profile::draft;
  const wire::Dialect* dialect = nullptr;  // null: detected from CONNECT or CONNECTACK

  // Addresses as text, for the shell: the core compares nothing with them.
  std::string local_address;
  std::string partner_address;
  std::uint16_t local_port = wire::failover_port;
  std::uint16_t partner_port = wire::failover_port;

  std::uint32_t mclt_s = 3600;   // of a primary, and of a secondary before its first CONNECT; never 0 (C11)
  int local_share_percent = 50;  // load balance: the buckets this server serves (C8)
  int reserve_percent = 5;       // hot standby: the standby's part of the addresses (C9)
  bool even_pools = false;       // both servers get half of the addresses, whatever the share (dialect isc)
  int serve_any_after_s = 6;     // load balance: secs from which a client is anybody's; 0: never (5.3)
  std::uint32_t max_unacked_bndupd = 100;     // window that we offer (7.8, 8.4)
  std::uint32_t receive_timer_s = 60;         // tReceive that we announce (8.3, C25)
  std::int64_t startup_time_s = 10;           // 9.3.2
  std::int64_t max_skew_s = 60;               // 0: any (C13)
  std::optional<std::int64_t> safe_period_s;  // automatic state transition; none: off (9.9.3, C10)
  std::vector<Secret> secrets;  // empty: no digest; the first signs, all are accepted (rotation)
  std::optional<wire::DigestType> digest_type;  // none: the dialect's
  std::size_t batch_max = 16;                   // transactions of a BNDUPD; the dialect may allow fewer
  bool proceed_at_startup = true;  // CFG_STARTUP_PROCEED of 9.3.2: without the partner, go on after startup
  bool partner_down_at_first_start = false;  // 9.3.2: no stored state and no partner: PARTNER-DOWN
  bool recover_wait_offline = false;         // 9.6.2
  bool full_lease_in_partner_down = true;    // C24
  bool storage_lost = false;                 // this start: recover with UPDREQALL (9.3.2, 9.5)
  friend bool operator==(const RelationshipConfig&, const RelationshipConfig&) = default;
};

struct Config {
  std::string name;  // of this server, in events
  std::vector<OptionSetting> options;
  std::vector<Scope> scopes;
  std::vector<RelationshipConfig> relationships;  // at most 31 (C18)
  std::int64_t probe_ms = 500;                    // conflict probe before an address's first use; 0: none
  std::int64_t offer_hold_s = 30;                 // an address offered is nobody else's for so long
  std::int64_t decline_hold_s = 86400;            // ABANDONED addresses come back after so long; 0: never
};

inline constexpr std::size_t max_relationships = 31;  // C18

// What is wrong, one sentence for each mistake, naming scope or relationship, what was found and what is
// allowed.
std::vector<std::string> check(const Config&);

// The addresses of a scope that can be leased to anybody: ranges without exclusions and reservations.
std::vector<Range> dynamic_ranges(const Scope&);

}  // namespace twinlease::core
