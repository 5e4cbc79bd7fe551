// The rules about leases in which servers differ, as a set of values for each profile. Nothing else in this
// folder asks which profile it serves. What a set does not name is one rule for all: the ceiling of a lease
// the conflict table (7.1.3), and the wait for each address in PARTNER-DOWN (A-09, C24).
#pragma once

#include "model/lease/lease_time.hpp"
#include "model/lease/load_balance.hpp"
#include "model/lease/pool_balance.hpp"
#include "model/lease/service.hpp"
#include "model/machine/row.hpp"

namespace twinlease::model {

struct LeaseRules {
  PotentialExpiration potential_expiration;  // C1: how leases grow after the first one
  LeaseLimit interrupted_renewal;            // C2: of a renewal while communications are interrupted
  RequestIdFrom request_id;                  // C7: what is hashed
  PoolShare pool_share;                      // C9: whose the available addresses are to be
  PoolTrigger pool_trigger;                  // what makes the primary balance its pools
  LeaseLimit partner_down;                   // C24: of leases given in PARTNER-DOWN
};

inline constexpr LeaseRules kDraftRules{
    .potential_expiration = usual_potential_expiration,
    .interrupted_renewal = LeaseLimit::mclt_bound,
    .request_id = RequestIdFrom::client_identifier,
    .pool_share = configured_share,
    .pool_trigger = PoolTrigger::request_or_change,
    .partner_down = LeaseLimit::free_choice,
};

// Windows Server, as it is described.
inline constexpr LeaseRules kWindowsRules{
    .potential_expiration = growing_potential_expiration,
    .interrupted_renewal = LeaseLimit::mclt_from_now,
    .request_id = RequestIdFrom::chaddr,
    .pool_share = share_of_mode,
    .pool_trigger = PoolTrigger::timer,
    .partner_down = LeaseLimit::full_length,
};

// ISC dhcpd: the draft's, but for pools that are always even.
inline constexpr LeaseRules kIscRules = [] {
  LeaseRules rules = kDraftRules;
  rules.pool_share = even_share;
  return rules;
}();

// Profile::all names rows of the machine and no server: its rules are the draft's.
constexpr const LeaseRules& lease_rules(Profile profile) {
  return profile == Profile::windows ? kWindowsRules : kDraftRules;
}

// What a server with these rules does for a client: service() of the draft with the limits of the rules. A
// renewal in RESOLUTION-INTERRUPTED is limited as in COMMUNICATIONS-INTERRUPTED (FO-9.11.2-04).
Service service(const LeaseRules&, State, ClientMessage);

}  // namespace twinlease::model
