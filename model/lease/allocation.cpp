#include "model/lease/allocation.hpp"

#include <limits>

namespace twinlease::model {
namespace {

// PARTNER-DOWN: from when an ended binding is FREE without the partner. What ended there waits an MCLT from
// its end too (Figure 5.11-1 note 1).
Seconds frees_alone(const Allocator& who, const Binding& binding) {
  if (binding.given_alone) return binding.start_of_state;
  return std::max(reallocation_opens(who, binding), binding.start_of_state + who.mclt);
}

}  // namespace

std::optional<Seconds> opens_to_new(const Allocator& who, const Binding& binding) {
  const AllocateFrom from = service(who.state, ClientMessage::discover).allocate_from;
  if (from != AllocateFrom::own && from != AllocateFrom::own_and_partner_after_wait) return std::nullopt;
  if (own(who.role, binding)) return std::numeric_limits<Seconds>::min();
  if (from == AllocateFrom::own || who.dynamic_bootp_pool) return std::nullopt;
  if (available(binding)) return partner_pool_opens(who);
  if (ended(binding.status)) return frees_alone(who, binding);  // it becomes FREE first
  return std::nullopt;
}

bool may_give_to_new(const Allocator& who, const Binding& binding, Seconds now) {
  const std::optional<Seconds> opens = opens_to_new(who, binding);
  return opens && now >= *opens;
}

bool may_give_again(const Allocator& who, const Binding& binding, ClientId client) {
  if (binding.client != client || client == 0) return false;
  if (binding.status == BindingStatus::active) return true;
  const bool could_return =
      binding.status == BindingStatus::expired || binding.status == BindingStatus::released;
  return could_return && (!told(binding.unacked) || who.state == State::partner_down);
}

bool may_free_alone(const Allocator& who, const Binding& binding, Seconds now) {
  return who.state == State::partner_down && ended(binding.status) && now >= frees_alone(who, binding);
}

}  // namespace twinlease::model
