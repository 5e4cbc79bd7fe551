// How long a lease may be: the control of lease time (5.2.1).
#pragma once

#include <algorithm>

#include "model/lease/binding.hpp"

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

// The least potential-expiration-time that a BNDUPD about a lease may carry: not before the lease ends. A
// server that wants to give the client its desired time at the renewal asks for more. FO-7.1.1-07,
// FO-9.8.3-04, A-13.
constexpr Seconds least_potential_expiration(Seconds lease_expiration) {
  return lease_expiration;
}

// What such a server asks for: at half of this lease the client renews, for the time that it desires, and
// once more half of it may pass until the partner has acknowledged. FO-5.2.1-12.
constexpr Seconds usual_potential_expiration(Seconds now, Seconds lease_expiration, Seconds desired) {
  return std::max(lease_expiration, now + (lease_expiration - now) / 2 + desired);
}

}  // namespace twinlease::model
