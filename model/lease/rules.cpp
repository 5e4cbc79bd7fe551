#include "model/lease/rules.hpp"

namespace twinlease::model {

Service service(const LeaseRules& rules, State state, ClientMessage message) {
  constexpr StateSet interrupted = State::communications_interrupted | State::resolution_interrupted;
  Service service = model::service(state, message);
  const bool renewal = service.allocate_from == AllocateFrom::existing_only;
  if (renewal && interrupted.has(state)) {
    service.lease_limit = rules.interrupted_renewal;
    service.renewal_may_exceed = rules.interrupted_renewal == LeaseLimit::mclt_bound;
  }
  if (service.lease_limit == LeaseLimit::free_choice) service.lease_limit = rules.partner_down;
  return service;
}

}  // namespace twinlease::model
