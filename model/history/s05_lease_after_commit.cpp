// S5: a lease that was given in a DHCPACK is in the storage of its server, with an end not before the
// client's.
//
// Inside: Stored comes before the DHCPACK. Outside: what the server tells after a crash, unless the partner's
// client or a RELEASE changed the binding in between. Needs AS3. Evidence: DHCPACKs so compared; without
// either it is undecided.
#include "model/history/predicate.hpp"
#include "model/history/survival.hpp"

namespace twinlease::model::history {

Judgement lease_after_commit(const History& history, const Bounds& bounds) {
  Survival survival("S5", history, bounds);
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    survival.apply(event, i);
    if (const auto* ack = as<Acked>(event))
      survival.promised(ack->server, ack->address,
                        {i, BindingStatus::active, ack->client, seconds(ack->held_until_ms())});
  }
  return survival.judgement();
}

}  // namespace twinlease::model::history
