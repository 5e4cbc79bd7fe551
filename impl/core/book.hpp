// All bindings in memory: found by address, by client, by what falls due.
//
// Invariants:
//  1. Every address that a scope can lease, reservations included, has exactly one record, whatever its
//  status.
//  2. put() is the only way to change a record; the indexes and counts follow in the same call.
//  3. The available addresses of a scope and status are in the order in which they became available, or were
//  deferred.
//  4. No call takes longer for more leases than a logarithm, or for more leases of one client than their
//  number.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "impl/core/config.hpp"
#include "impl/core/lease.hpp"

namespace twinlease::core {

using ScopeIndex = std::size_t;  // place in Config::scopes

struct Counts {
  std::int64_t addresses = 0;  // of ranges, exclusions and reservations left out
  std::int64_t free = 0, backup = 0, active = 0, expired = 0, released = 0, abandoned = 0, reset = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

class Book {
 public:
  explicit Book(const Config&);
  ~Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  // nullptr: no scope leases that address.
  const Lease* find(Ipv4) const;
  std::optional<ScopeIndex> scope_of(Ipv4) const;
  bool reserved(Ipv4) const;  // for some client, by configuration
  // Leases, running or over, whose record names the client: by identifier if it has one, else by hardware
  // address.
  std::vector<Ipv4> of(const Client&) const;

  // Replaces the record of lease.address, which find() knows.
  void put(const Lease&);
  // To the end of the addresses of its scope and status: it is spoken for, and not to be met again soon.
  void defer(Ipv4);
  // As put(), for records from storage, in the order of their start_time_of_state. false: no scope leases
  // that address (any more), and nothing is done.
  bool load(const Lease&);

  // Calls use(const Lease&) for the dynamic addresses of that scope and status, longest in it first, until it
  // returns true; at most `most` of them. The address for which it did.
  std::optional<Ipv4> first(ScopeIndex, BindingStatus, std::size_t most,
                            const std::function<bool(const Lease&)>& use) const;
  Counts counts(ScopeIndex) const;
  void for_each(ScopeIndex, const std::function<void(const Lease&)>&) const;
  // The next `most` addresses after `after` that the test holds for, in the order of addresses: a walk that
  // survives changes. None left: empty.
  std::vector<Ipv4> next(std::optional<Ipv4> after, std::size_t most,
                         const std::function<bool(const Lease&)>& holds) const;

  // ACTIVE leases whose lease-expiration-time, the delete grace of their scope added (5.11), is before or at
  // now_s, at most `most`.
  std::vector<Ipv4> expired(Seconds now_s, std::size_t most) const;
  // When the first of them ends; none: there is none.
  std::optional<Seconds> next_expiration_s() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace twinlease::core
