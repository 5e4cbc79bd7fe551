#include "impl/core/failover/updates.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "impl/core/failover/transaction.hpp"
#include "impl/core/failover/update_queue.hpp"
#include "impl/core/failover/update_receiver.hpp"

namespace twinlease::core {

namespace {

using wire::RejectReason;

constexpr Milliseconds longest_pause_ms = 3'600'000;  // after many rejects (7.2.2)
constexpr Milliseconds stuck_ms = 30'000;             // the window is full, and nothing is acknowledged
// A walk for UPDREQALL: addresses looked at in one step, steps of one input, and how many may be queued while
// it goes on.
constexpr std::size_t walk_addresses = 512, walk_steps = 8, walk_ahead = 1024;

Milliseconds pause_ms(unsigned rejects) {
  return std::min(longest_pause_ms, first_pause_ms << std::min(rejects, 10U));
}

}  // namespace

struct Updates::Impl {
  Ledger& ledger;
  Outbox& outbox;
  const Standing& standing;
  const Rules& rules;
  const std::vector<ScopeIndex> scopes;

  struct Sent {
    Ipv4 address;
    BindingStatus status{};
    Client client;
    Seconds potential_expiration_s = 0;
  };
  struct Unanswered {
    std::vector<Sent> transactions;
    Milliseconds sent_ms = 0;
  };
  UpdateQueue addresses = {};
  UpdateReceiver receiver{ledger, outbox, standing, rules, scopes, addresses};
  std::map<std::uint32_t, Unanswered> unanswered = {};  // by xid
  bool asked = false;     // for updates, by the partner or by our entry into NORMAL, on this connection
  bool all_owed = false;  // 7.4.2
  bool stuck_told = false;

  Milliseconds now_ms() const { return ledger.now().monotonic_ms; }
  Seconds now_s() const { return ledger.now().wall_s; }
  bool primary() const { return standing.config->role == Role::primary; }
  bool ours(Ipv4 address) const { return receiver.ours(address); }
  void tell(EventId id, Level level, std::string text) {
    ledger.journal().tell(Event{id, level, standing.config->name, std::move(text)});
  }

  // ---- sending

  std::size_t window() const { return std::max<std::size_t>(1, outbox.agreement().window); }
  // Unasked only in NORMAL; in other states the partner asks first, and then hears of later changes too
  // (7.3.2, A-27).
  bool may_send() const {
    const State state = standing.state;
    if (state == State::startup || state == State::paused || state == State::shutdown) return false;
    return outbox.open() && (asked || state == State::normal);
  }

  // A lease whose potential-expiration-time was not put ahead when it was given (D-28). What the partner told
  // us itself goes back as it came.
  Seconds potential_expiration_of(const Lease& lease) const {
    if (lease.status != BindingStatus::active) return 0;
    const Seconds known_s = std::max(lease.potential_expiration_sent_s, lease.lease_expiration_s);
    if (!lease.untold) return std::max(known_s, lease.potential_expiration_received_s);
    if (lease.potential_expiration_sent_s > lease.lease_expiration_s) return known_s;
    const Scope& scope = ledger.config().scopes[*ledger.book().scope_of(lease.address)];
    const Seconds given_s = lease.client_last_transaction_s ? lease.client_last_transaction_s : now_s();
    const LeaseQuestion question{&lease, &lease.client, given_s, scope.lease_time_s};
    return std::max(known_s,
                    rules.potential_expiration(standing, question, lease.lease_expiration_s - given_s));
  }

  // Takes from the queue what fits into one BNDUPD. What is sent is recorded first (7.1.1).
  std::vector<std::uint8_t> collect(Unanswered& batch) {
    const wire::Dialect& dialect = *outbox.agreement().dialect;
    const std::size_t most = std::clamp<std::size_t>(outbox.agreement().batch, 1, dialect.batch_max);
    std::vector<std::uint8_t> octets;
    while (batch.transactions.size() < most) {
      const auto next = addresses.take();
      if (!next) break;
      const Lease* own = ours(next->address) ? ledger.book().find(next->address) : nullptr;
      if (!own || (!own->untold && !next->forced)) {
        addresses.answered(next->address);
        continue;
      }
      Lease lease = *own;
      lease.potential_expiration_sent_s =
          std::max(lease.potential_expiration_sent_s, potential_expiration_of(lease));
      const Scope& scope = ledger.config().scopes[*ledger.book().scope_of(lease.address)];
      const auto transaction = encode_transaction(lease, {&dialect, standing.config->role, &scope});
      if (octets.size() + transaction.size() > transactions_octets_max) {
        addresses.put_back(next->address, next->forced);
        break;
      }
      octets.insert(octets.end(), transaction.begin(), transaction.end());
      batch.transactions.push_back(
          {lease.address, lease.status, lease.client, lease.potential_expiration_sent_s});
      if (own->potential_expiration_sent_s != lease.potential_expiration_sent_s)
        ledger.write_unannounced(lease);
    }
    return octets;
  }

