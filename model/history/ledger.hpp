// What each server must have recorded about each address, as far as clients' exchanges and failover messages
// show: the model's Binding, times on the lab's clock (7.1.5).
//
// 1. A record that an event changes is sure: both the event and what it does to a record are known
// (5.11, 7.1.4).
// 2. What cannot be known makes a record unsure: an update whose answer was lost, one that was rejected, a
//    message of a client that one of the servers may have missed, lost storage.
// 3. A record that was stored (Stored) is what was stored.
#pragma once

#include <map>
#include <vector>

#include "model/history/standing.hpp"
#include "model/lease/conflict.hpp"

namespace twinlease::model::history {

constexpr Seconds seconds(TimeMs time_ms) noexcept {
  return time_ms / 1000;
}

struct Entry {
  Binding binding;
  bool sure = false;
  std::size_t by = 0;  // the event that made it what it is
  TimeMs changed_ms = 0;
};

struct PendingUpdate {  // a transaction of a BNDUPD that is not answered
  Server from{};
  std::uint32_t xid = 0;
  Address address = 0;
  std::size_t event = 0;
  Update update;
};

class Ledger {
 public:
  // Standing: as it is after this event.
  void apply(const Event& event, std::size_t index, const Standing& standing);

  const Entry* find(Server server, Address address) const;  // nullptr: nothing known
  bool pending(Address address) const;                      // is an update about it on its way?
  const std::vector<PendingUpdate>& pending() const noexcept { return pending_; }
  const std::map<Address, Entry>& of(Server server) const noexcept { return entries_[index_of(server)]; }
  ClientId id(const Client& client) const;  // 0: never heard of
  std::int64_t ahead_s(Server server) const noexcept { return ahead_s_[index_of(server)]; }
  // The transaction that the latest event, a BNDACK, answered; none if it matched nothing.
  const std::optional<PendingUpdate>& answered() const noexcept { return answered_; }

 private:
  Entry& at(Server server, Address address) { return entries_[index_of(server)][address]; }
  Entry& change(Server server, Address address, const Event& event, std::size_t index, bool sure = true);
  ClientId intern(const std::optional<Client>& client);
  void on(const Acked& ack, const Event& event, std::size_t index, const Standing& standing);
  void on(const Updated& update, const Event& event, std::size_t index);
  void on(const Acknowledged& ack, const Event& event, std::size_t index);
  void accepted(const PendingUpdate& pending, const Event& event, std::size_t index);
  void on(const Stored& stored, const Event& event, std::size_t index);
  void disconnected();
  Seconds lab(Server server, std::uint32_t time_s) const noexcept;

  std::array<std::map<Address, Entry>, 2> entries_;
  std::array<std::int64_t, 2> ahead_s_{};
  std::map<Client, ClientId> ids_;
  std::vector<PendingUpdate> pending_;
  std::optional<PendingUpdate> answered_;
};

// Standing and ledger together: what most predicates follow.
struct Scene {
  Standing standing;
  Ledger ledger;

  void apply(const Event& event, std::size_t index) {
    standing.apply(event, index);
    ledger.apply(event, index, standing);
  }
};

}  // namespace twinlease::model::history
