// L10: in NORMAL a client gets the desired lease at the latest with its first renewal after the BNDACK.
//
// The desired length is the server's configured one (Configured). Judged for renewals in NORMAL of a server
// whose BNDUPD about the lease was acknowledged, if what the partner acknowledged allows the desired length
// (lease_ceiling()). Evidence: such renewals.
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"
#include "model/lease/lease_time.hpp"

namespace twinlease::model::history {

Judgement full_lease_comes_soon(const History& history, const Bounds& bounds) {
  Findings out("L10", history);
  Scene scene;
  bool untold = false;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    const auto* ack = as<Acked>(event);
    if (ack != nullptr && ack->request != Request::selecting &&
        scene.standing.state(ack->server) == State::normal && scene.standing.mclt_s()) {
      const Seconds desired = scene.standing.configured(ack->server).desired_lease_s;
      untold |= desired == 0;
      const Entry* entry = scene.ledger.find(ack->server, ack->address);
      const Seconds now = seconds(event.time_ms);
      const bool known = entry != nullptr && entry->binding.client == scene.ledger.id(ack->client) &&
                         entry->binding.status == BindingStatus::active && entry->binding.acked_potential > 0;
      if (desired > 0 && known &&
          now + desired <= lease_ceiling(entry->binding, now, *scene.standing.mclt_s())) {
        out.examine();
        if (TimeMs{ack->lease_s} * 1000 + bounds.eps_ms + 1000 < desired * 1000)
          out.found(i, {entry->by},
                    "the " + std::string(name(ack->server)) + " renewed " + text(ack->address) + " for " +
                        std::to_string(ack->lease_s) + " s, " + std::to_string(desired) + " s were possible",
                    ack->address);
      }
    }
    scene.apply(event, i);
  }
  return out.judgement({{"renewals that could have the full length", out.examined()}},
                       untold ? "the desired lease time" : "");
}

}  // namespace twinlease::model::history
