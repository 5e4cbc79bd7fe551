#include "impl/core/failover/relationship.hpp"

#include <algorithm>
#include <utility>

namespace twinlease::core {

namespace {

using wire::MessageType;
using wire::RejectReason;

bool stopped(State state) {
  return state == State::paused || state == State::shutdown;
}

}  // namespace

Relationship::Relationship(Ledger& ledger, const RelationshipConfig& config, const Rules& rules,
                           RelationshipRecord record, std::vector<ScopeIndex> scopes)
    : ledger_(&ledger), config_(&config), rules_(&rules), record_(std::move(record)) {
  record_.name = config.name;
  standing_.config = &config;
  no_agreement_.dialect = config.dialect != nullptr ? config.dialect : &wire::draft_12;
  updates_ = std::make_unique<Updates>(ledger, *this, standing_, rules, scopes);
  pool_ = std::make_unique<Pool>(ledger, *this, standing_, rules, std::move(scopes));
}

Relationship::~Relationship() = default;

void Relationship::tell(EventId id, Level level, const std::string& text) {
  ledger_->journal().tell(Event{id, level, config_->name, text});
}

void Relationship::store() {
  ledger_->journal().store(record_);
}

// ---- startup

void Relationship::start() {
  updates_->start();
  enter_startup();
  reconnect_.begin(ledger_->now().monotonic_ms);
}

// 9.3.2, steps 1 to 4
void Relationship::enter_startup() {
  const Now now = ledger_->now();
  failed_by_s_ = now.wall_s;
  recorded_ = record_.state != State::startup;
  partner_seen_ = false;
  wait_over_ = startup_over_ = at_rest_ = false;
  if (config_->storage_lost) {
    record_.storage_lost = true;
    record_.last_operation_s = 0;
  } else if (!recorded_) {
    record_.no_record = true;
  }
  previous_ = config_->storage_lost ? State::recover : previous_state(record_);
  standing_.state = State::startup;
  standing_.entered_s = now.wall_s;
  standing_.partner_state = record_.partner_state;
  stand();
  // 5.9: longer where the partner may have given us up.
  const bool long_down = recorded_ && now.wall_s - record_.last_operation_s >= standing_.mclt_s;
  startup_until_ms_ = now.monotonic_ms + config_->startup_time_s * 1000 * (long_down ? 3 : 1);
}

void Relationship::stand() {
  const bool primary = config_->role == Role::primary;
  standing_.mclt_s = primary || record_.mclt_s == 0 ? config_->mclt_s : record_.mclt_s;  // 7.8.2 (7)
  standing_.new_clients_from_s = record_.new_clients_from_s;
  if (!primary && record_.buckets_received) {
    standing_.buckets = record_.buckets;  // 7.8.2 (8)
    return;
  }
  const int share = config_->mode == Mode::load_balance ? config_->local_share_percent
                    : config_->active                   ? 100
                                                        : 0;
  standing_.buckets = buckets_of(config_->role, share);
}

Terms Relationship::terms() const {
  Terms terms{.mclt_s = standing_.mclt_s, .secondary_buckets = standing_.buckets};
  if (config_->role == Role::primary)
    for (std::uint8_t& octet : terms.secondary_buckets) octet = static_cast<std::uint8_t>(~octet);
  return terms;
}

// ---- states

Facts Relationship::facts(bool confirmed) const {
  Facts facts;
  facts.role = config_->role;
  facts.communications_ok = standing_.communications_ok;
  facts.partner = record_.partner_state;
  facts.partner_starting = (record_.partner_flags & wire::server_flag_startup) != 0;
  facts.previous = previous_;
  facts.partner_down_after_us = record_.partner_entered_s > record_.last_operation_s;
  facts.request_outstanding = request_xid_.has_value();
  facts.wait_over = wait_over_;
  facts.both_request = agreement().dialect->both_send_connect;
  facts.proceed_at_startup = config_->proceed_at_startup;
  facts.partner_down_at_startup = config_->partner_down_at_first_start && !recorded_ && !partner_seen_;
  facts.wait_offline = config_->recover_wait_offline;
  facts.confirmed = confirmed;
  return facts;
}

void Relationship::act(Occasion occasion, const OperatorCommand& command) {
  const State from = standing_.state;
  const Move move = react(from, occasion, facts(command.confirmed));
  if (!move.refused.empty()) return tell(EventId::command_refused, Level::warning, std::string(move.refused));
  const bool entered = move.next != from;
  if (occasion == Occasion::database_restored) {
    record_.restored = true;
    record_.last_operation_s = failed_by_s_ = ledger_->now().wall_s;
    request_xid_.reset();
    if (!entered) store();
  }
  if (entered) enter(move, occasion, command);
  say_state();
  if (move.request || (occasion == Occasion::database_restored && from == State::recover && open()))
    request();
  if (entered && standing_.state == State::normal) {  // 9.8.1
    updates_->send_everything_untold();
    pool_->entered_normal();
  }
  if (move.close && connected()) link_->end(RejectReason::unknown_error, "this server is stopped by command");
  if (move.stop) {
    at_rest_ = true;
    reconnect_.stop();
  }
}

void Relationship::enter(const Move& move, Occasion occasion, const OperatorCommand& command) {
  const Now now = ledger_->now();
  const State from = standing_.state;
  report(from, move.next, move.why);
  request_xid_.reset();
  refused_s_ = 0;
  if (refused_since_s_) refused_since_s_ = now.wall_s;
  if (move.next == State::startup) {  // resumed: as after a restart (9.13.2, 9.14.3)
    enter_startup();
    return reconnect_.begin(now.monotonic_ms);
  }
  if (operates(from) || stopped(move.next)) record_.last_operation_s = now.wall_s;
  stamped_s_ = now.wall_s;
  standing_.state = move.next;
  standing_.entered_s = now.wall_s;
  if (stopped(move.next)) {  // 9.13.1, 9.14.1: the state before is what the next start begins with
    if (from == State::startup) record_.state = previous_;
    record_.stored_by_stop = true;
    record_.stop_saw_partner_down = false;
    stop_at_ms_ = now.monotonic_ms + stop_ms;
    return store();
  }
  // A restart begins no state anew, and RECOVER-WAIT without a number of its own is RECOVER.
  const bool goes_on = from == State::startup && record_.state == move.next;
  const bool still_recover = move.next == State::recover_wait && !agreement().dialect->recover_wait_code;
  if (goes_on || still_recover) standing_.entered_s = record_.entered_s;
  if (occasion == Occasion::partner_down && command.since_s != 0)
    standing_.entered_s = command.since_s;
  record_.state = move.next;
  record_.entered_s = standing_.entered_s;
  record_.stored_by_stop = false;
  record_.stop_saw_partner_down = false;
  if (operates(move.next)) record_.last_operation_s = std::max(record_.last_operation_s, now.wall_s);
  if (operates(move.next) && move.next != State::resolution_interrupted) record_.no_record = false;
  wait_over_ = false;
  store();
}

void Relationship::report(State from, State to, std::string_view why) {
  const bool first = from == State::startup && !recorded_;
  const bool bad = from == State::normal || to == State::partner_down;
  const Level level = to == State::normal ? Level::info : bad ? Level::error : Level::warning;
  const EventId id = bad ? (first ? EventId::state_change_first_bad : EventId::state_change_bad)
                         : (first ? EventId::state_change_first : EventId::state_change);
  tell(id, level,
       "from " + std::string(name(from)) + " to " + std::string(name(to)) + " (" + std::string(why) + ")");
}

// 7.10.1, A-31: only what differs from the last one on this connection.
void Relationship::say_state() {
  if (!connected() || !link_->established()) return;
  const Announced now = announce(standing_.state, previous_, *agreement().dialect);
  if (said_ == now) return;
  const Seconds since_s =
      standing_.state == State::startup && recorded_ ? record_.entered_s : standing_.entered_s;
  if (link_->send(MessageType::state, link_->new_xid(),
                  [&](wire::MessageWriter& writer) { write(writer, now, since_s); }))
    said_ = now;
}

void Relationship::request() {
  request_whole_ = whole_update();
  request_xid_ = link_->new_xid();
  request_moved_ms_ = ledger_->now().monotonic_ms;
  link_->send(request_whole_ ? MessageType::updreqall : MessageType::updreq, *request_xid_,
              [](wire::MessageWriter&) {});
}

void Relationship::on_upddone(std::uint32_t xid) {
  if (request_xid_ != xid) {
    return tell(EventId::partner_protocol_error, Level::warning, "UPDDONE for no request of this state");
  }
  request_xid_.reset();
  if (request_whole_) {
    const bool lost = record_.storage_lost || record_.restored;
    if (lost && standing_.state == State::potential_conflict) {
      record_.new_clients_from_s = recover_wait_over_s();
      stand();
    }
    record_.storage_lost = record_.restored = false;
    store();
  }
  act(Occasion::updates_done);
  if (standing_.state == State::recover_wait && recover_wait_over_s() <= ledger_->now().wall_s) {
    wait_over_ = true;
    act(Occasion::wait_over);
  }
}

// When this server went down, if that is known (9.6.2): its last record of operation, and at most as long
// again as it takes to the next one.
Seconds Relationship::time_of_failure_s() const {
  if (record_.last_operation_s != 0)
    return std::min(record_.last_operation_s + operation_stamp_s, failed_by_s_);
  return record_.no_record ? 0 : failed_by_s_;
}

// ---- what the partner says

void Relationship::on_message(const wire::Message& message) {
  const MessageType type = message.type();
  if (type == MessageType::state) return on_state(message);
  if (!wire::is_known(type)) return;
  if (!open())
    return link_->end(RejectReason::unknown_error, std::string(wire::name(type)) + " before STATE (8.2)");
  if (stopped(standing_.state)) return;  // nothing of it would be stored before the end (9.14.2)
  switch (type) {
    case MessageType::bndupd:
      request_moved_ms_ = ledger_->now().monotonic_ms;
      return updates_->on_bndupd(message);
    case MessageType::bndack: return updates_->on_bndack(message);
    case MessageType::updreq: return on_request(message.xid(), false);
    case MessageType::updreqall: return on_request(message.xid(), true);
    case MessageType::upddone: return on_upddone(message.xid());
    case MessageType::poolreq: return pool_->on_poolreq(message.xid());
    case MessageType::poolresp: {
      wire::Errors errors;
      const wire::PoolResp response = wire::read_poolresp(message, *agreement().dialect, errors);
      return pool_->on_poolresp(message.xid(), response.addresses_transferred.value_or(0));
    }
    default: return;
  }
}

// After an UPDREQALL everything is owed until it was answered, on whichever connection (7.4.2, A-46).
void Relationship::on_request(std::uint32_t xid, bool all) {
  if (all && !record_.all_updates_owed) {
    record_.all_updates_owed = true;
    store();
  }
  if (record_.all_updates_owed) owed_xid_ = xid;
  updates_->on_request(xid, record_.all_updates_owed);
}

void Relationship::on_state(const wire::Message& message) {
  wire::Errors errors;
  const wire::State state = wire::read_state(message, *agreement().dialect, errors);
  if (!state.server_state || !state.server_flags || !state.start_time_of_state_s)
    return link_->end(RejectReason::unknown_error, "STATE without an option of Table 7.10-1 (A-43)");
  const std::optional<State> partner = state_of(*state.server_state);
  if (!partner)
    return tell(EventId::partner_protocol_error, Level::warning, "STATE with STARTUP as its state (12.24)");
  const Announced heard{*state.server_state, *state.server_flags};
  if (heard_ == heard) return;
  heard_ = heard;
  record_.partner_state = *partner;
  record_.partner_flags = heard.flags;
  record_.partner_entered_s = Seconds{*state.start_time_of_state_s} + agreement().partner_clock_s;
  if (standing_.state == State::shutdown && *partner == State::partner_down)
    record_.stop_saw_partner_down = true;  // 9.14.2
  store();
  standing_.partner_state = *partner;
  partner_seen_ = true;
  if (!standing_.communications_ok) {
    standing_.communications_ok = true;
    refused_since_s_.reset();
    reconnect_.settled(ledger_->now().monotonic_ms);
    tell(EventId::link_up, Level::info, "communications are ok with " + remote_address_);
  }
  act(Occasion::partner_said);
}

// ---- commands

// A partner that is down since then was not heard later.
Seconds Relationship::last_contact_s() const {
  if (standing_.communications_ok) return ledger_->now().wall_s;
  const bool interrupted = standing_.state == State::communications_interrupted ||
                           standing_.state == State::resolution_interrupted;
  return interrupted ? standing_.entered_s : record_.last_operation_s;
}

void Relationship::command(const OperatorCommand& command) {
  const bool dated = command.command == Command::partner_down && command.since_s != 0;
  if (dated && command.since_s > ledger_->now().wall_s)
    return tell(EventId::command_refused, Level::warning, "the partner cannot be down since a time to come");
  if (dated && command.since_s < last_contact_s())
    return tell(EventId::command_refused, Level::warning, "the partner was there after that time");
  act(occasion_of(command.command), command);
}

RelationshipStatus Relationship::status() const {
  RelationshipStatus status;
  status.name = config_->name;
  status.standing = standing_;
  status.record = record_;
  const bool known = config_->dialect != nullptr || (connected() && link_->established());
  if (known) status.dialect = agreement().dialect->name;
  if (connected()) status.remote_address = remote_address_;
  status.updates_queued = updates_->queued();
  status.updates_unacked = updates_->unacked();
  status.waits_for = waits_for(standing_.state, standing_.partner_state, standing_.communications_ok,
                               recover_wait_over_s(), ledger_->now().wall_s);
  return status;
}

}  // namespace twinlease::core
