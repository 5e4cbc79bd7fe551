// How long a lease may be, and which potential-expiration-time the partner is told: the control of lease time
// (5.2.1). Every time is in seconds on the clock of the server that decides.
#pragma once

#include <algorithm>
#include <optional>

#include "model/lease/binding.hpp"
#include "model/lease/service.hpp"

namespace twinlease::model {

// Does a server's own lease-expiration-time count in the ceiling of a renewal? (9.9.2, 9.11.2)
enum class CeilingReading : std::uint8_t {
  if_partner_has_it,  // A-07 only-if-partner-has-it
  always,             // A-07 always: unsafe, each renewal may add MCLT to what the partner never heard of
};

// The latest time at which a lease given now may end, in every state that the MCLT binds: what the partner
// knows, or now, and MCLT beyond it. FO-5.2.1-01, FO-7.1.5-06, FO-9.8.3-01, A-06, A-08.
constexpr Seconds lease_ceiling(const Binding& binding, Seconds now, Seconds mclt,
                                CeilingReading reading = CeilingReading::if_partner_has_it) {
  Seconds known = std::max({now, binding.acked_potential, binding.received_potential});
  if (reading == CeilingReading::always || binding.partner_has_expiration)
    known = std::max(known, binding.lease_expiration);
  return known + mclt;
}

// When a lease given now ends, for a client that is to have `desired` seconds: as late as the limit lets it.
// FO-5.2.1-10, FO-5.2.1-11. Nothing if the limit is that no lease is given. FO-9.4.2-07 leaves a server in
// PARTNER-DOWN its choice, and then it takes the full length. C24
constexpr std::optional<Seconds> lease_end(LeaseLimit limit, const Binding& binding, Seconds now,
                                           Seconds mclt, Seconds desired) {
  switch (limit) {
    case LeaseLimit::none: return std::nullopt;
    case LeaseLimit::mclt_bound: return std::min(now + desired, lease_ceiling(binding, now, mclt));
    case LeaseLimit::mclt_from_now: return now + std::min(desired, mclt);
    case LeaseLimit::free_choice:
    case LeaseLimit::full_length: return now + desired;
  }
  return std::nullopt;
}

// The potential-expiration-time that a BNDUPD carries about a lease given at `now`: one of the three below.
// C1, A-13.
using PotentialExpiration = Seconds (*)(Seconds now, Seconds lease_expiration, Seconds desired);

// The least that it may carry: not before the lease ends. FO-7.1.1-07, FO-9.8.3-04. Who tells no more than
// that gives no lease longer than 2 MCLT, as long as clients renew at half time. C1
constexpr Seconds least_potential_expiration(Seconds lease_expiration) {
  return lease_expiration;
}
constexpr Seconds lease_only_potential_expiration(Seconds, Seconds lease_expiration, Seconds) {
  return least_potential_expiration(lease_expiration);
}

// What a server asks for that wants to give the desired time at the renewal: at half of this lease the client
// renews, and for the time that it desires. FO-5.2.1-12, FO-9.8.3-05.
constexpr Seconds usual_potential_expiration(Seconds now, Seconds lease_expiration, Seconds desired) {
  return std::max(lease_expiration, now + (lease_expiration - now) / 2 + desired);
}

// What a server asks for whose leases grow by one MCLT at each renewal: that at the renewal this lease could
// be given once more, and the MCLT comes on top. C1
constexpr Seconds growing_potential_expiration(Seconds now, Seconds lease_expiration, Seconds desired) {
  return usual_potential_expiration(now, lease_expiration, std::min(desired, lease_expiration - now));
}

// The potential-expiration-time of a BNDUPD(ACTIVE) that is sent now: never earlier than one that was sent
// before (FO-7.1.5-03), and nothing beyond the end of a lease that is over, since nobody will renew it.
constexpr Seconds potential_to_send(PotentialExpiration rule, const Binding& binding, Seconds now,
                                    Seconds desired) {
  const bool runs = binding.lease_expiration > now;
  return std::max(binding.sent_potential, runs ? rule(now, binding.lease_expiration, desired)
                                               : least_potential_expiration(binding.lease_expiration));
}

}  // namespace twinlease::model
