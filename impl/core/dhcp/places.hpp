// Which scope a client is in, and which address is reserved for it: the configuration, found fast.
//
// Invariant: it knows what the configuration said when it was made, and points into that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "impl/core/book.hpp"
#include "impl/core/config.hpp"

namespace twinlease::core {

class Places {
 public:
  explicit Places(const Config&);  // which outlives this object

  // The scope whose subnet holds that address.
  std::optional<ScopeIndex> scope_with(Ipv4) const;
  // The reservation of that client there; nullptr: none.
  const Reservation* reserved_for(ScopeIndex, const Client&) const;
  // The reservation of that address, whoever it is for.
  const Reservation* reservation_at(Ipv4) const;
  bool any_reservation() const { return !by_address_.empty(); }

 private:
  struct Subnet {
    Range range;
    ScopeIndex scope = 0;
  };
  std::vector<Subnet> subnets_;  // ascending, disjoint
  std::unordered_map<std::uint32_t, const Reservation*> by_address_;
  std::vector<std::unordered_multimap<std::string, const Reservation*>> by_client_;  // by scope
};

// What a client is filed under where one key will do: its identifier if it has one, else its hardware
// address.
std::string client_key(const Client&);

}  // namespace twinlease::core
