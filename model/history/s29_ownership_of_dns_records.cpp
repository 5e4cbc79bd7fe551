// S29: the server that granted a lease adds its DNS records, and the server that makes the address FREE
// removes them; in COMMUNICATIONS-INTERRUPTED nobody removes any. (5.12.3, 5.12.4)
//
// A server in PARTNER-DOWN may complete what its partner began, and is not judged. The server that makes an
// address FREE is the receiver of an accepted end of the lease, or the sender of FREE. Needs AS2. Evidence:
// additions and removals of addresses whose lease was seen.
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Owner {
  std::optional<std::size_t> granted;  // DHCPACK
  Server by{};
  std::optional<std::size_t> freed;  // the event that made it FREE
  std::optional<Server> freed_by;
};

}  // namespace

Judgement ownership_of_dns(const History& history, const Bounds&) {
  Findings out("S29", history);
  Scene scene;
  std::map<Address, Owner> owners;
  std::uint64_t removals = 0;
  const auto updated = [&](const DnsUpdated& dns, std::size_t event) {
    const Owner& owner = owners[dns.address];
    if (!owner.granted || scene.standing.could_be_partner_down(dns.server, out.time_ms(event))) return;
    out.examine();
    removals += dns.added ? 0 : 1;
    const std::string who = "the " + std::string(name(dns.server));
    if (dns.added && owner.by != dns.server)
      out.found(event, {*owner.granted}, who + " added the name of a lease that its partner gave",
                dns.address);
    if (dns.added) return;
    if (scene.standing.state(dns.server) == State::communications_interrupted)
      out.found(event, {scene.standing.since(dns.server)},
                who + " removed a name in COMMUNICATIONS-INTERRUPTED", dns.address);
    if (owner.freed_by && *owner.freed_by != dns.server)
      out.found(event, {*owner.freed}, who + " removed the name of an address that its partner made FREE",
                dns.address);
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* dns = as<DnsUpdated>(event)) updated(*dns, i);
    scene.apply(event, i);
    if (const auto* ack = as<Acked>(event)) {
      Owner& owner = owners[ack->address];
      const auto* before = owner.granted ? as<Acked>(history.events()[*owner.granted]) : nullptr;
      const bool renewal = before != nullptr && before->client == ack->client && !owner.freed;
      if (!renewal) owner = {i, ack->server, std::nullopt, std::nullopt};
    } else if (const auto* answer = as<Acknowledged>(event)) {
      const std::optional<PendingUpdate>& answered = scene.ledger.answered();
      if (!answered || answer->reject_reason) continue;
      Owner& owner = owners[answer->address];
      if (is_end_of_lease(answered->update.status)) {
        owner.freed = i;
        owner.freed_by = answer->from;
      } else if (answered->update.status == BindingStatus::free) {
        owner.freed = i;
        owner.freed_by = answered->from;
      }
    } else if (as<Scenario>(event) != nullptr) {
      owners.clear();
    }
  }
  return out.judgement({{"DNS updates", out.examined()}, {"removals", removals}});
}

}  // namespace twinlease::model::history
