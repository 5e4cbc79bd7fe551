// How bindings end: leases that run out, releases, addresses found in use; and how their addresses become
// available again. (5.11, Figure 5.11-1, 9.4.2)
//
// Invariants:
//  1. An address becomes available by Rules::after_end and in no other way.
//  2. Nothing ends while the disk fails: the end is made up for afterwards.
//  3. One tick changes at most a few hundred records; there is another tick soon while work is left.
#pragma once

#include <optional>
#include <string_view>

#include "impl/core/dhcp/scope_standing.hpp"
#include "impl/core/dhcp/seldom.hpp"
#include "impl/core/ledger.hpp"

namespace twinlease::core {

class Ends {
 public:
  Ends(Ledger& ledger, const StandingOf& standing_of, bool any_reservation)
      : ledger_(ledger), standing_of_(standing_of), any_reservation_(any_reservation) {}

  void release(Lease);
  // No client's any more (FO-5.11-05, FO-5.11-10, FO-5.11-11).
  void abandon(const Lease&, std::string_view why);

  void on_tick();
  Milliseconds next_deadline() const;

 private:
  void end(Lease, BindingStatus);
  bool make_available(Lease&, ScopeIndex, const ScopeStanding&) const;
  void expire();
  void sweep();
  void look_at(Ipv4);
  Milliseconds sweep_due_ms() const;

  Ledger& ledger_;
  const StandingOf& standing_of_;
  bool any_reservation_;
  std::optional<Ipv4> swept_;  // up to there, in a pass that is not over
  Milliseconds swept_ms_ = 0;  // when the last part of a pass was
  Seldom in_use_{1000};
};

}  // namespace twinlease::core
