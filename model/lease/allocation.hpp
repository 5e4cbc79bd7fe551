// Who may give which address to whom, and from when (5.4, 5.2.2, 5.11, 9.4.2).
#pragma once

#include <cstdint>
#include <optional>

#include "model/lease/binding.hpp"
#include "model/lease/service.hpp"
#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

// What an allocation depends on besides the binding.
struct Allocator {
  Role role = Role::primary;
  State state = State::normal;
  Seconds partner_down_since = 0;  // stored time of entry; in PARTNER-DOWN only
  Seconds mclt = 0;
  bool dynamic_bootp_pool = false;  // 5.14
};

// The addresses that a server hands out without asking: FREE for the primary, BACKUP for the secondary. (5.4)
// The primary's record says BACKUP from the moment that it tells the secondary so, and FREE again only after
// the BNDACK that gives the address back: in between it is nobody's.
constexpr bool own(Role role, const Binding& binding) {
  return binding.status == (role == Role::primary ? BindingStatus::free : BindingStatus::backup);
}
constexpr bool available(const Binding& binding) {
  return binding.status == BindingStatus::free || binding.status == BindingStatus::backup;
}

// In PARTNER-DOWN: from when an address that was the partner's, or in between, may be given to a new client.
// FO-9.4.2-05, A-10.
constexpr Seconds partner_pool_opens(const Allocator& who) {
  return who.partner_down_since + who.mclt;
}

// In PARTNER-DOWN: from when an address may go to another client than the one that has it or had it.
// FO-9.4.2-06, FO-7.1.5-07, A-09; without a wait if the partner cannot know of the lease: FO-5.2.1-04, A-58.
constexpr Seconds reallocation_opens(const Allocator& who, const Binding& binding) {
  if (binding.given_alone) return binding.lease_expiration;
  return std::max(who.partner_down_since, binding.latest_promise()) + who.mclt;
}

// From when the address may be given to a client that has no binding on it: the least of all times if at
// once, and nothing if not in this state, whatever time passes: it is the partner's outside PARTNER-DOWN
// (FO-9.9.2-03, FO-9.9.2-04) or in a pool of dynamic BOOTP (FO-5.14-01, FO-5.14-02), a client's, or ABANDONED
// (FO-5.11-23).
std::optional<Seconds> opens_to_new(const Allocator&, const Binding&);
bool may_give_to_new(const Allocator&, const Binding&, Seconds now);

// May the client of the binding have its address again? Of an ended binding until the partner was told of its
// end. FO-5.2.2-03, FO-9.8.3-07.
bool may_give_again(const Allocator&, const Binding&, ClientId);

// PARTNER-DOWN: may EXPIRED, RELEASED or RESET become FREE without the partner? Figure 5.11-1 note 1,
// FO-9.4.2-06.
bool may_free_alone(const Allocator&, const Binding&, Seconds now);

}  // namespace twinlease::model