  bool send_one() {
    Unanswered batch{.transactions = {}, .sent_ms = now_ms()};
    const std::vector<std::uint8_t> octets = collect(batch);
    if (batch.transactions.empty()) return false;
    const std::uint32_t xid = outbox.new_xid();
    const bool sent = outbox.send(wire::MessageType::bndupd, xid,
                                  [&octets](wire::MessageWriter& writer) { writer.raw(octets); });
    if (sent) {
      unanswered.emplace(xid, std::move(batch));
      return true;
    }
    tell(EventId::partner_protocol_error, Level::error,
         "A BNDUPD does not fit into a message; it will be tried again.");
    for (const Sent& one : batch.transactions)
      addresses.rest(one.address, now_ms() + pause_ms(addresses.rejects(one.address)), false);
    return true;
  }

  void pump() {
    for (std::size_t step = 0; step < walk_steps && walk_wanted(); ++step) walk();
    while (may_send() && unanswered.size() < window() && send_one()) {
    }
    finish_requests();
  }

  // ---- requests of the partner

  bool walk_wanted() const { return addresses.walking() && addresses.ready() < walk_ahead; }

  // 5.16, A-62: everything that was ever a client's, is the secondary's, or is shared.
  void walk() {
    const auto step =
        ledger.book().next(addresses.walked_to(), walk_addresses, [](const Lease&) { return true; });
    for (const Ipv4 address : step) {
      const Lease& lease = *ledger.book().find(address);
      const bool known =
          lease.untold || lease.reserved || lease.status != BindingStatus::free || !lease.client.none();
      if (known && ours(address)) addresses.walk_adds(address);
    }
    if (step.size() < walk_addresses)
      addresses.walk_ended();
    else
      addresses.walked(step.back());
  }

  void finish_requests() {
    if (!outbox.open()) return;
    const bool all_before = addresses.all_asked();
    for (const std::uint32_t xid : addresses.take_done())
      outbox.send(wire::MessageType::upddone, xid, [](wire::MessageWriter&) {});
    if (all_before && !addresses.all_asked()) all_owed = false;
  }

  // ---- BNDACK

  void on_bndack(const wire::Message& message) {
    const auto entry = unanswered.find(message.xid());
    if (entry == unanswered.end()) {
      tell(EventId::partner_protocol_error, Level::warning,
           "A BNDACK answers no BNDUPD of this connection (A-23).");
      return;
    }
    const wire::Dialect& dialect = *outbox.agreement().dialect;
    std::vector<wire::BindingAck> acks;
    wire::Errors errors;
    for (const wire::OptionRange options : message.transactions())
      acks.push_back(wire::read_binding_ack(options, dialect, errors));
    const std::vector<Sent> sent = std::move(entry->second.transactions);
    if (!same_addresses(sent, acks, dialect.bndack_order_matters)) {
      entry->second.transactions = sent;
      tell(EventId::partner_protocol_error, Level::warning,
           "A BNDACK has other addresses than its BNDUPD and is ignored (6.3, A-23).");
      return;
    }
    unanswered.erase(entry);
    stuck_told = false;
    for (const wire::BindingAck& ack : acks) {
      const Sent& one = *std::ranges::find(sent, *ack.address, &Sent::address);
      ack.rejected ? rejected(one, ack) : accepted(one);
    }
  }

  static bool same_addresses(const std::vector<Sent>& sent, const std::vector<wire::BindingAck>& acks,
                             bool in_order) {
    std::vector<Ipv4> asked_for, answered;
    for (const Sent& one : sent) asked_for.push_back(one.address);
    for (const wire::BindingAck& ack : acks) {
      if (!ack.address) return false;
      answered.push_back(*ack.address);
    }
    if (!in_order) {
      std::ranges::sort(asked_for);
      std::ranges::sort(answered);
    }
    return asked_for == answered;
  }

  // 7.2.2, 5.11
  void accepted(const Sent& sent) {
    const bool changed = addresses.answered(sent.address);
    if (!ours(sent.address)) return;  // configured away since
    const Lease& own = *ledger.book().find(sent.address);
    Lease lease = own;
    if (sent.status == BindingStatus::active && continues_binding(lease, sent.client))
      lease.potential_expiration_acked_s =
          std::max(lease.potential_expiration_acked_s, sent.potential_expiration_s);
    if (!changed && lease.untold) {
      lease.untold = false;
      const BindingStatus after = rules.after_end(standing, lease, now_s());
      if (after != lease.status) {
        lease = made_available(lease, after, now_s());
        lease.untold =
            lease.reserved && primary();  // the secondary is to hear that it is BACKUP there (5.13)
      }
    }
    if (lease.untold == own.untold && lease.potential_expiration_acked_s == own.potential_expiration_acked_s)
      return;
    ledger.write_unannounced(lease);
    if (lease.untold) addresses.add(lease.address, false);
  }

