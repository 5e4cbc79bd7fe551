// What an endpoint is told, and which rules it keeps: the draft's, or one of them broken on purpose.
#pragma once

#include <cstdint>

#include "model/lease/binding.hpp"
#include "model/lease/lease_time.hpp"
#include "model/machine/row.hpp"

namespace twinlease::model {

inline constexpr int kMostAddresses = 3;
inline constexpr int kMostClients = 3;  // numbered from 1

// One rule broken, to see that the invariants notice: a switch of the exploration.
enum class Broken : std::uint8_t {
  ceiling_always,            // A-07 always
  times_kept,                // A-59 kept: an ended binding's times bound the next one's lease
  partner_pool_interrupted,  // C3: in COMMUNICATIONS-INTERRUPTED the partner's addresses are used at once
  partner_pool_after_mclt,   // C4: or MCLT after the entry
  no_partner_down_wait,      // S9: in PARTNER-DOWN at once
  wait_from_lease_only,      // S9: from the lease's end, whatever the partner was promised
  updreq_after_loss,         // A-60 updreq
  announces_intermediate,    // A-31 all: also goes through the chain whenever the partner does
  backup_omitted,            // A-62 omitted
  bndack_before_commit,      // S4
  dhcpack_before_commit,     // S5
  own_mclt,                  // S23: the secondary uses another MCLT than the primary
  renews_unbound,            // C23: a renewal gets the desired time, whatever the partner knows
  crossing_by_letter,  // two BNDUPDs about one address that cross: each server judges by Figure 7.1.3-1 alone
  expires_late,        // a lease that is over counts as ACTIVE in updates until a timer notices
  normal_before_told,  // PARTNER-DOWN ends at the partner's RECOVER-DONE, whatever it has not been told
  recover_done_stays,  // A-26 stay
  conflict_done_stays,   // A-29 stay
  startup_bit_unheeded,  // A-18 immediate
  recover_done_alone,    // RECOVER-DONE renews leases without a connection, though the partner may be in
                         // PARTNER-DOWN
  loss_by_letter,  // a server that lost its storage acknowledges the end of leases that it may have given
  operates_in_startup,  // a crash in STARTUP counts as the last time of operation
};
inline constexpr int kBroken = 22;

class BrokenRules {
 public:
  constexpr bool has(Broken rule) const { return (bits_ >> static_cast<unsigned>(rule) & 1) != 0; }
  constexpr void add(Broken rule) { bits_ = bits_ | 1u << static_cast<unsigned>(rule); }

 private:
  std::uint32_t bits_ = 0;
};

struct Config {
  Role role = Role::primary;
  Profile profile = Profile::draft;
  Seconds mclt = 2;
  Seconds desired = 4;      // lease time that clients get once the partner knows enough
  Seconds safe_period = 0;  // 0: none (10)
  int addresses = 2;
  std::uint8_t buckets = 0;      // bit c: client c is this server's in NORMAL (5.3)
  bool startup_proceeds = true;  // 9.3.2: at the end of STARTUP go to the previous state
  bool every_reading = false;    // take the alternatives of the rows too, wherever the draft can be read so
  bool every_setting = false;  // both values of what whoever runs the server configures, wherever it matters
  bool bound_in_partner_down =
      false;               // 9.4.2: keep to the MCLT there too, so that storage may be lost (AS10)
  bool new_mclts = false;  // the operator may change the MCLT by a second
  BrokenRules broken;

  constexpr Seconds longest_mclt() const { return new_mclts ? mclt + 1 : mclt; }
};

}  // namespace twinlease::model
