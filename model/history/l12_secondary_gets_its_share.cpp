// L12: after NORMAL is entered the secondary receives BACKUP addresses.
//
// The threshold of an imbalance is the server's own. What no threshold allows is a secondary without any
// address for the whole period of rebalancing, while the primary has enough of them. Told by BNDUPDs, so it
// needs a history that begins with the pool still whole (Pool).
#include <map>

#include "model/history/predicate.hpp"
#include "model/history/situation.hpp"

namespace twinlease::model::history {

namespace {

class Shares {
 public:
  void apply(const Event& event) {
    if (const auto* pool = as<Pool>(event)) {
      for (Address address = pool->first; address <= pool->last; ++address) set(address, BindingStatus::free);
    } else if (const auto* update = as<Updated>(event)) {
      pending_[{update->from, update->xid, update->address}] = update->status;
      // An address in doubt is nobody's: it makes neither the secondary rich nor the primary able to give.
      if (status_.contains(update->address)) set(update->address, BindingStatus::active);
    } else if (const auto* ack = as<Acknowledged>(event)) {
      const auto found = pending_.find({partner_of(ack->from), ack->xid, ack->address});
      if (found == pending_.end()) return;
      if (!ack->reject_reason && status_.contains(ack->address)) set(ack->address, found->second);
      pending_.erase(found);
    }
  }

  std::uint64_t count(BindingStatus status) const {
    const auto found = counts_.find(status);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  struct Key {
    Server from{};
    std::uint32_t xid = 0;
    Address address = 0;
    auto operator<=>(const Key&) const = default;
  };

  void set(Address address, BindingStatus status) {
    const auto [place, is_new] = status_.try_emplace(address, status);
    if (!is_new) --counts_[place->second];
    place->second = status;
    ++counts_[status];
  }

  std::map<Address, BindingStatus> status_;
  std::map<BindingStatus, std::uint64_t> counts_;
  std::map<Key, BindingStatus> pending_;
};

}  // namespace

Judgement secondary_gets_its_share(const History& history, const Bounds& bounds) {
  Judgement out;
  Situation situation;
  Shares shares;
  std::optional<std::size_t> poor_since;  // the secondary has nothing, the primary enough, both in NORMAL
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (poor_since && event.time_ms - history.events()[*poor_since].time_ms > bounds.rebalance_ms) {
      ++out.examined;
      out.findings.push_back({"L12",
                              event.time_ms,
                              std::nullopt,
                              {*poor_since, i},
                              "from " + history.when(history.events()[*poor_since].time_ms) + " to " +
                                  history.when(event.time_ms) +
                                  " in NORMAL the secondary had no address and the " + "primary " +
                                  std::to_string(shares.count(BindingStatus::free)) + " FREE ones"});
      poor_since = i;
    }
    const std::uint64_t before = shares.count(BindingStatus::backup);
    situation.apply(event);
    shares.apply(event);
    const std::uint64_t backup = shares.count(BindingStatus::backup);
    given += backup > before ? backup - before : 0;
    const bool poor =
        situation.normal() && backup == 0 && shares.count(BindingStatus::free) >= bounds.enough_free;
    if (poor && !poor_since) {
      poor_since = i;
    } else if (!poor && poor_since) {
      if (backup > 0) ++out.examined;  // its share came in time
      poor_since.reset();
    }
  }
  out.counts = {{"times the secondary was due a share", out.examined},
                {"addresses that became BACKUP", given}};
  return out;
}

}  // namespace twinlease::model::history
