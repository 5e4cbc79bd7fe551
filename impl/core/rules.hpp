// The decisions that the draft fixes, behind one seam: a server asks these functions and decides nothing of
// the kind itself. Each is pure. A profile is a set of them; a test that wants a broken server replaces one.
#pragma once

#include <cstdint>
#include <string_view>

#include "impl/core/config.hpp"
#include "impl/core/lease.hpp"
#include "impl/core/state.hpp"
#include "impl/core/time.hpp"

namespace twinlease::core {

// Where this server stands in a relationship: what the rules need to know of it.
struct Standing {
  const RelationshipConfig* config =
      nullptr;  // null: the scope is not shared, and no rule of failover applies
  State state = State::startup;
  Seconds entered_s = 0;  // state
  State partner_state = State::startup;
  bool communications_ok = false;  // 8.3
  std::uint32_t mclt_s = 0;        // in force: configured at the primary, received at the secondary (7.8.2)
  Seconds new_clients_from_s = 0;  // before that no client gets an address that it did not hold
  // The buckets that this server serves in NORMAL: bucket b is bit b % 8 of octet b / 8, counted from the
  // least significant, as servers in the field read RFC 3074 (12.11, C8).
  std::array<std::uint8_t, wire::hash_bucket_octets> buckets{};
};

enum class ClientMessage : std::uint8_t {
  discover,
  request_selecting,
  request_init_reboot,
  request_renewing,
  request_rebinding,
  release,
  decline,
  inform,
  bootp,
};

// 9.x.2: may this server answer such a message in this state?
enum class Serve : std::uint8_t {
  no,
  yes,
  load_balanced,  // only a client of ours (5.3)
};

struct ClientQuestion {
  ClientMessage message{};
  const Client* client = nullptr;
  std::uint16_t secs = 0;        // as received, in host order
  bool addressed_to_us = false;  // by server identifier or destination
};
// serve false: silence. why is a sentence with the clause, for explain and the audit log.
struct Answer {
  bool serve = false;
  std::string_view why;
};

struct LeaseQuestion {
  const Lease* lease = nullptr;    // as recorded now
  const Client* client = nullptr;  // who is to have it
  Seconds now_s = 0;
  std::int64_t desired_s = 0;  // X: what the scope and the client would have
};

// Whether an update of the partner replaces the record (7.1.3, Figure 7.1.3-1).
struct UpdateQuestion {
  const Lease* own = nullptr;
  const Lease* received = nullptr;  // times on our clock (5.10)
  Seconds now_s = 0;
};
struct UpdateAnswer {
  std::optional<wire::RejectReason> reject;  // none: accept
  std::string_view why;
};

struct PoolCounts {
  std::int64_t own = 0;      // available to this server: FREE at the primary, BACKUP at the secondary
  std::int64_t partner = 0;  // available to the other
  std::int64_t all = 0;      // addresses of the scope that can be leased
};

struct Rules {
  // 9.x.2, 5.3, 9.8.2, A-36. Whether a message is answered at all.
  Answer (*service)(const Standing&, const ClientQuestion&);
  // 5.4, 9.4.2, A-09, A-10. May a client that did not hold it be given this address now?
  Answer (*may_allocate)(const Standing&, const LeaseQuestion&);
  // 5.2.1, 7.1.5, A-06, C2, C24. The longest lease for it, in seconds from now; never above desired_s.
  std::int64_t (*lease_time)(const Standing&, const LeaseQuestion&);
  // 5.2.1, C1, A-59. The potential-expiration-time to record, and to send, with a lease just given for
  // lease_s seconds: never before the end of the lease, never before one recorded for the same binding. While
  // no partner is there to be told it is the end of the lease: the sender asks again with the time of the
  // transaction.
  Seconds (*potential_expiration)(const Standing&, const LeaseQuestion&, std::int64_t lease_s);
  // 7.1.3
  UpdateAnswer (*update)(const Standing&, const UpdateQuestion&);
  // The record after an accepted update (7.1.5, 5.11).
  Lease (*merge)(const Standing&, const UpdateQuestion&);
  // 5.11: what becomes of an ended binding when its partner has acknowledged it, and in PARTNER-DOWN when the
  // waits of 9.4.2 are over: FREE, or BACKUP for a secondary that may take it; the same status: nothing yet.
  BindingStatus (*after_end)(const Standing&, const Lease&, Seconds now_s);
  // 7.6.2, C9, A-47. How many FREE addresses the primary makes BACKUP now; negative: so many BACKUP ones come
  // back.
  std::int64_t (*pool_transfer)(const Standing&, const PoolCounts&);
  // 7.6, A-47. Does the secondary ask with POOLREQ?
  bool (*pool_request)(const Standing&, const PoolCounts&);
};

extern const Rules draft_rules;
extern const Rules windows_rules;  // C2, C7, C9, C24
inline const Rules& rules_of(Profile profile) {
  return profile == Profile::draft ? draft_rules : windows_rules;
}

// The record is of a binding of that client, running or over but not yet available again: its times hold for
// the client (7.1.5). Of any other binding they do not.
bool continues_binding(const Lease&, const Client&);
// The record of an address that becomes FREE or BACKUP: the client stays known, the times of its binding are
// over (5.11, A-59). untold is as it was.
Lease made_available(const Lease&, BindingStatus, Seconds now_s);

// RFC 3074 section 5: Pearson's hash over the octets.
std::uint8_t hash(Octets) noexcept;
// The bucket of a client: over its identifier, else chaddr; profile windows: over chaddr (C7).
std::uint8_t bucket(const Client&, Profile) noexcept;
// The buckets of a server with that share, 0 to 100 (C8): the primary's are the first floor(256 p / 100).
std::array<std::uint8_t, wire::hash_bucket_octets> buckets_of(Role, int local_share_percent) noexcept;

}  // namespace twinlease::core
