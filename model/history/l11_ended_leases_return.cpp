// L11: in NORMAL an address whose lease was released or is over becomes FREE: its end is reported and
// acknowledged.
//
// Due within the grace period, one exchange of updates and the settling time. A new DHCPACK of the address, a
// reject or the end of NORMAL makes it say nothing. Evidence: ends of leases that were seen in NORMAL.
#include "model/history/due.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Lease {
  Client client;
  TimeMs until_ms = 0;
};

}  // namespace

Judgement ended_leases_return(const History& history, const Bounds& bounds) {
  Findings out("L11", history);
  Scene scene;
  std::map<Address, Lease> leases;
  std::map<Address, Due> due;
  const auto ends = [&](Address address, std::size_t event) {
    leases.erase(address);
    due.try_emplace(address, Due(out, text(address) + ", whose lease was over, was not free"))
        .first->second.begin(event, bounds.grace_ms + bounds.transfer_ms + bounds.settle_ms);
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (auto& [address, one] : due) one.check(i);
    std::erase_if(due, [](const auto& item) { return !item.second.running(); });
    scene.apply(event, i);
    const bool normal = scene.standing.connected() &&
                        scene.standing.state(Server::primary) == State::normal &&
                        scene.standing.state(Server::secondary) == State::normal && !scene.standing.faulty();
    if (!normal) due.clear();
    if (const auto* ack = as<Acked>(event)) {
      leases[ack->address] = {ack->client, ack->held_until_ms()};
      due.erase(ack->address);
    } else if (const auto* end = as<Ended>(event)) {
      const auto found = leases.find(end->address);
      if (found != leases.end() && found->second.client == end->client && end->how == Ending::released) {
        if (normal) ends(end->address, i);
        leases.erase(end->address);
      }
    } else if (const auto* answer = as<Acknowledged>(event); answer != nullptr && scene.ledger.answered()) {
      const auto found = due.find(answer->address);
      if (found == due.end()) continue;
      if (answer->reject_reason) {
        due.erase(found);
      } else if (scene.ledger.answered()->update.status != BindingStatus::active) {
        found->second.met(i);
        due.erase(found);
      }
    }
    if (!normal) continue;
    std::vector<Address> over;
    for (const auto& [address, lease] : leases)
      if (lease.until_ms + bounds.eps_ms < event.time_ms) over.push_back(address);
    for (const Address address : over) ends(address, i);
  }
  return out.judgement({{"ended leases", out.examined()}});
}

}  // namespace twinlease::model::history
