// The binding updates of one relationship, both ways: BNDUPD, BNDACK, UPDREQ, UPDREQALL, UPDDONE. (7.1
// to 7.5, 8.4)
//
// Invariants:
//  1. A binding with `untold` set is queued, in flight, or waits for its turn after a reject; none is lost
//     when a connection breaks, or when the server starts again (7.3.2).
//  2. No more BNDUPDs are unanswered than the partner's window allows (8.4).
//  3. UPDDONE goes out on the connection of its request, and after the last BNDACK that the request led to
//     (7.5).
//  4. An address is in at most one unanswered BNDUPD: a later change waits for the answer.
#pragma once

#include <memory>
#include <vector>

#include "impl/core/failover/outbox.hpp"
#include "impl/core/ledger.hpp"
#include "impl/core/rules.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::core {

class Updates {
 public:
  // scopes: those of the relationship. standing, rules: asked anew for every decision; they outlive this
  // object.
  Updates(Ledger&, Outbox&, const Standing& standing, const Rules& rules, std::vector<ScopeIndex> scopes);
  ~Updates();

  // At start: queues every untold binding of the book. all_owed: of the stored record (7.4.2).
  void start(bool all_owed = false);
  void queue(Ipv4);  // its record was written with untold
  void
  disconnected();  // what was in flight is queued again; requests of the partner are forgotten, 7.4.2 apart

  // What came in; its form was checked as far as the whole message goes.
  void on_bndupd(const wire::Message&);
  void on_bndack(const wire::Message&);
  void on_request(std::uint32_t xid, bool all);  // UPDREQ, UPDREQALL; SEND_PENDING or SEND_ALL, then UPDDONE
  void send_everything_untold();  // entering NORMAL (9.8.1) and the like: as fast as the window allows

  // Sends what the window allows, and an UPDDONE that is due. At the end of every input.
  void pump();

  bool all_told() const;  // nothing queued, nothing in flight
  bool all_owed() const;  // an UPDREQALL is unanswered, on this connection or an earlier one (7.4.2)
  std::size_t queued() const;
  std::size_t unacked() const;                            // BNDUPD messages
  std::optional<Milliseconds> oldest_unacked_ms() const;  // when it was sent

  void on_tick();
  Milliseconds next_deadline() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace twinlease::core
