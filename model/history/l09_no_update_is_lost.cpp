// L9: a BNDUPD that was not acknowledged when the connection broke is sent again on the next one, or
// something newer about the address is.
//
// Due within one exchange of updates after both are in NORMAL again; a newer DHCPACK or BNDUPD about the
// address takes its place, lost storage ends it. Evidence: updates that were pending when the connection
// broke.
#include "model/history/due.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

Judgement no_update_is_lost(const History& history, const Bounds& bounds) {
  Findings out("L9", history);
  Scene scene;
  std::map<std::pair<Server, Address>, std::size_t> owed;  // the update that was pending
  std::map<std::pair<Server, Address>, Due> due;
  const auto settle = [&](Address address, std::size_t event) {
    for (const Server server : both_servers) {
      const auto found = due.find({server, address});
      if (found != due.end()) found->second.met(event);
      if (found == due.end() && owed.contains({server, address})) out.examine();
      due.erase({server, address});
      owed.erase({server, address});
    }
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (auto& [key, one] : due) one.check(i);
    std::erase_if(due, [](const auto& item) { return !item.second.running(); });
    const auto* connection = as<Connection>(event);
    const auto* process = as<Process>(event);
    if ((connection != nullptr && !connection->up) || (process != nullptr && !process->running)) {
      for (const PendingUpdate& pending : scene.ledger.pending())
        owed[{pending.from, pending.address}] = pending.event;
      for (auto& [key, one] : due) owed[key] = one.begun();
      due.clear();
    }
    scene.apply(event, i);
    if (process != nullptr && process->storage_lost)
      std::erase_if(owed, [process](const auto& item) { return item.first.first == process->server; });
    if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
      owed.clear();
      due.clear();
    }
    if (const auto* update = as<Updated>(event)) settle(update->address, i);
    if (const auto* ack = as<Acked>(event)) settle(ack->address, i);
    const bool normal = scene.standing.connected() &&
                        scene.standing.state(Server::primary) == State::normal &&
                        scene.standing.state(Server::secondary) == State::normal;
    if (!normal) continue;
    for (const auto& [key, pending] : owed) {
      const auto [place, is_new] = due.try_emplace(
          key, Due(out, "the " + std::string(name(key.first)) + "'s BNDUPD about " + text(key.second) +
                            " of " + out.when(pending) + " was not sent again"));
      place->second.begin(i, bounds.transfer_ms + bounds.settle_ms);
    }
    owed.clear();
  }
  return out.judgement({{"updates that were pending", out.examined()}});
}

}  // namespace twinlease::model::history
