// S23: the secondary uses the MCLT that it last accepted from the primary, and no other.
//
// Judged for its leases after that value became smaller than another that it knew: its own configured one, or
// an earlier one of the primary's. A lease beyond the ceiling of the new value and within that of an old one
// shows that the old one is in use. Needs AS3. Evidence: DHCPACKs of the secondary after such a change.
#include <set>

#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"
#include "model/lease/allocation.hpp"
#include "model/lease/lease_time.hpp"

namespace twinlease::model::history {

Judgement same_mclt(const History& history, const Bounds& bounds) {
  Findings out("S23", history);
  Scene scene;
  std::set<Seconds> known;
  std::optional<std::size_t> changed;  // the CONNECTACK with which the value became smaller
  std::uint64_t values = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    const auto* ack = as<Acked>(event);
    if (ack != nullptr && ack->server == Server::secondary && changed &&
        !scene.standing.could_be_partner_down(ack->server, event.time_ms) &&
        ack->request == Request::selecting) {
      const Entry* entry = scene.ledger.find(ack->server, ack->address);
      const bool same = entry != nullptr && entry->binding.client == scene.ledger.id(ack->client) &&
                        entry->binding.client != 0 && !available(entry->binding);
      const Binding binding = same ? entry->binding : Binding{};
      const auto ceiling_ms = [&](Seconds mclt) {
        return (lease_ceiling(binding, seconds(event.time_ms), mclt) + 1) * 1000 + bounds.eps_ms;
      };
      out.examine();
      for (const Seconds old : known)
        if (ack->held_until_ms() > ceiling_ms(*scene.standing.mclt_s()) &&
            ack->held_until_ms() <= ceiling_ms(old)) {
          out.found(i, {*changed},
                    "the secondary leased " + text(ack->address) + " for " + std::to_string(ack->lease_s) +
                        " s, as an MCLT of " + std::to_string(old) + " s allows; the primary's is " +
                        std::to_string(*scene.standing.mclt_s()) + " s",
                    ack->address);
          break;
        }
    }
    const std::optional<Seconds> before = scene.standing.mclt_s();
    scene.apply(event, i);
    if (const auto* configured = as<Configured>(event))
      if (configured->mclt_s != 0) known.insert(configured->mclt_s);
    if (before) known.insert(*before);
    const std::optional<Seconds> now = scene.standing.mclt_s();
    if (as<ConnectAnswered>(event) == nullptr || !now) continue;
    values += now != before ? 1 : 0;
    if (!known.empty() && *known.rbegin() > *now && (now != before || !changed)) changed = i;
  }
  return out.judgement({{"leases of the secondary with a smaller MCLT", out.examined()}, {"values", values}});
}

}  // namespace twinlease::model::history
