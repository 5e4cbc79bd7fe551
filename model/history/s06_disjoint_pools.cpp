// S6: never can both servers allocate one address to a new client.
//
// Who may use an address changes only by a BNDUPD about it (5.4, A-39). Two things show a breach from
// outside:
// 1. both servers offer or lease one address to new clients, with no BNDUPD about it in between;
// 2. a server does so with an address that it has given away: the primary after its BNDUPD(BACKUP), the
// secondary when
//    it was never offered the address, gave it up, or reported the end of its lease.
// A client that had the address before is no new one. What a server does in PARTNER-DOWN is not judged here
// (S9).
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "model/history/predicate.hpp"
#include "model/history/situation.hpp"

namespace twinlease::model::history {

namespace {

struct Allocation {
  Server server{};
  Client client;
  std::size_t event = 0;
};

struct Pending {  // a BNDUPD that is not answered yet
  Server from{};
  std::uint32_t xid = 0;
  BindingStatus status{};
};

struct Ownership {
  // True: the server certainly may not allocate it. By Server.
  std::array<bool, 2> barred{};
  std::array<std::size_t, 2> barred_by{};
  TimeMs updated_ms = 0;
  std::vector<Pending> pending;
  std::optional<Client> last_client;
  std::optional<Allocation> allocation;  // the latest to a new client since the latest BNDUPD

  void bar(Server server, bool value, std::size_t event) {
    barred[static_cast<std::size_t>(server)] = value;
    barred_by[static_cast<std::size_t>(server)] = event;
  }
  bool is_barred(Server server) const noexcept { return barred[static_cast<std::size_t>(server)]; }
};

class DisjointPools {
 public:
  DisjointPools(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      situation_.apply(event);
      if (const auto* pool = as<Pool>(event)) on(*pool, i);
      if (const auto* update = as<Updated>(event)) on(*update, i);
      if (const auto* ack = as<Acknowledged>(event)) on(*ack, i);
      if (const auto* offer = as<Offered>(event)) allocated(offer->server, offer->client, offer->address, i);
      if (const auto* ack = as<Acked>(event)) {
        if (ack->request == Request::selecting) allocated(ack->server, ack->client, ack->address, i);
        addresses_[ack->address].last_client = ack->client;
      }
      if (as<PartnerDownCommanded>(event) != nullptr) forget();
    }
    out_.counts = {{"allocations to new clients", out_.examined},
                   {"by the primary", by_[0]},
                   {"by the secondary", by_[1]},
                   {"BNDUPDs", updates_}};
    return std::move(out_);
  }

 private:
  void on(const Pool& pool, std::size_t event) {
    for (Address address = pool.first; address <= pool.last; ++address) {
      Ownership& o = addresses_[address];
      o = Ownership{};
      o.bar(Server::secondary, true, event);
    }
  }

  void on(const Updated& update, std::size_t event) {
    ++updates_;
    Ownership& o = addresses_[update.address];
    o.pending.push_back({update.from, update.xid, update.status});
    o.updated_ms = history_.events()[event].time_ms;
    o.allocation.reset();
    if (update.client) o.last_client = update.client;
    if (update.status == BindingStatus::backup) {
      if (update.from == Server::primary) o.bar(Server::primary, true, event);
      o.bar(Server::secondary, false, event);
    } else if (update.status == BindingStatus::free) {
      if (update.from == Server::secondary) o.bar(Server::secondary, true, event);
    } else {
      o.bar(Server::primary, false, event);
      o.bar(Server::secondary, false, event);
    }
  }

  void on(const Acknowledged& ack, std::size_t event) {
    Ownership& o = addresses_[ack.address];
    for (std::size_t i = 0; i < o.pending.size(); ++i) {
      const Pending asked = o.pending[i];
      if (asked.from == ack.from || asked.xid != ack.xid) continue;
      o.pending.erase(o.pending.begin() + static_cast<std::ptrdiff_t>(i));
      if (o.pending.empty())
        answered(o, asked.status, !ack.reject_reason, event);  // else a later BNDUPD counts
      return;
    }
  }

  static void answered(Ownership& o, BindingStatus status, bool accepted, std::size_t event) {
    if (!accepted) {  // the two disagree: nobody outside knows who owns it
      o.bar(Server::primary, false, event);
      o.bar(Server::secondary, false, event);
    } else if (status == BindingStatus::free || is_end_of_lease(status)) {
      o.bar(Server::primary, false, event);
      o.bar(Server::secondary, true, event);  // FO-5.4-02
    }
  }

  void allocated(Server server, const Client& client, Address address, std::size_t event) {
    Ownership& o = addresses_[address];
    const TimeMs now = history_.events()[event].time_ms;
    if (o.last_client == client || situation_.partner_down(server)) return;
    if (now - o.updated_ms < bounds_.eps_ms) return;  // which came first, the BNDUPD or this, nobody knows
    ++out_.examined;
    ++by_[static_cast<std::size_t>(server)];
    if (o.is_barred(server)) {
      const std::size_t cause = o.barred_by[static_cast<std::size_t>(server)];
      found(now, address, {cause, event},
            text(address) + " was not the " + std::string(name(server)) + "'s (" + describe(at(cause)) +
                " at " + history_.when(at(cause).time_ms) + ") when it gave it to new client " +
                text(client));
    }
    if (o.allocation && o.allocation->server != server && o.allocation->client != client)
      found(now, address, {o.allocation->event, event},
            "both servers gave " + text(address) +
                " to a new client, with no BNDUPD about it in between: the " +
                std::string(name(o.allocation->server)) + " to " + text(o.allocation->client) + " at " +
                history_.when(at(o.allocation->event).time_ms) + ", the " + std::string(name(server)) +
                " to " + text(client));
    o.allocation = Allocation{server, client, event};
  }

  void forget() {
    for (auto& [address, o] : addresses_) {
      o.barred = {};
      o.allocation.reset();
    }
  }

  void found(TimeMs now, Address address, std::vector<std::size_t> events, std::string sentence) {
    out_.findings.push_back({"S6", now, address, std::move(events), std::move(sentence)});
  }

  const Event& at(std::size_t event) const { return history_.events()[event]; }

  const History& history_;
  const Bounds& bounds_;
  Situation situation_;
  std::map<Address, Ownership> addresses_;
  std::array<std::uint64_t, 2> by_{};
  std::uint64_t updates_ = 0;
  Judgement out_;
};

}  // namespace

Judgement disjoint_pools(const History& history, const Bounds& bounds) {
  return DisjointPools(history, bounds).judge();
}

}  // namespace twinlease::model::history
