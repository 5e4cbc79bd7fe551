// The safety invariants of docs/invariants.md that two endpoints, a connection and clients can break, as
// predicates over one step: the world before it, what happened, and the world after it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/explore/world.hpp"

namespace twinlease::model::explore {

// `before` is in normal form; `after` has the same clock, one tick later after a tick.
struct Moment {
  const Scope& scope;
  const Configs& configs;
  const World& before;
  const Step& step;
  const Effects& effects;
  const World& after;

  const Endpoint& server() const { return before.endpoint[step.side]; }  // that the step concerns, before it
  // The address goes to a client that had no binding on it at the server, or one that is long over.
  bool to_new_client(const ClientAck&) const;
};

bool s01_mutual_exclusion(const Moment&);
bool s02_lead_time_bound(const Moment&);
bool s05_lease_after_commit(const Moment&);
bool s06_disjoint_pools(const Moment&);
bool s07_own_pool_only(const Moment&);
bool s08_reallocation_needs_the_partner(const Moment&);
bool s09_waits_in_partner_down(const Moment&);
bool s10_silence(const Moment&);
bool s11_partner_down_is_deliberate(const Moment&);
bool s12_joint_states(const Moment&);
bool s13_reintegration_before_service(const Moment&);
bool s22_exclusive_load_balancing(const Moment&);
bool s23_same_mclt(const Moment&);
bool s30_bound_of_recover_wait(const Moment&);

struct Invariant {
  std::string_view id;
  bool (*holds)(const Moment&);
};
std::span<const Invariant> invariants();

using Violations = std::uint32_t;  // bit n: invariants()[n]
Violations violations(const Moment&);

}  // namespace twinlease::model::explore
