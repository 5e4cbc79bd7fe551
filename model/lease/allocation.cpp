#include "model/lease/allocation.hpp"

namespace twinlease::model {
bool may_give_to_new(const Allocator& who, const Binding& binding, Seconds now) {
  const AllocateFrom from = service(who.state, ClientMessage::discover).allocate_from;
  if (from != AllocateFrom::own && from != AllocateFrom::own_and_partner_after_wait) return false;
  if (own(who.role, binding)) return true;
  if (from == AllocateFrom::own || who.dynamic_bootp_pool) return false;
  if (available(binding)) return now >= partner_pool_opens(who);
  // An ended binding becomes FREE first; a lease that runs is its client's.
  return ended(binding.status) && may_free_alone(who, binding, now);
}

bool may_give_again(const Allocator& who, const Binding& binding, ClientId client) {
  if (binding.client != client || client == 0) return false;
  if (binding.status == BindingStatus::active) return true;
  const bool could_return =
      binding.status == BindingStatus::expired || binding.status == BindingStatus::released;
  return could_return && (!told(binding.unacked) || who.state == State::partner_down);
}

bool may_free_alone(const Allocator& who, const Binding& binding, Seconds now) {
  if (who.state != State::partner_down || !ended(binding.status)) return false;
  if (binding.given_alone) return now >= binding.start_of_state;
  return now >= std::max(reallocation_opens(who, binding), binding.start_of_state + who.mclt);
}

}  // namespace twinlease::model
