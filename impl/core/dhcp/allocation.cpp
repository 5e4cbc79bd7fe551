#include "impl/core/dhcp/allocation.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace twinlease::core {
namespace {

// How many available addresses a search looks at beyond those that are offered.
constexpr std::size_t search_max = 256;

constexpr Finding give(std::string_view why) {
  return {Verdict::give, why};
}
constexpr Finding silence(std::string_view why) {
  return {Verdict::silence, why};
}
constexpr Finding nak(std::string_view why) {
  return {Verdict::nak, why};
}

constexpr std::string_view not_ours = "no scope here leases that address (RFC2131-4.3.2)";
constexpr std::string_view anothers_reservation = "the address is reserved for another client (FO-5.13-03)";
constexpr std::string_view anothers_lease = "another client holds the address (RFC2131-4.3.2)";

}  // namespace

Finding Allocation::may_have(const Asker& asker, Ipv4 address) const {
  const Lease* lease = ledger_.book().find(address);
  if (lease == nullptr || ledger_.book().scope_of(address) != asker.scope) return silence(not_ours);
  const Reservation* reservation = places_.reservation_at(address);
  if (reservation != nullptr && !same_client(reservation->client, asker.client))
    return silence(anothers_reservation);
  if (holds(*lease, asker.client)) return give("it holds the address");
  if (lease->status == BindingStatus::active) return silence(anothers_lease);
  if (lease->status == BindingStatus::abandoned)
    return silence("the address was found in use, and is left alone (FO-5.11-23)");
  if (lease->ended() && !asker.at.shared() && !same_client(lease->client, asker.client))
    return silence("the address is kept for the client that had it");
  if (offers_.to_another(address, asker.client)) return silence("the address is offered to another client");
  if (reservation != nullptr && lease->available())
    return give("a reserved address belongs to both pools (A-48)");
  const LeaseQuestion question{lease, &asker.client, ledger_.now().wall_s, asker.desired_s};
  const Answer answer = asker.at.rules->may_allocate(asker.at.standing, question);
  return {answer.serve ? Verdict::give : Verdict::silence, answer.why};
}

Finding Allocation::claim(const Asker& asker, const Request& request) const {
  const bool in_network = places_.scope_with(request.address) == asker.scope;
  const Lease* lease = ledger_.book().find(request.address);
  if (!in_network) {
    // A client that moved learns it when it starts again. While it uses a lease that is running it is told
    // nothing: the relay may be the one that is mistaken.
    const bool keeps = request.message == ClientMessage::request_rebinding && lease != nullptr &&
                       holds(*lease, asker.client);
    return keeps ? silence("it holds the address, in another network")
                 : nak("the address is of another network than the client (RFC2131-4.3.2)");
  }
  switch (request.message) {
    case ClientMessage::request_selecting: {
      // It asks for what it does not have yet: whatever it cannot be given is not its own.
      const Finding finding = may_have(asker, request.address);
      if (finding.verdict == Verdict::give) return finding;
      const bool held = lease != nullptr && holds(*lease, asker.client);
      return held ? finding : nak(finding.why);
    }
    case ClientMessage::request_init_reboot:
      return lease == nullptr ? silence(not_ours) : claim_after_reboot(asker, request, *lease);
    default: return lease == nullptr ? silence(not_ours) : claim_in_use(asker, *lease);
  }
}

// No proof of a running lease (FO-3.1.2-02): only what is known of the client counts.
Finding Allocation::claim_after_reboot(const Asker& asker, const Request& request, const Lease& lease) const {
  const bool running =
      lease.status == BindingStatus::active && lease.lease_expiration_s > ledger_.now().wall_s;
  if (running && !same_client(lease.client, asker.client)) return nak(anothers_lease);
  const Reservation* reservation = places_.reservation_at(request.address);
  const bool reserved_for_it = reservation != nullptr && same_client(reservation->client, asker.client);
  if (same_client(lease.client, asker.client) || reserved_for_it) return may_have(asker, request.address);
  if (reservation != nullptr) return nak(anothers_reservation);
  if (!asker.at.shared() && has_other_lease(asker, request.address))
    return nak("the client holds another address (RFC2131-4.3.2)");
  return silence("nothing is known of a lease of that client (RFC2131-4.3.2, FO-3.1.2-02)");
}

// RENEWING and REBINDING: believed, unless something known speaks against it (FO-3.1.2-01).
Finding Allocation::claim_in_use(const Asker& asker, const Lease& lease) const {
  const Finding finding = may_have(asker, lease.address);
  if (finding.verdict == Verdict::give || holds(lease, asker.client)) return finding;
  if (places_.reservation_at(lease.address) != nullptr && finding.why == anothers_reservation)
    return nak(finding.why);
  const bool running =
      lease.status == BindingStatus::active && lease.lease_expiration_s > ledger_.now().wall_s;
  if (running) return nak(anothers_lease);
  if (lease.available()) return give("a client that renews is believed to hold the address (FO-3.1.2-01)");
  // Nobody but this server leases the address, so its record is all there is to know.
  return asker.at.shared() ? finding : nak(finding.why);
}

bool Allocation::has_other_lease(const Asker& asker, Ipv4 address) const {
  return std::ranges::any_of(ledger_.book().of(asker.client), [&](Ipv4 own) {
    return own != address && ledger_.book().scope_of(own) == asker.scope &&
           holds(*ledger_.book().find(own), asker.client);
  });
}

Allocation::Choice Allocation::choose(const Asker& asker, Ipv4 requested) const {
  std::vector<Ipv4> wanted;
  if (const Reservation* reservation = places_.reserved_for(asker.scope, asker.client))
    wanted.push_back(reservation->address);
  const std::vector<Ipv4> known = ledger_.book().of(asker.client);
  std::ranges::copy_if(known, std::back_inserter(wanted),
                       [&](Ipv4 address) { return holds(*ledger_.book().find(address), asker.client); });
  if (const Offer* offer = offers_.of(asker.scope, asker.client)) wanted.push_back(offer->address);
  wanted.insert(wanted.end(), known.begin(), known.end());
  if (requested != Ipv4{}) wanted.push_back(requested);

  for (const Ipv4 address : wanted)
    if (const Finding finding = may_have(asker, address); finding.verdict == Verdict::give)
      return {address, finding.why};
  Choice choice{std::nullopt, "no address of the scope is available (FO-5.4-01)"};
  choice.address = longest_available(asker, choice.why);
  return choice;
}

// Of this server's own pool first: the partner's may be open to it after PARTNER-DOWN's waits (5.4, 9.4.2).
std::optional<Ipv4> Allocation::longest_available(const Asker& asker, std::string_view& why) const {
  const bool secondary = asker.at.shared() && asker.at.standing.config->role == Role::secondary;
  const std::size_t most = search_max + offers_.count(asker.scope);
  const auto usable = [&](const Lease& lease) {
    const Finding finding = may_have(asker, lease.address);
    why = finding.why;
    return finding.verdict == Verdict::give;
  };
  const BindingStatus own = secondary ? BindingStatus::backup : BindingStatus::free;
  const BindingStatus others = secondary ? BindingStatus::free : BindingStatus::backup;
  const auto found = ledger_.book().first(asker.scope, own, most, usable);
  return found ? found : ledger_.book().first(asker.scope, others, most, usable);
}

}  // namespace twinlease::core
