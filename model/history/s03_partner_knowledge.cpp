// S3: what a server promised is covered by what its partner stores: acked-potential-expiration-time here is
// not later than received- there, and received- here not later than sent- there, within one binding.
//
// Seen from inside only: it compares Stored records of the two servers, and is undecided without them. Needs
// AS3, AS4, AS5, AS8. Evidence: comparisons of two records of one client.
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Held {
  std::size_t event = 0;
  const Stored* stored = nullptr;
};

}  // namespace

Judgement partner_knowledge(const History& history, const Bounds& bounds) {
  Findings out("S3", history);
  Scene scene;
  std::array<std::map<Address, Held>, 2> held;
  const auto covered = [&](const Held& here, const Held& there, std::uint32_t promised_s,
                           std::uint32_t known_s, const char* what) {
    const Server server = here.stored->server;
    const Seconds promised = promised_s == 0 ? 0 : promised_s - scene.ledger.ahead_s(server);
    const Seconds known = known_s == 0 ? 0 : known_s - scene.ledger.ahead_s(partner_of(server));
    if (promised * 1000 <= known * 1000 + bounds.eps_ms + 1000) return;
    out.found(std::max(here.event, there.event), {here.event, there.event},
              "the " + std::string(name(server)) + " counts on " + what + " " +
                  history.when(promised * 1000) + " for " + text(here.stored->address) +
                  ", its partner has " + (known == 0 ? "none" : history.when(known * 1000)),
              here.stored->address);
  };
  const auto compare = [&](const Held& here, const Held& there) {
    covered(here, there, here.stored->acked_potential_s, there.stored->received_potential_s,
            "acked-potential-expiration-time");
    covered(here, there, here.stored->received_potential_s, there.stored->sent_potential_s,
            "received-potential-expiration-time");
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    scene.apply(event, i);
    if (const auto* process = as<Process>(event); process != nullptr && process->storage_lost)
      held[index_of(process->server)].clear();
    if (as<Scenario>(event) != nullptr) held = {};
    const auto* stored = as<Stored>(event);
    if (stored == nullptr) continue;
    Held& here = held[index_of(stored->server)][stored->address];
    here = {i, stored};
    const auto there = held[index_of(partner_of(stored->server))].find(stored->address);
    if (there == held[index_of(partner_of(stored->server))].end()) continue;
    const Stored& other = *there->second.stored;
    if (stored->status != BindingStatus::active || other.status != BindingStatus::active ||
        stored->client != other.client)
      continue;
    out.examine();
    compare(here, there->second);
    compare(there->second, here);
  }
  return out.judgement({{"pairs of records compared", out.examined()}},
                       history.events().empty() ? "" : "what both servers stored");
}

}  // namespace twinlease::model::history