  void rejected(const Sent& sent, const wire::BindingAck& ack) {
    const auto reason = ack.reject_reason.value_or(static_cast<std::uint8_t>(RejectReason::unknown_reason));
    std::string text = "The partner rejects " + std::string(wire::name(sent.status)) + " for " +
                       core::text(sent.address) + ": reason " + reason_text(reason);
    if (ack.message) text += ", \"" + std::string(ack.message->substr(0, 200)) + "\"";
    tell(EventId::update_rejected_by_partner, Level::warning, text + ".");
    if (ours(sent.address) && ledger.book().find(sent.address)->untold)
      addresses.rest(sent.address, now_ms() + pause_ms(addresses.rejects(sent.address)), false);
    else
      addresses.answered(sent.address);  // its own word came in the meantime
  }

  // ---- time

  std::optional<Milliseconds> oldest_unacked_ms() const {
    std::optional<Milliseconds> oldest_ms;
    for (const auto& [xid, batch] : unanswered)
      oldest_ms = std::min(batch.sent_ms, oldest_ms.value_or(never));
    return oldest_ms;
  }
  // When the full window counts as stuck; never: it is not full, or was told.
  Milliseconds stuck_from_ms() const {
    if (stuck_told || unanswered.empty() || unanswered.size() < window() || addresses.ready() == 0)
      return never;
    return *oldest_unacked_ms() + stuck_ms;
  }

  void on_tick() {
    addresses.wake(now_ms());
    if (outbox.open() && now_ms() >= stuck_from_ms()) {
      stuck_told = true;
      tell(EventId::update_queue_full, Level::error,
           std::to_string(addresses.queued()) + " updates wait: the partner has not acknowledged " +
               std::to_string(unanswered.size()) + " BNDUPD for " + std::to_string(stuck_ms / 1000) + " s.");
    }
  }

  Milliseconds next_deadline() const {
    const Milliseconds wake_ms = addresses.next_wake_ms().value_or(never);
    if (!outbox.open()) return wake_ms;
    return std::min({wake_ms, stuck_from_ms(), walk_wanted() ? now_ms() : never});
  }
};

Updates::Updates(Ledger& ledger, Outbox& outbox, const Standing& standing, const Rules& rules,
                 std::vector<ScopeIndex> scopes)
    : impl_(new Impl{ledger, outbox, standing, rules, std::move(scopes)}) {}
Updates::~Updates() = default;

void Updates::start(bool all_owed) {
  impl_->all_owed = all_owed;
  for (const ScopeIndex scope : impl_->scopes)
    impl_->ledger.book().for_each(scope, [this](const Lease& lease) {
      if (lease.untold) queue(lease.address);
    });
}
void Updates::queue(Ipv4 address) {
  impl_->addresses.add(address, false);
}
void Updates::disconnected() {
  impl_->unanswered.clear();
  impl_->addresses.disconnected();
  impl_->asked = impl_->stuck_told = false;
}

void Updates::on_bndupd(const wire::Message& message) {
  impl_->receiver.on_bndupd(message);
}
void Updates::on_bndack(const wire::Message& message) {
  impl_->on_bndack(message);
}
void Updates::on_request(std::uint32_t xid, bool all) {
  impl_->asked = true;
  impl_->all_owed |= all;
  if (!impl_->addresses.request(xid, impl_->all_owed))
    impl_->tell(EventId::partner_protocol_error, Level::warning,
                "Too many requests for updates: one is ignored.");
}
void Updates::send_everything_untold() {
  impl_->asked = true;
  impl_->addresses.wake_all();
}

void Updates::pump() {
  impl_->pump();
}
bool Updates::all_told() const {
  return impl_->addresses.empty();
}
bool Updates::all_owed() const {
  return impl_->all_owed;
}
std::size_t Updates::queued() const {
  return impl_->addresses.queued();
}
std::size_t Updates::unacked() const {
  return impl_->unanswered.size();
}
std::optional<Milliseconds> Updates::oldest_unacked_ms() const {
  return impl_->oldest_unacked_ms();
}
void Updates::on_tick() {
  impl_->on_tick();
}
Milliseconds Updates::next_deadline() const {
  return impl_->next_deadline();
}

}  // namespace twinlease::core
