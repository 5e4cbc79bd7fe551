// Which address a client may have. (RFC 2131 4.3.1, 4.3.2; 3.1.2, 5.4, 5.11, 5.13 of the draft)
//
// A function of book, reservations, offers and rules: it changes nothing.
#pragma once

#include <optional>
#include <string_view>

#include "impl/core/dhcp/offers.hpp"
#include "impl/core/dhcp/places.hpp"
#include "impl/core/dhcp/request.hpp"
#include "impl/core/dhcp/scope_standing.hpp"
#include "impl/core/ledger.hpp"

namespace twinlease::core {

enum class Verdict : std::uint8_t {
  give,     // it holds the address, or may have it now
  silence,  // not by this server, or not now
  nak,      // the address is provably not the client's
};
struct Finding {
  Verdict verdict{};
  std::string_view why;  // a sentence with the clause
};

// The client that asks, and where.
struct Asker {
  const Client& client;
  ScopeIndex scope;
  const ScopeStanding& at;
  std::int64_t desired_s;  // X: the lease that scope and client would have
};

class Allocation {
 public:
  Allocation(const Ledger& ledger, const Places& places, const Offers& offers)
      : ledger_(ledger), places_(places), offers_(offers) {}

  // The record says that the client has the address.
  static bool holds(const Lease& lease, const Client& client) {
    return lease.status == BindingStatus::active && same_client(lease.client, client);
  }
  // May the client have it, or keep it? give or silence.
  Finding may_have(const Asker&, Ipv4) const;
  // A DHCPREQUEST of a service that is ours, about an address in whatever network.
  Finding claim(const Asker&, const Request&) const;

  struct Choice {
    std::optional<Ipv4> address;
    std::string_view why;  // if there is none: of the last one that it could not have
  };
  // For a DHCPDISCOVER: what is reserved, what it holds, what it was offered, had before, asks for; else the
  // address that has been available longest.
  Choice choose(const Asker&, Ipv4 requested) const;

 private:
  Finding claim_after_reboot(const Asker&, const Request&, const Lease&) const;
  Finding claim_in_use(const Asker&, const Lease&) const;
  bool has_other_lease(const Asker&, Ipv4) const;
  std::optional<Ipv4> longest_available(const Asker&, std::string_view& why) const;

  const Ledger& ledger_;
  const Places& places_;
  const Offers& offers_;
};

}  // namespace twinlease::core
