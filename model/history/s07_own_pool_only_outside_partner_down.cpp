// S7: outside PARTNER-DOWN a new client gets a FREE address from the primary and a BACKUP address from the
// secondary, or none. (own(), 5.4)
//
// Judged for each DHCPOFFER and DHCPACK(SELECTING) to a client that did not have the address, if the server's
// record of it is sure and nothing about it is on its way. In RESOLUTION-INTERRUPTED it is a SHOULD: not
// judged. Needs AS3. Evidence: the allocations so judged.
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"
#include "model/lease/allocation.hpp"

namespace twinlease::model::history {

Judgement own_pool_only(const History& history, const Bounds& bounds) {
  Findings out("S7", history);
  Scene scene;
  std::uint64_t unsure = 0;
  const auto allocated = [&](Server server, const Client& client, Address address, std::size_t event) {
    const TimeMs now = history.events()[event].time_ms;
    if (scene.standing.could_be_partner_down(server, now) ||
        scene.standing.state(server) == State::resolution_interrupted)
      return;
    const Entry* entry = scene.ledger.find(server, address);
    if (entry == nullptr || !entry->sure || scene.ledger.pending(address) ||
        now - entry->changed_ms < bounds.eps_ms) {
      ++unsure;
      return;
    }
    const ClientId id = scene.ledger.id(client);
    if (id != 0 && entry->binding.client == id) return;  // no new client of this address
    out.examine();
    if (own(server, entry->binding)) return;
    out.found(event, {entry->by},
              "the " + std::string(name(server)) + " gave " + text(address) + " to new client " +
                  text(client) + ", and its record is " + std::string(name(entry->binding.status)),
              address);
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* offer = as<Offered>(event)) allocated(offer->server, offer->client, offer->address, i);
    if (const auto* ack = as<Acked>(event))
      if (ack->request == Request::selecting) allocated(ack->server, ack->client, ack->address, i);
    scene.apply(event, i);
  }
  return out.judgement({{"allocations to new clients", out.examined()},
                        {"allocations of addresses without a sure record", unsure}});
}

}  // namespace twinlease::model::history
