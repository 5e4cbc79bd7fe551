// Addresses that are offered and not yet leased, and those whose conflict probe is out. (RFC 2131 2.2, 3.1)
//
// Nothing of it is stored: an offer is no promise, and a restart forgets it.
//
// Invariants:
//  1. An address is offered to at most one client, and a client has at most one offer in a scope.
//  2. A scope has at most `most` offers, and at most `parked_max` datagrams wait for a probe in all; the
//  oldest offer of a scope goes first.
//  3. Every offer is in by_due_ under its due_ms, and in the index of its scope under its client and its age.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "impl/core/book.hpp"
#include "impl/core/io.hpp"

namespace twinlease::core {

enum class ProbeState : std::uint8_t { none, asked, clear };

// A datagram that waits for the end of a probe.
struct Parked {
  DhcpPacket packet;  // its payload is `payload`
  Bytes payload;
};

struct Offer {
  Ipv4 address;
  ScopeIndex scope = 0;
  Client client;
  std::uint32_t xid = 0;     // of the DHCPDISCOVER that it answers
  std::int64_t lease_s = 0;  // as offered under that xid; 0: not yet
  ProbeState probe = ProbeState::none;
  Milliseconds due_ms = 0;  // when the probe is over, or the offer
  std::optional<Parked> parked;
};

class Offers {
 public:
  static constexpr std::size_t parked_max = 1024;
  static constexpr std::size_t parked_octets_max = 1500;

  explicit Offers(std::size_t scopes, std::size_t most = 4096) : most_(most), scopes_(scopes) {}

  const Offer* at(Ipv4) const;
  const Offer* of(ScopeIndex, const Client&) const;
  bool to_another(Ipv4, const Client&) const;  // offered, but not to that client
  std::size_t count(ScopeIndex scope) const { return scopes_[scope].by_age.size(); }

  // Offers the address to that client until due_ms, instead of what was offered to it, or of it to somebody
  // else, before.
  void hold(ScopeIndex, Ipv4, const Client&, Milliseconds due_ms);
  // Of an offer that there is.
  void told(Ipv4, std::uint32_t xid, std::int64_t lease_s, Milliseconds due_ms);
  // The probe is out until due_ms; the datagram waits if there is room for it.
  void ask(Ipv4, const DhcpPacket&, Milliseconds due_ms);
  // Nobody else has the address: what waited for that.
  std::optional<Parked> clear(Ipv4, Milliseconds due_ms);
  std::optional<Parked> drop(Ipv4);

  // The addresses whose time is up, at most `most`.
  std::vector<Ipv4> due(Milliseconds now_ms, std::size_t most) const;
  Milliseconds next_due_ms() const { return by_due_.empty() ? never : by_due_.begin()->first; }

 private:
  struct Entry {
    Offer offer;
    std::uint64_t age = 0;
  };
  struct OfScope {
    std::unordered_map<std::string, Ipv4> by_client;
    std::map<std::uint64_t, Ipv4> by_age;
  };
  void set_due(Offer&, Milliseconds);
  std::optional<Parked> unpark(Offer&);

  std::size_t most_;
  std::uint64_t age_ = 0;
  std::size_t parked_ = 0;
  std::unordered_map<std::uint32_t, Entry> by_address_;
  std::vector<OfScope> scopes_;
  std::set<std::pair<Milliseconds, std::uint32_t>> by_due_;
};

}  // namespace twinlease::core
