#include "model/explore/invariants.hpp"

namespace twinlease::model::explore {

bool Moment::to_new_client(const ClientAck& ack) const {
  const Binding& binding = server().binding(ack.address);
  return binding.client != ack.client || available(binding);
}

std::span<const Invariant> invariants() {
  static constexpr Invariant kAll[] = {
      {"S1", s01_mutual_exclusion},
      {"S2", s02_lead_time_bound},
      {"S5", s05_lease_after_commit},
      {"S6", s06_disjoint_pools},
      {"S7", s07_own_pool_only},
      {"S8", s08_reallocation_needs_the_partner},
      {"S9", s09_waits_in_partner_down},
      {"S10", s10_silence},
      {"S11", s11_partner_down_is_deliberate},
      {"S12", s12_joint_states},
      {"S13", s13_reintegration_before_service},
      {"S22", s22_exclusive_load_balancing},
      {"S23", s23_same_mclt},
      {"S30", s30_bound_of_recover_wait},
  };
  return kAll;
}

Violations violations(const Moment& moment) {
  Violations found = 0;
  for (std::size_t at = 0; at < invariants().size(); ++at)
    if (!invariants()[at].holds(moment)) found |= Violations{1} << at;
  return found;
}

}  // namespace twinlease::model::explore
