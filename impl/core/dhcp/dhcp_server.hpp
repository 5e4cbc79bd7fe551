// DHCPv4 and BOOTP for the clients of all scopes (RFC 2131 4.3, RFC 951), by the leave of the rules of
// failover.
//
// Invariants:
//  1. A DHCPACK that gives or extends a lease leaves after its record is stored (S5), and its length is the
//  record's.
//  2. Whether a client is answered, which address it may have and for how long is asked of Rules, and nowhere
//  decided.
//  3. A NAK goes only to a client whose address is provably not its own; else silence.
//  4. A message sent again gets the same answer.
#pragma once

#include <cstdint>
#include <memory>

#include "impl/core/dhcp/scope_standing.hpp"
#include "impl/core/io.hpp"
#include "impl/core/ledger.hpp"

namespace twinlease::core {

class DhcpServer {
 public:
  DhcpServer(Ledger&, StandingOf);
  ~DhcpServer();

  void handle(const DhcpPacket&);
  void on_probe(const ProbeResult&);
  // Offers and probes that time out, leases that end (5.11), ABANDONED ones that come back.
  void on_tick();
  Milliseconds next_deadline() const;
  std::uint64_t malformed() const;  // datagrams that could not be read, so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace twinlease::core
