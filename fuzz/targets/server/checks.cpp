#include "fuzz/targets/server/checks.hpp"

#include <algorithm>
#include <variant>

#include "impl/core/event_limit.hpp"
#include "impl/core/failover/strangers.hpp"
#include "impl/core/journal.hpp"
#include "impl/wire/dhcp4_typed.hpp"

namespace twinlease::fuzz {

namespace {

using namespace core;
using wire::dhcp4::OptionCode;

template <class Kind>
std::size_t count(const Outputs& outputs) {
  return static_cast<std::size_t>(
      std::ranges::count_if(outputs, [](const Output& o) { return std::holds_alternative<Kind>(o); }));
}

// What EventLimit always tells.
bool always_told(EventId id) {
  using enum EventId;
  return id == state_change || id == state_change_bad || id == state_change_first ||
         id == state_change_first_bad || id == storage_failed || id == storage_recovered || id == dropped;
}

std::size_t addresses(const Config& config) {
  std::size_t all = 0;
  for (const Scope& scope : config.scopes) {
    all += scope.reservations.size();
    for (const Range& range : scope.ranges) all += range.last.value - range.first.value + 1;
  }
  return all;
}

// To who names no relationship, or another one: there is no secret to sign with.
bool is_nobodys(const wire::Message& message) {
  const auto reason = message.options().find(wire::OptionCode::reject_reason);
  return message.type() == wire::MessageType::connectack && reason &&
         reason->value[0] == static_cast<int>(wire::RejectReason::invalid_failover_partner);
}

}  // namespace

// ---- leases

void LeaseWatch::handed_out(const StoreBatch& batch, const Cause& cause, Seconds now_s, Verdict& verdict) {
  verdict.hold(batch.batch == last_batch_ + 1, "3: batches are numbered one by one");
  verdict.hold(!batch.records.empty(), "3: a batch of nothing");
  last_batch_ = batch.batch;
  for (const Record& record : batch.records)
    if (const auto* lease = std::get_if<Lease>(&record)) changed(*lease, cause, now_s, verdict);
  pending_.push_back(batch);
}

void LeaseWatch::changed(const Lease& lease, const Cause& cause, Seconds now_s, Verdict& verdict) {
  const auto found = holders_.find(lease.address);
  if (found == holders_.end()) return;
  Holder& holder = found->second;
  const bool active = lease.status == BindingStatus::active;
  if (active && same_client(holder.client, lease.client)) {
    holder.until_s = lease.lease_expiration_s;
    return;
  }
  const bool over = holder.until_s <= now_s || cause.partner;
  const bool given_back = !active && cause.client != nullptr && same_client(holder.client, *cause.client);
  verdict.hold(over || given_back, active ? "1: an address that a client holds went to another one"
                                          : "1: a client lost an address that it did not give back");
  holders_.erase(found);
}

void LeaseWatch::stored(std::uint64_t batch) {
  for (; !pending_.empty() && pending_.front().batch <= batch; pending_.pop_front())
    for (const Record& record : pending_.front().records)
      if (const auto* lease = std::get_if<Lease>(&record)) durable_[lease->address] = *lease;
}

void LeaseWatch::acknowledged(const wire::dhcp4::Message& ack, Seconds now_s, Verdict& verdict) {
  const wire::Ipv4 address = ack.header().yiaddr;
  const auto found = durable_.find(address);
  if (found == durable_.end() || found->second.status != BindingStatus::active)
    return verdict.hold(false, "2: an ACK for a lease that is not on disk");
  const Lease& lease = found->second;
  const bool same = std::ranges::equal(lease.client.hardware.address(), ack.header().hardware_address()) ||
                    (!lease.client.identifier.empty() && wire::dhcp4::client_identifier(ack));
  verdict.hold(same, "2: an ACK for a lease that the disk has as another client's");
  const auto holder = holders_.find(address);
  verdict.hold(holder == holders_.end() || holder->second.until_s <= now_s ||
                   same_client(holder->second.client, lease.client),
               "1: two clients were told of one address");
  holders_[address] = {lease.client, lease.lease_expiration_s};
}

// ---- bounds

void Bounds::outputs(const Input& input, std::size_t octets, const Outputs& outputs, Verdict& verdict) {
  const bool releases = std::holds_alternative<Stored>(input);  // what waited: bounded by the journal
  verdict.hold(outputs.size() <= 2 * Journal::waiting_max, "5: outputs of one input");
  verdict.hold(count<StoreBatch>(outputs) <= 2, "5: batches of one input");
  if (releases) return;
  if (std::holds_alternative<DhcpPacket>(input))
    verdict.hold(count<SendDhcp>(outputs) <= 1 && count<Audit>(outputs) <= 2, "5: answers to one datagram");
  // An answer to every message, and what it may cause.
  const std::size_t messages = 1 + octets / wire::message_length_min;
  verdict.hold(count<SendOctets>(outputs) <= 4 * messages + wire::message_length_max, "5: messages");
}

void Bounds::events(const Outputs& outputs, Milliseconds now_ms, Verdict& verdict) {
  constexpr std::size_t text_max =
      8 * wire::message_length_max;  // of a message in it, with every octet escaped
  if (now_ms - second_ms_ >= 1000) {
    second_ms_ = now_ms;
    told_ = 0;
  }
  for (const Output& output : outputs)
    if (const auto* event = std::get_if<Event>(&output)) {
      told_ += always_told(event->id) ? 0 : 1;
      verdict.hold(event->text.size() <= text_max, "5: the text of an event");
    }
  verdict.hold(told_ <= 2 * EventLimit::a_second, "5: events of a second");  // two of its seconds may be met
}

void Bounds::state(const Server& server, std::size_t connections, Verdict& verdict) {
  const std::size_t all = addresses(server.config());
  for (const RelationshipStatus& status : server.relationships()) {
    verdict.hold(status.updates_queued <= all, "5: updates queued");
    verdict.hold(status.updates_unacked <= all, "5: updates unacknowledged");
  }
  // A connection in use, and one more that is being closed in its favour.
  verdict.hold(connections <= Strangers::most + 2 * server.config().relationships.size(), "5: connections");
}

// ---- replies

void Replies::dhcp(const SendDhcp& sent, LeaseWatch& leases, Seconds now_s, Verdict& verdict) {
  const auto decoded = wire::dhcp4::decode(sent.payload);
  const auto* reply = std::get_if<wire::dhcp4::Message>(&decoded);
  if (reply == nullptr || !reply->errors().empty() || !reply->has_cookie())
    return verdict.hold(false, "4: a reply that is not well-formed");
  verdict.hold(reply->header().op == wire::dhcp4::Op::bootreply, "4: a reply that is none");
  verdict.hold(sent.port != 0, "4: a reply to no port");
  clients_.heard(*reply);
  const auto type = wire::dhcp4::message_type(*reply);
  const bool leases_address = !type || *type == wire::dhcp4::MessageType::ack;
  if (leases_address && reply->header().yiaddr.value != 0) leases.acknowledged(*reply, now_s, verdict);
}

void Replies::failover(const SendOctets& sent, Verdict& verdict) {
  wire::Framer framer;
  Octets rest = sent.octets;
  const auto framed = framer.next(rest);
  if (!framed || !std::holds_alternative<Octets>(*framed) || !rest.empty())
    return verdict.hold(false, "4: what is sent to a partner is not one whole message");
  const auto decoded = wire::decode(std::get<Octets>(*framed));
  const auto* message = std::get_if<wire::Message>(&decoded);
  if (message == nullptr || message->tail_error())
    return verdict.hold(false, "4: a message that is not well-formed");
  verdict.hold(is_nobodys(*message) || partner_.is_authentic(*message), "4: a message that is not authentic");
  partner_.heard(*message);
}

// ---- counts

void check_counts(const Server& server, Verdict& verdict) {
  for (ScopeIndex scope = 0; scope < server.config().scopes.size(); ++scope) {
    Counts found;
    server.book().for_each(scope, [&](const Lease& lease) {
      if (server.book().reserved(lease.address)) return;
      ++found.addresses;
      switch (lease.status) {
        case BindingStatus::free: ++found.free; break;
        case BindingStatus::backup: ++found.backup; break;
        case BindingStatus::active: ++found.active; break;
        case BindingStatus::expired: ++found.expired; break;
        case BindingStatus::released: ++found.released; break;
        case BindingStatus::abandoned: ++found.abandoned; break;
        case BindingStatus::reset: ++found.reset; break;
      }
    });
    verdict.hold(found == server.book().counts(scope), "6: counts that are not those of the leases");
  }
}

}  // namespace twinlease::fuzz
