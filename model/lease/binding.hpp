// What a server remembers of one address (5.11, 7.1.5): its binding-status, the client, and the times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace twinlease::model {

enum class Role : std::uint8_t { primary, secondary };

enum class BindingStatus : std::uint8_t {  // 5.11; numbers of 12.3
  free = 1,
  active = 2,
  expired = 3,
  released = 4,
  abandoned = 5,
  reset = 6,
  backup = 7,
};
inline constexpr int kBindingStatuses = 7;

// A binding that is over and not FREE yet: the partner has still to acknowledge its end (5.11).
constexpr bool ended(BindingStatus status) {
  return status == BindingStatus::expired || status == BindingStatus::released ||
         status == BindingStatus::reset;
}

constexpr bool is_available(BindingStatus status) {
  return status == BindingStatus::free || status == BindingStatus::backup;
}

// Seconds on the clock of the server that records them; 0: there is no such time.
using Seconds = std::int64_t;

// Who a client is: by client-identifier if both sides have one, else by hardware type and address. 0:
// nobody.
using ClientId = std::uint32_t;

// A change that the partner has not acknowledged yet (7.1.1, 7.2).
enum class Unacked : std::uint8_t {
  no,
  queued,  // the partner has not been told
  sent,    // told on this connection, and no BNDACK yet
  resend,  // told once, and to be told again: rejected, or the connection was lost
};

// Was the partner told, so that it may have acted on it?
constexpr bool told(Unacked unacked) {
  return unacked == Unacked::sent || unacked == Unacked::resend;
}

struct Binding {
  BindingStatus status = BindingStatus::free;
  ClientId client = 0;
  Seconds lease_expiration = 0;    // what the client was given: lease-expiration-time
  Seconds sent_potential = 0;      // the latest potential-expiration-time sent to the partner,
  Seconds acked_potential = 0;     // the latest that it acknowledged,
  Seconds received_potential = 0;  // and the latest of the partner's that was acknowledged to it
  std::optional<Seconds> client_last_transaction;
  Seconds start_of_state = 0;
  bool reserved = false;  // 5.13
  bool partner_has_expiration =
      false;                 // the partner gave this lease-expiration-time, or acknowledged it
  bool given_alone = false;  // in PARTNER-DOWN, and no communication with the partner since (5.2.1, A-58)
  Unacked unacked = Unacked::no;

  // The latest of what anybody was promised (9.4.2).
  constexpr Seconds latest_promise() const {
    return std::max({lease_expiration, sent_potential, acked_potential, received_potential});
  }
  friend constexpr bool operator==(const Binding&, const Binding&) = default;
};

// The binding of an address that becomes available: what was promised to earlier clients is over (5.2.1,
// Whom it last belonged to may be kept (5.11), the times that bound a lease may not.
constexpr Binding made_available(const Binding& was, BindingStatus status, Seconds now) {
  Binding binding;
  binding.status = status;
  binding.client = was.client;
  binding.client_last_transaction = was.client_last_transaction;
  binding.start_of_state = now;
  binding.reserved = was.reserved;
  return binding;
}

}  // namespace twinlease::model
