// The binding record of one address: who holds it, until when, and what the partner was told. (5.11, 7.1.5)
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "impl/core/time.hpp"
#include "impl/wire/octets.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::core {

using wire::BindingStatus;
using wire::Ipv4;
using wire::Octets;

std::string text(Ipv4);  // "10.77.1.1"

// htype and chaddr of RFC 2131; size 0: none.
struct HardwareAddress {
  std::uint8_t type = 0;
  std::uint8_t size = 0;  // octets that count, at most 16
  std::array<std::uint8_t, 16> octets{};

  Octets address() const { return Octets(octets).first(size); }
  friend bool operator==(const HardwareAddress&, const HardwareAddress&) = default;
};

struct Client {
  std::string identifier;  // octets of option 61; empty: the client sends none
  HardwareAddress hardware;

  bool none() const { return identifier.empty() && hardware.size == 0; }
  friend bool operator==(const Client&, const Client&) = default;
};

// One client or two: the identifiers where both have one, else the hardware addresses.
bool same_client(const Client& a, const Client& b);

// What goes along with a lease and decides nothing. Octets as they were received.
struct LeaseDetails {
  std::string host_name;
  std::string relay_agent_information;  // option 82, whole
  std::string request_options;          // content of failover option 8 (12.8), magic number included
  std::string reply_options;            // of failover option 7 (12.7)
  std::string ddns;                     // of failover option 9 (5.12): flags and name
  friend bool operator==(const LeaseDetails&, const LeaseDetails&) = default;
};

struct Lease {
  Ipv4 address;
  BindingStatus status = BindingStatus::free;
  bool reserved = false;  // 12.12
  bool bootp = false;     // 12.12
  // The partner has not acknowledged the record as it is now: a BNDUPD is owed (7.1.1, 7.3.2).
  bool untold = false;
  Client client;  // of the last binding, also when it is over

  Seconds lease_expiration_s = 0;     // what the client was told; the partner's word where it gave the lease
  Seconds start_time_of_state_s = 0;  // of status
  Seconds client_last_transaction_s = 0;        // 12.6
  Seconds potential_expiration_sent_s = 0;      // the latest sent to the partner for this binding (7.1.5)
  Seconds potential_expiration_acked_s = 0;     // the latest that it acknowledged
  Seconds potential_expiration_received_s = 0;  // the latest received from it

  std::shared_ptr<const LeaseDetails> details;  // null: none

  // Available to a new client of the server that owns it (5.11).
  bool available() const { return status == BindingStatus::free || status == BindingStatus::backup; }
  // Over, and not available before the partner has acknowledged it, or PARTNER-DOWN's waits are over
  // (5.11, 9.4.2).
  bool ended() const {
    return status == BindingStatus::expired || status == BindingStatus::released ||
           status == BindingStatus::reset;
  }
};

}  // namespace twinlease::core
