// S4: an update that a server accepted in a BNDACK is in its storage, or something newer.
//
// Judged on updates to ACTIVE: a lost end of a lease cannot be told from a newer lease. Inside: Stored comes
// before the BNDACK. Outside: what the server tells after a crash, unless a newer update or a RELEASE came in
// between. Needs AS3. Evidence: BNDACKs so compared; without either it is undecided.
#include "model/history/predicate.hpp"
#include "model/history/survival.hpp"

namespace twinlease::model::history {

Judgement ack_after_commit(const History& history, const Bounds& bounds) {
  Survival survival("S4", history, bounds);
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    survival.apply(event, i);
    const auto* ack = as<Acknowledged>(event);
    const std::optional<PendingUpdate>& answered = survival.scene().ledger.answered();
    if (ack == nullptr || !answered || ack->reject_reason) continue;
    const auto* update = as<Updated>(history.events()[answered->event]);
    if (update->status == BindingStatus::active && update->client)
      survival.promised(ack->from, ack->address,
                        {i, update->status, *update->client, answered->update.lease_expiration});
  }
  return survival.judgement();
}

}  // namespace twinlease::model::history
