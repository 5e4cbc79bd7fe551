// Who owns the available addresses: POOLREQ, POOLRESP, and the primary's rebalancing. (5.4, 7.6, 7.7, 9.8.1,
// C9, A-47)
#pragma once

#include <memory>
#include <vector>

#include "impl/core/failover/outbox.hpp"
#include "impl/core/ledger.hpp"
#include "impl/core/rules.hpp"

namespace twinlease::core {

class Pool {
 public:
  Pool(Ledger&, Outbox&, const Standing&, const Rules&, std::vector<ScopeIndex> scopes);
  ~Pool();

  void entered_normal();  // a secondary asks after its updates, a primary balances (9.8.1)
  void disconnected();
  void on_poolreq(std::uint32_t xid);
  void on_poolresp(std::uint32_t xid, std::uint32_t transferred);

  // Now and then in NORMAL: ask again, or balance.
  void on_tick();
  Milliseconds next_deadline() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace twinlease::core
