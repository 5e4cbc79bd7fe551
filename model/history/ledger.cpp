#include "model/history/ledger.hpp"

#include <algorithm>

#include "model/lease/allocation.hpp"

namespace twinlease::model::history {

void Ledger::apply(const Event& event, std::size_t index, const Standing& standing) {
  answered_.reset();
  if (const auto* ack = as<Acked>(event)) on(*ack, event, index, standing);
  if (const auto* update = as<Updated>(event)) on(*update, event, index);
  if (const auto* ack = as<Acknowledged>(event)) on(*ack, event, index);
  if (const auto* stored = as<Stored>(event)) on(*stored, event, index);
  if (const auto* clock = as<ClockSet>(event)) ahead_s_[index_of(clock->server)] = clock->ahead_s;
  if (const auto* connection = as<Connection>(event)) {
    if (!connection->up) disconnected();
    for (auto& entries : entries_)
      for (auto& [address, entry] : entries) entry.binding.given_alone &= !connection->up;
  }
  if (const auto* process = as<Process>(event)) {
    if (!process->running) disconnected();
    if (process->storage_lost) entries_[index_of(process->server)].clear();
  }
  if (const auto* end = as<Ended>(event))  // who heard the RELEASE, nobody knows
    if (end->how == Ending::released || end->how == Ending::declined)
      for (auto& entries : entries_)
        if (const auto found = entries.find(end->address); found != entries.end()) found->second.sure = false;
  if (const auto* pool = as<Pool>(event))
    for (const Server server : both_servers)
      for (Address address = pool->first; address <= pool->last; ++address)
        change(server, address, event, index).binding = Binding{};
  if (as<Scenario>(event) != nullptr) *this = Ledger();
}

const Entry* Ledger::find(Server server, Address address) const {
  const auto found = of(server).find(address);
  return found == of(server).end() ? nullptr : &found->second;
}

bool Ledger::pending(Address address) const {
  return std::any_of(pending_.begin(), pending_.end(),
                     [address](const PendingUpdate& p) { return p.address == address; });
}

ClientId Ledger::id(const Client& client) const {
  const auto found = ids_.find(client);
  return found == ids_.end() ? 0 : found->second;
}

Entry& Ledger::change(Server server, Address address, const Event& event, std::size_t index, bool sure) {
  Entry& entry = at(server, address);
  entry.sure = sure;
  entry.by = index;
  entry.changed_ms = event.time_ms;
  return entry;
}

ClientId Ledger::intern(const std::optional<Client>& client) {
  if (!client) return 0;
  return ids_.try_emplace(*client, static_cast<ClientId>(ids_.size() + 1)).first->second;
}

void Ledger::on(const Acked& ack, const Event& event, std::size_t index, const Standing& standing) {
  Binding& b = change(ack.server, ack.address, event, index).binding;
  const ClientId client = intern(ack.client);
  const bool same = b.client == client && !available(b) && b.status != BindingStatus::abandoned;
  if (!same) {
    const bool reserved = b.reserved;
    b = Binding{};
    b.reserved = reserved;
  }
  if (b.status != BindingStatus::active) b.start_of_state = seconds(event.time_ms);
  b.status = BindingStatus::active;
  b.client = client;
  const Seconds until = seconds(ack.held_until_ms());
  b.partner_has_expiration = b.partner_has_expiration && until <= b.lease_expiration;
  b.lease_expiration = until;
  b.client_last_transaction = seconds(ack.asked_ms);
  b.unacked = Unacked::queued;
  b.given_alone = standing.state(ack.server) == State::partner_down && !standing.connected();
}

void Ledger::on(const Updated& u, const Event& event, std::size_t index) {
  Update update{u.status,
                intern(u.client),
                lab(u.from, u.lease_expiration_s),
                lab(u.from, u.potential_expiration_s),
                std::nullopt,
                u.reserved};
  if (u.client_last_transaction_s != 0)
    update.client_last_transaction = lab(u.from, u.client_last_transaction_s);
  pending_.push_back({u.from, u.xid, u.address, index, update});
  Binding& b = change(u.from, u.address, event, index).binding;
  if (u.status == BindingStatus::active) {
    if (b.client != update.client || b.status != BindingStatus::active) b = Binding{};
    b.client = update.client;
    b.lease_expiration = update.lease_expiration;
    b.sent_potential = std::max(b.sent_potential, update.potential_expiration);
    b.client_last_transaction = update.client_last_transaction;
    b.status = u.status;
  } else if (u.status == BindingStatus::backup ||
             (u.status == BindingStatus::free && b.status != BindingStatus::backup) ||
             (u.status == BindingStatus::free && u.from == Server::secondary)) {
    b = made_available(b, u.status,
                       seconds(event.time_ms));  // a FREE that recalls waits for its BNDACK
  } else if (u.status != BindingStatus::free) {
    b.status = u.status;
  }
  if (u.start_of_state_s != 0) b.start_of_state = lab(u.from, u.start_of_state_s);
  b.reserved = u.reserved;
  b.unacked = Unacked::sent;
}

void Ledger::on(const Acknowledged& ack, const Event& event, std::size_t index) {
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&ack](const PendingUpdate& p) {
    return p.from != ack.from && p.xid == ack.xid && p.address == ack.address;
  });
  if (found == pending_.end()) return;
  answered_ = *found;
  pending_.erase(found);
  if (!ack.reject_reason) return accepted(*answered_, event, index);
  at(answered_->from, ack.address).binding.unacked = Unacked::resend;
  for (const Server server : both_servers) at(server, ack.address).sure = false;
}

void Ledger::accepted(const PendingUpdate& p, const Event& event, std::size_t index) {
  const Seconds now = seconds(event.time_ms);
  Binding& receivers = change(partner_of(p.from), p.address, event, index).binding;
  receivers = accept(receivers, p.update, now);
  Entry& senders = at(p.from, p.address);
  Binding& b = senders.binding;
  if (senders.by == p.event) b.unacked = Unacked::no;  // else it has changed again
  if (p.update.status == BindingStatus::active) {
    if (b.client != p.update.client) return;
    b.acked_potential = std::max(b.acked_potential, p.update.potential_expiration);
    b.partner_has_expiration = b.lease_expiration <= p.update.lease_expiration;
  } else if (senders.by == p.event && p.update.status != BindingStatus::abandoned) {
    const BindingStatus becomes =
        p.update.status == BindingStatus::backup ? BindingStatus::backup : BindingStatus::free;
    b = made_available(b, becomes, now);
    senders.changed_ms = event.time_ms;
  }
}

void Ledger::on(const Stored& s, const Event& event, std::size_t index) {
  Binding& b = change(s.server, s.address, event, index).binding;
  b.status = s.status;
  b.client = intern(s.client);
  b.lease_expiration = lab(s.server, s.lease_expiration_s);
  b.sent_potential = lab(s.server, s.sent_potential_s);
  b.acked_potential = lab(s.server, s.acked_potential_s);
  b.received_potential = lab(s.server, s.received_potential_s);
}

void Ledger::disconnected() {
  for (const PendingUpdate& p : pending_) {
    at(p.from, p.address).binding.unacked = Unacked::resend;
    at(partner_of(p.from), p.address).sure = false;  // it may have accepted
    if (p.update.status != BindingStatus::active) at(p.from, p.address).sure = false;
  }
  pending_.clear();
}

Seconds Ledger::lab(Server server, std::uint32_t time_s) const noexcept {
  return time_s == 0 ? 0 : Seconds{time_s} - ahead_s(server);
}

}  // namespace twinlease::model::history
