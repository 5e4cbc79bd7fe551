#include "impl/core/dhcp/dhcp_server.hpp"

#include <algorithm>

#include "impl/core/dhcp/allocation.hpp"
#include "impl/core/dhcp/answered.hpp"
#include "impl/core/dhcp/details.hpp"
#include "impl/core/dhcp/ends.hpp"
#include "impl/core/dhcp/note.hpp"
#include "impl/core/dhcp/offers.hpp"
#include "impl/core/dhcp/reply.hpp"
#include "impl/core/dhcp/seldom.hpp"

namespace twinlease::core {
namespace {

// Windows' ids of audit lines.
constexpr int leased = 10, renewed = 11, released = 12, exhausted = 14, denied = 15, left_to_partner = 36;

constexpr std::size_t due_at_once = 256;
constexpr std::int64_t shortest_lease_s = 60;  // that a client can ask for
constexpr std::string_view storage_fails = "the disk fails: nothing new can be promised (FO-3.1.3-01)";

bool ends_a_lease(ClientMessage message) {
  return message == ClientMessage::decline || message == ClientMessage::release;
}

// The record as it is for a binding of that client: a new one begins without the times of the last.
Lease for_binding_of(const Client& client, const Lease& record, Seconds now_s) {
  if (continues_binding(record, client)) return record;
  Lease lease = made_available(record, record.status, now_s);
  lease.details = nullptr;
  return lease;
}

}  // namespace

struct DhcpServer::Impl {
  Impl(Ledger& l, StandingOf s)
      : ledger(l),
        standing_of(std::move(s)),
        places(l.config()),
        offers(l.config().scopes.size()),
        allocation(l, places, offers),
        ends(l, standing_of, places.any_reservation()),
        exhaustion(l.config().scopes.size(), Seldom(60'000)) {}

  void handle(const DhcpPacket&);
  void serve(const Request&, ScopeIndex);
  void discover(const Request&, const Asker&);
  void request(const Request&, const Asker&);
  void grant(const Request&, const Asker&, std::string_view why);
  void record(const Request&, const Asker&, const Lease& before, std::int64_t lease_s, std::string_view why);
  void release(const Request&);
  void decline(const Request&);
  void bootp(const Request&, ScopeIndex);

  bool probing(const Request&, const Asker&, const Lease&);
  std::int64_t lease_for(const Asker&, const Lease&) const;
  std::int64_t desired_s(const Request&, const Scope&) const;
  Settings settings_for(ScopeIndex, const Client&, Ipv4 address) const;
  void note(int id, const Request&, Ipv4 address, std::string_view why);
  void tell_exhausted(ScopeIndex);
  void tell_malformed(const DhcpPacket&, std::string_view why);
  Milliseconds offered_until() const {
    return ledger.now().monotonic_ms + ledger.config().offer_hold_s * 1000;
  }
  void handle(const std::optional<Parked>& parked) {
    if (parked) handle(parked->packet);
  }

  Ledger& ledger;
  StandingOf standing_of;
  Places places;
  Offers offers;
  Answered answered;
  Allocation allocation;
  Ends ends;
  std::vector<Seldom> exhaustion;  // by scope
  Seldom malformed{10'000};
};

void DhcpServer::Impl::handle(const DhcpPacket& packet) {
  const auto read = read_request(packet);
  if (const auto* unusable = std::get_if<Unusable>(&read)) {
    if (!unusable->foreign) tell_malformed(packet, unusable->why);
    return;
  }
  const auto& request = std::get<Request>(read);
  const auto scope = ends_a_lease(request.message) ? ledger.book().scope_of(request.address)
                                                   : places.scope_with(link_of(request));
  if (!scope || !ledger.config().scopes[*scope].enabled)
    return note(denied, request, request.address, "no scope here serves the client's network");
  serve(request, *scope);
}

void DhcpServer::Impl::serve(const Request& request, ScopeIndex scope) {
  const ScopeStanding at = standing_of(scope);
  const bool for_another = request.to_other_server && (request.message == ClientMessage::request_selecting ||
                                                       ends_a_lease(request.message));
  if (for_another) {
    if (const Offer* offer = offers.of(scope, request.client)) offers.drop(Ipv4(offer->address));
    return note(left_to_partner, request, request.address, "the client names another server (A-36)");
  }
  const Answer answer = at.rules->service(
      at.standing, {request.message, &request.client, request.header().secs, request.addressed_to_us});
  if (!answer.serve) return note(left_to_partner, request, request.address, answer.why);

  const Asker asker{request.client, scope, at, desired_s(request, ledger.config().scopes[scope])};
  switch (request.message) {
    case ClientMessage::discover: return discover(request, asker);
    case ClientMessage::release: return release(request);
    case ClientMessage::decline: return decline(request);
    case ClientMessage::inform:
      return ledger.journal().say(ack_inform(request, settings_for(scope, request.client, request.address)));
    case ClientMessage::bootp: return bootp(request, scope);
    default: return this->request(request, asker);
  }
}

void DhcpServer::Impl::discover(const Request& request, const Asker& asker) {
  if (ledger.journal().failing()) return note(denied, request, request.address, storage_fails);
  const Allocation::Choice choice = allocation.choose(asker, request.address);
  if (!choice.address) {
    tell_exhausted(asker.scope);
    return note(exhausted, request, {}, choice.why);
  }
  const Lease& lease = *ledger.book().find(*choice.address);
  if (probing(request, asker, lease)) return;
  std::int64_t lease_s = lease_for(asker, lease);
  if (lease_s <= 0) return note(denied, request, lease.address, "no lease can be given now (FO-7.1.5-06)");
  if (!Allocation::holds(lease, asker.client)) {
    const Offer* offer = offers.at(lease.address);
    const std::uint32_t xid = request.header().xid;
    if (offer->xid == xid && offer->lease_s != 0) lease_s = std::min(lease_s, offer->lease_s);  // sent again
    offers.told(lease.address, xid, lease_s, offered_until());
  }
  ledger.journal().say(
      offer(request, settings_for(asker.scope, asker.client, lease.address), lease.address, lease_s));
}

// Sets an address that the client does not hold apart for it. True: whether somebody uses it is being asked,
// and the datagram comes again when that is known.
bool DhcpServer::Impl::probing(const Request& request, const Asker& asker, const Lease& lease) {
  if (Allocation::holds(lease, asker.client)) return false;
  const Offer* offer = offers.at(lease.address);
  if (offer == nullptr || offers.to_another(lease.address, asker.client)) {
    offers.hold(asker.scope, lease.address, asker.client, offered_until());
    ledger.defer(lease.address);
    offer = offers.at(lease.address);
  }
  const bool had_it_before = same_client(lease.client, asker.client);
  if (ledger.config().probe_ms == 0 || had_it_before || offer->probe == ProbeState::clear) return false;
  if (offer->probe == ProbeState::none)
    ledger.journal().tell(Probe{lease.address, request.packet->interface});
  offers.ask(lease.address, *request.packet, ledger.now().monotonic_ms + ledger.config().probe_ms);
  return true;
}

void DhcpServer::Impl::request(const Request& request, const Asker& asker) {
  const Finding finding = allocation.claim(asker, request);
  switch (finding.verdict) {
    case Verdict::give: return grant(request, asker, finding.why);
    case Verdict::nak: ledger.journal().say(nak(request, finding.why)); [[fallthrough]];
    case Verdict::silence: return note(denied, request, request.address, finding.why);
  }
}

void DhcpServer::Impl::grant(const Request& request, const Asker& asker, std::string_view why) {
  if (ledger.journal().failing()) return note(denied, request, request.address, storage_fails);
  const Now now = ledger.now();
  const Lease before = *ledger.book().find(request.address);
  const bool holds = Allocation::holds(before, asker.client);
  const Settings settings = settings_for(asker.scope, asker.client, request.address);
  if (holds && before.lease_expiration_s > now.wall_s &&
      answered.remembers(request.address, request.message, request.header().xid, now.monotonic_ms))
    return ledger.journal().repeat(
        ack(request, settings, request.address, before.lease_expiration_s - now.wall_s));

  // A client that uses the address would answer the probe itself.
  const bool uses_it = request.message == ClientMessage::request_renewing ||
                       request.message == ClientMessage::request_rebinding;
  if (!uses_it && probing(request, asker, before)) return;
  const std::int64_t lease_s = lease_for(asker, before);
  if (lease_s <= 0) return note(denied, request, request.address, "no lease can be given now (FO-7.1.5-06)");
  record(request, asker, before, lease_s, why);
  ledger.journal().say(ack(request, settings, request.address, lease_s));
}

void DhcpServer::Impl::record(const Request& request, const Asker& asker, const Lease& before,
                              std::int64_t lease_s, std::string_view why) {
  const Seconds now_s = ledger.now().wall_s;
  const bool held = Allocation::holds(before, asker.client);
  Lease lease = for_binding_of(asker.client, before, now_s);
  const LeaseQuestion question{&lease, &asker.client, now_s, asker.desired_s};
  if (asker.at.shared())
    lease.potential_expiration_sent_s =
        std::max(lease.potential_expiration_sent_s,
                 asker.at.rules->potential_expiration(asker.at.standing, question, lease_s));
  std::string identifier = held ? before.client.identifier : std::string();
  lease.client = asker.client;
  if (lease.client.identifier.empty()) lease.client.identifier = std::move(identifier);
  lease.status = BindingStatus::active;
  if (!held) lease.start_time_of_state_s = now_s;
  lease.client_last_transaction_s = now_s;
  lease.lease_expiration_s = now_s + lease_s;
  lease.reserved = ledger.book().reserved(lease.address);
  lease.bootp = false;
  lease.untold = asker.at.shared();
  lease.details = details_of(request, lease_s, lease.details);
  ledger.write(lease);
  answered.remember(lease.address, request.message, request.header().xid, ledger.now().monotonic_ms);
  offers.drop(lease.address);
  if (const Offer* other = offers.of(asker.scope, asker.client)) offers.drop(Ipv4(other->address));
  note(held ? renewed : leased, request, lease.address, why);
}

void DhcpServer::Impl::release(const Request& request) {
  const Lease lease = *ledger.book().find(request.address);
  if (!Allocation::holds(lease, request.client))
    return note(denied, request, request.address, "the client does not hold what it releases");
  if (ledger.journal().failing()) return note(denied, request, request.address, storage_fails);
  answered.forget(lease.address);
  ends.release(lease);
  note(released, request, lease.address, "released by the client (FO-5.11-20)");
}

void DhcpServer::Impl::decline(const Request& request) {
  const Lease lease = *ledger.book().find(request.address);
  if (!Allocation::holds(lease, request.client))
    return note(denied, request, request.address, "the client does not hold what it declines");
  if (ledger.journal().failing()) return note(denied, request, request.address, storage_fails);
  answered.forget(lease.address);
  ends.abandon(lease, "declined by the client that had it (FO-5.11-11)");
}

// Reserved addresses only, and without a record: there is no lease that could end (5.14).
void DhcpServer::Impl::bootp(const Request& request, ScopeIndex scope) {
  const Reservation* reservation = places.reserved_for(scope, request.client);
  if (reservation == nullptr)
    return note(denied, request, {}, "a BOOTP client without a reservation (FO-5.14-01)");
  const Lease& lease = *ledger.book().find(reservation->address);
  const bool anothers = lease.status == BindingStatus::active && !same_client(lease.client, request.client);
  if (anothers || lease.status == BindingStatus::abandoned)
    return note(denied, request, lease.address, "the address reserved for the client is still in use");
  ledger.journal().say(
      bootp_reply(request, settings_for(scope, request.client, lease.address), lease.address));
}

std::int64_t DhcpServer::Impl::lease_for(const Asker& asker, const Lease& record) const {
  const Seconds now_s = ledger.now().wall_s;
  const Lease lease = for_binding_of(asker.client, record, now_s);
  return asker.at.rules->lease_time(asker.at.standing, {&lease, &asker.client, now_s, asker.desired_s});
}

std::int64_t DhcpServer::Impl::desired_s(const Request& request, const Scope& scope) const {
  const std::int64_t most = std::min<std::int64_t>(scope.lease_time_s, wire::dhcp4::infinite_lease_s);
  const std::int64_t least = std::min(shortest_lease_s, most);
  return std::clamp<std::int64_t>(request.lease_time_s.value_or(most), least, most);
}

Settings DhcpServer::Impl::settings_for(ScopeIndex scope, const Client& client, Ipv4 address) const {
  const Reservation* reservation = places.reservation_at(address);
  const bool its_own = reservation != nullptr && same_client(reservation->client, client);
  return {ledger.config(), ledger.config().scopes[scope], its_own ? reservation : nullptr};
}

void DhcpServer::Impl::note(int id, const Request& request, Ipv4 address, std::string_view why) {
  ledger.journal().tell(
      Audit{.id = id,
            .address = address,
            .client = in_hex(request.client),
            .host_name = option_octets(request.octets, wire::dhcp4::OptionCode::host_name).value_or(""),
            .xid = request.header().xid,
            .reason = std::string(why)});
}

void DhcpServer::Impl::tell_exhausted(ScopeIndex scope) {
  Seldom& told = exhaustion[scope];
  if (!told.due(ledger.now().monotonic_ms)) return;
  const Scope& config = ledger.config().scopes[scope];
  ledger.journal().tell(Event{.id = EventId::range_exhausted,
                              .level = Level::warning,
                              .relationship = config.relationship,
                              .text = "scope " + config.name + " has no address left for a new client; " +
                                      std::to_string(told.told()) +
                                      " went unanswered since this was last told"});
}

void DhcpServer::Impl::tell_malformed(const DhcpPacket& packet, std::string_view why) {
  if (!malformed.due(ledger.now().monotonic_ms)) return;
  ledger.journal().tell(Event{.id = EventId::malformed_dhcp,
                              .level = Level::warning,
                              .text = "datagrams that cannot be read: " + std::to_string(malformed.told()) +
                                      " since this was last told; one from " + dotted(packet.source) + ": " +
                                      std::string(why)});
}

DhcpServer::DhcpServer(Ledger& ledger, StandingOf standing_of)
    : impl_(std::make_unique<Impl>(ledger, std::move(standing_of))) {}
DhcpServer::~DhcpServer() = default;

void DhcpServer::handle(const DhcpPacket& packet) {
  impl_->handle(packet);
}

void DhcpServer::on_probe(const ProbeResult& result) {
  const Offer* offer = impl_->offers.at(result.address);
  if (offer == nullptr || offer->probe != ProbeState::asked) return;
  if (!result.in_use) return impl_->handle(impl_->offers.clear(result.address, impl_->offered_until()));
  const std::optional<Parked> parked = impl_->offers.drop(result.address);
  const Lease lease = *impl_->ledger.book().find(result.address);
  if (lease.status != BindingStatus::active && !impl_->ledger.journal().failing())
    impl_->ends.abandon(lease, "the conflict probe was answered (FO-5.11-10)");
  impl_->handle(parked);
}

void DhcpServer::on_tick() {
  for (const Ipv4 address : impl_->offers.due(impl_->ledger.now().monotonic_ms, due_at_once)) {
    const Offer* offer = impl_->offers.at(address);
    if (offer == nullptr) continue;  // another client's turn took it
    if (offer->probe == ProbeState::asked)
      impl_->handle(impl_->offers.clear(address, impl_->offered_until()));
    else
      impl_->offers.drop(address);
  }
  impl_->ends.on_tick();
}

Milliseconds DhcpServer::next_deadline() const {
  return std::min(impl_->offers.next_due_ms(), impl_->ends.next_deadline());
}

std::uint64_t DhcpServer::malformed() const {
  return impl_->malformed.total();
}

}  // namespace twinlease::core
