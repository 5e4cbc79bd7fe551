// What one endpoint's own words show of its record of each address: what it told its partner, what it
// accepted, and what it gave to clients. Two things follow from that: whether it may accept or reject an
// update (7.1.3), and how long a lease may be (5.2.1).
//
//  1. A record is taken to be known only while nothing that nobody saw can have changed it: in states in
//  which
//     clients are not served, or if all clients are watched (Options::clients_seen).
//  2. The times that bound a lease are upper bounds: a BNDACK counts when it is seen, and a partner's
//     potential-expiration-time even if it was refused. They are known from the moment that the address is
//     told to be FREE or BACKUP.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "model/lease/conflict.hpp"
#include "model/oracle/finding.hpp"
#include "model/oracle/options.hpp"
#include "model/oracle/seen.hpp"

namespace twinlease::model::oracle {

class BindingTracker {
 public:
  explicit BindingTracker(const Options& options) : options_(options) {}

  void told(const Transaction& t, std::uint64_t place);  // by the endpoint to its partner
  void accepted(const Transaction& t);                   // what the endpoint told, by its partner
  void heard(const Transaction& t);                      // from the partner, whatever became of it
  void given_up(const GivenUp& event);
  void lose_track() { addresses_.clear(); }
  void lose_track_of(Address address) { addresses_[address].status = false; }

  // The endpoint answers a transaction that came in event `arrived`. If all clients are watched, a suspicion
  // is about this event alone.
  void answered(const Transaction& t, std::uint64_t arrived, const Answer& answer, TimeMs now_ms,
                std::uint64_t place, std::vector<Suspicion>& out);
  // A DHCPACK of the endpoint, in a state that the MCLT binds (`bound`) or in any.
  void acked(const Replied& reply, TimeMs now_ms, std::uint64_t place, bool bound,
             std::optional<Seconds> mclt, std::vector<Finding>& out);

 private:
  struct Known {
    Binding binding;
    std::optional<Client> client;
    std::uint64_t since = 0;  // event
    bool status = false;      // the binding's status and client are known
    bool as_sent = false;     // an ended binding may be stored as FREE or as it was sent
    bool bounds = false;      // acked_potential and received_potential are
    BindingStatus sent{};
  };
  std::vector<Binding> possible(const Known& known, TimeMs now_ms) const;

  Options options_;
  std::map<Address, Known> addresses_;
};

}  // namespace twinlease::model::oracle
