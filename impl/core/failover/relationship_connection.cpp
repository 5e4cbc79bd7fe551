// Relationship: its connections, and what falls due.

#include <algorithm>
#include <utility>

#include "impl/core/failover/relationship.hpp"

namespace twinlease::core {

using wire::RejectReason;

// ---- Outbox

const Agreement& Relationship::agreement() const {
  return connected() ? link_->agreement() : no_agreement_;
}

std::uint32_t Relationship::new_xid() {
  return connected() ? link_->new_xid() : 0;
}

bool Relationship::send(wire::MessageType type, std::uint32_t xid,
                        const std::function<void(wire::MessageWriter&)>& fill) {
  if (!connected() || !link_->send(type, xid, fill)) return false;
  if (type == wire::MessageType::upddone && owed_xid_ == xid) {
    owed_xid_.reset();
    record_.all_updates_owed = false;
    store();
  }
  return true;
}

// ---- connections

bool Relationship::owns(ConnectionId connection) const {
  return link_ != nullptr && link_->connection() == connection;
}

bool Relationship::expects_connect() const {
  return config_->role == Role::secondary || agreement().dialect->both_send_connect;
}

std::unique_ptr<Link> Relationship::new_link(ConnectionId connection, const wire::Framer& framer) {
  LinkUser& user = *this;
  return std::make_unique<Link>(*ledger_, *config_, user, connection, *no_agreement_.dialect, framer);
}

void Relationship::on_up(ConnectionId connection, const std::string& remote_address) {
  const Milliseconds now_ms = ledger_->now().monotonic_ms;
  const bool sends_connect = config_->role == Role::primary || agreement().dialect->both_send_connect;
  reconnect_.connected();
  // 8.2: a secondary's own connection only tells the primary that it is there. And one is enough (S28).
  if (!sends_connect || connected() || at_rest_) {
    ledger_->journal().say(CloseConnection{connection});
    if (!connected() && !at_rest_) reconnect_.failed(now_ms, ledger_->random());
    return;
  }
  link_ = new_link(connection, {});
  remote_address_ = remote_address;
  link_->connect(terms());
}

void Relationship::on_failed(const std::string& reason) {
  tell(EventId::link_down, Level::debug, "no connection: " + reason);
  refused_s_ += refused_since_s_ ? std::max<Seconds>(ledger_->now().wall_s - *refused_since_s_, 0) : 0;
  refused_since_s_.reset();  // TCP does not work either: the partner may be gone after all
  reconnect_.failed(ledger_->now().monotonic_ms, ledger_->random());
}

void Relationship::accept(ConnectionId connection, const std::string& remote_address,
                          const wire::Framer& framer, const wire::Message& connect) {
  candidate_ = new_link(connection, framer);
  candidate_->accept(connect);
  candidate_.reset();
  if (owns(connection)) remote_address_ = remote_address;
}

std::optional<RejectReason> Relationship::judge(const wire::Connect& connect, Seconds sent_s) {
  const wire::Dialect& dialect =
      candidate_ != nullptr ? *candidate_->agreement().dialect : *agreement().dialect;
  if (config_->role == Role::primary && !dialect.both_send_connect)
    return RejectReason::invalid_failover_partner;
  if (at_rest_) return RejectReason::unknown_error;
  if (!config_->secrets.empty() && sent_s <= record_.connect_sent_s)
    return RejectReason::time_mismatch_too_great;
  if (candidate_ != nullptr && connected()) {
    // A second connection is one too many, unless the first is dead without our having noticed, or both
    // servers are opening one: then the primary's stays.
    const bool keep = link_->established() ? !link_->silent() : config_->role == Role::primary;
    if (keep) return RejectReason::duplicate_connection;
    link_->end(RejectReason::duplicate_connection, "the partner has opened a new connection");
  }
  record_.connect_sent_s = sent_s;
  if (config_->role == Role::secondary) {
    record_.mclt_s = *connect.mclt_s;
    record_.buckets_received = true;
    Buckets assignment{};
    std::ranges::copy(*connect.hash_bucket_assignment, assignment.begin());
    record_.buckets = bucket_assignment(assignment, dialect);
  }
  store();
  stand();
  if (candidate_ != nullptr) link_ = std::move(candidate_);
  return std::nullopt;
}

void Relationship::on_established() {
  said_.reset();
  heard_.reset();
  reconnect_.connected();
  no_agreement_.dialect = link_->agreement().dialect;
  say_state();
}

void Relationship::receive(Octets octets) {
  if (connected()) link_->receive(octets);
}

void Relationship::on_down(const std::string& reason) {
  if (link_ != nullptr) link_->lost(reason);
}

void Relationship::on_overflow() {
  on_down("more waited to be sent than there is room for");
}

void Relationship::retire(const std::string& reason) {
  if (connected()) link_->end(RejectReason::unknown_error, reason);
}

void Relationship::stimulus() {
  if (!connected() && !at_rest_) reconnect_.stimulus(ledger_->now().monotonic_ms);
}

void Relationship::on_ended(const Ending& ending) {
  const bool was_ok = standing_.communications_ok;
  const bool of_candidate = candidate_ != nullptr && candidate_->ended();
  if (ending.refused && !refused_since_s_ && !was_ok) refused_since_s_ = ledger_->now().wall_s;
  if (of_candidate) return;  // it never was this relationship's connection
  no_agreement_.dialect = link_->agreement().dialect;
  schedule_after(ending);
  said_.reset();
  heard_.reset();
  request_xid_.reset();
  owed_xid_.reset();
  standing_.communications_ok = false;
  tell(EventId::link_down, was_ok ? Level::error : Level::info, "the connection is over: " + ending.reason);
  if (!ending.established) return;
  updates_->disconnected();
  pool_->disconnected();
  if (was_ok) act(Occasion::communications_lost);
}

void Relationship::schedule_after(const Ending& ending) {
  const Milliseconds now_ms = ledger_->now().monotonic_ms;
  if (at_rest_) return reconnect_.stop();
  if (ending.misread) return reconnect_.lost(now_ms);
  if (ending.refused || ending.disconnect)
    return reconnect_.refused(now_ms, ending.refused, ledger_->random());
  // 8.6; but a secondary does not answer the end of a connection with another one (8.2).
  if (ending.established && config_->role == Role::primary) return reconnect_.lost(now_ms);
  reconnect_.failed(now_ms, ledger_->random());
}

void Relationship::try_to_connect() {
  const Milliseconds now_ms = ledger_->now().monotonic_ms;
  if (now_ms < reconnect_.due_ms()) return;
  if (reconnect_.waiting()) return on_failed("no answer");
  reconnect_.asked(now_ms);
  ledger_->journal().tell(Connect{config_->name});
}

// ---- time

Milliseconds Relationship::at(Seconds wall_s) const {
  const Now now = ledger_->now();
  return now.monotonic_ms + std::max<Seconds>(wall_s - now.wall_s, 0) * 1000;
}

// A-32, C13
bool Relationship::safe_period_runs() const {
  return config_->safe_period_s && standing_.state == State::communications_interrupted &&
         !standing_.communications_ok && !refused_since_s_;
}

Seconds Relationship::safe_period_over_s() const {
  return standing_.entered_s + *config_->safe_period_s + refused_s_;
}

Seconds Relationship::stamp_due_s() const {
  return stamped_s_ + (standing_.communications_ok ? operation_stamp_s : operation_stamp_alone_s);
}

Milliseconds Relationship::next_deadline() const {
  if (at_rest_) return never;
  Milliseconds due_ms = std::min(updates_->next_deadline(), pool_->next_deadline());
  const auto by = [&due_ms](Milliseconds other_ms) { due_ms = std::min(due_ms, other_ms); };
  by(connected() ? link_->next_deadline() : reconnect_.due_ms());
  if (standing_.state == State::startup && !startup_over_) by(startup_until_ms_);
  if (standing_.state == State::recover_wait && !wait_over_) by(at(recover_wait_over_s()));
  if (standing_.state == State::shutdown) by(stop_at_ms_);
  if (operates(standing_.state)) by(at(stamp_due_s()));
  if (safe_period_runs()) by(at(safe_period_over_s()));
  if (request_xid_) by(request_moved_ms_ + stalled_ms);
  if (const auto oldest_ms = updates_->oldest_unacked_ms()) by(*oldest_ms + unacked_ms);
  return due_ms;
}

void Relationship::on_tick() {
  if (at_rest_) return;
  const Now now = ledger_->now();
  if (connected()) {
    link_->on_tick();
  } else {
    try_to_connect();
  }
  if (standing_.state == State::startup && !startup_over_ && now.monotonic_ms >= startup_until_ms_) {
    startup_over_ = true;
    act(Occasion::startup_over);
  }
  if (standing_.state == State::recover_wait && !wait_over_ && now.wall_s >= recover_wait_over_s()) {
    wait_over_ = true;
    act(Occasion::wait_over);
  }
  if (safe_period_runs() && now.wall_s >= safe_period_over_s()) act(Occasion::safe_period_over);
  if (standing_.state == State::shutdown && now.monotonic_ms >= stop_at_ms_) act(Occasion::stop_over);
  if (connected() && request_xid_ && now.monotonic_ms >= request_moved_ms_ + stalled_ms)
    link_->end(RejectReason::unknown_error, "neither UPDDONE nor BNDUPD for too long (9.5.2)");
  const auto oldest_ms = updates_->oldest_unacked_ms();
  if (connected() && oldest_ms && now.monotonic_ms >= *oldest_ms + unacked_ms)
    link_->end(RejectReason::unknown_error, "no BNDACK for too long (9.8.4, A-61)");
  if (operates(standing_.state) && now.wall_s >= stamp_due_s()) {
    record_.last_operation_s = stamped_s_ = now.wall_s;
    store();
  }
  updates_->on_tick();
  pool_->on_tick();
}

void Relationship::finish() {
  if (open()) updates_->pump();
  if (link_ != nullptr && link_->ended()) link_.reset();
}

}  // namespace twinlease::core
