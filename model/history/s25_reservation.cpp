// S25: a reserved address is offered and leased to its client only, by both servers and in every state.
//
//
// Needs AS6. Evidence: offers and DHCPACKs of reserved addresses, and DISCOVERs of others while the rest of
// the pool is exhausted, which is when a server is tempted.
#include <map>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

Judgement reservation(const History& history, const Bounds&) {
  Findings out("S25", history);
  std::map<Address, std::size_t> reserved;
  bool exhausted = false;
  std::uint64_t tempted = 0;
  const auto given = [&](Server server, const Client& client, Address address, std::size_t event) {
    const auto found = reserved.find(address);
    if (found == reserved.end()) return;
    out.examine();
    const Client& owner = as<Reserved>(history.events()[found->second])->client;
    if (owner != client)
      out.found(event, {found->second},
                "the " + std::string(name(server)) + " gave " + text(address) + ", reserved for " +
                    text(owner) + ", to " + text(client),
                address);
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* one = as<Reserved>(event)) {
      reserved[one->address] = i;
    } else if (const auto* offer = as<Offered>(event)) {
      given(offer->server, offer->client, offer->address, i);
    } else if (const auto* ack = as<Acked>(event)) {
      given(ack->server, ack->client, ack->address, i);
    } else if (const auto* fault = as<Fault>(event)) {
      if (fault->kind == FaultKind::exhaustion) exhausted = fault->begins;
    } else if (as<Discovered>(event) != nullptr && exhausted && !reserved.empty()) {
      out.examine();
      ++tempted;
    } else if (as<Scenario>(event) != nullptr) {
      reserved.clear();
      exhausted = false;
    }
  }
  return out.judgement(
      {{"reserved addresses given", out.examined() - tempted}, {"DISCOVERs at an exhausted pool", tempted}});
}

}  // namespace twinlease::model::history
