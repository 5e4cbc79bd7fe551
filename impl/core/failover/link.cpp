#include "impl/core/failover/link.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "impl/wire/dialect_detect.hpp"

namespace twinlease::core {

namespace {

using wire::MessageType;
using wire::OptionCode;
using wire::RejectReason;

constexpr std::string_view vendor_class = "twinlease";  // 12.28
constexpr std::uint8_t tls_required = 2;                // 12.27
constexpr std::uint8_t tls_none = 0;                    // 12.26
constexpr std::uint32_t first_xid_below = 1U << 30;     // far from the end: a connection's xids only grow

// Which messages begin something; the others copy the xid of their request (6.1, A-21).
bool originated(MessageType type) {
  return type != MessageType::connectack && type != MessageType::bndack && type != MessageType::poolresp &&
         type != MessageType::upddone;
}

bool spoils(const wire::Errors& errors, OptionCode option) {
  const auto code = static_cast<std::uint16_t>(option);
  return std::ranges::any_of(errors.list(),
                             [code](const wire::Error& error) { return error.option == code; });
}

std::string said_by(const wire::Message& message) {
  const auto text = message.options().find(OptionCode::message);
  return text ? ": " + std::string(wire::as_text(text->value)) : std::string();
}

std::string reason_text(std::uint8_t reason) {
  const std::string_view known = wire::name(static_cast<RejectReason>(reason));
  return "reason " + std::to_string(reason) + (known.empty() ? "" : ", " + std::string(known));
}

std::string type_text(MessageType type) {
  const std::string_view known = wire::name(type);
  return known.empty() ? "message type " + std::to_string(static_cast<int>(type)) : std::string(known);
}

std::uint32_t wire_time(Seconds time_s) {
  return static_cast<std::uint32_t>(
      std::clamp<Seconds>(time_s, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

Buckets bucket_assignment(Buckets of_secondary, const wire::Dialect& dialect) {
  if (dialect.bucket_bits_of_primary)
    for (std::uint8_t& octet : of_secondary) octet = static_cast<std::uint8_t>(~octet);
  return of_secondary;
}

Link::Link(Ledger& ledger, const RelationshipConfig& config, LinkUser& user, ConnectionId connection,
           const wire::Dialect& dialect, wire::Framer framer)
    : ledger_(&ledger),
      config_(&config),
      user_(&user),
      connection_(connection),
      authentication_(config),
      framer_(std::move(framer)),
      xid_(static_cast<std::uint32_t>(ledger.random().below(first_xid_below))),
      opened_ms_(ledger.now().monotonic_ms),
      sent_ms_(opened_ms_),
      heard_ms_(opened_ms_) {
  agreement_.dialect = &dialect;
}

void Link::tell(EventId id, Level level, const std::string& text) {
  ledger_->journal().tell(Event{id, level, config_->name, text});
}

// ---- sending

bool Link::send(MessageType type, std::uint32_t xid, const std::function<void(wire::MessageWriter&)>& fill) {
  if (phase_ == Phase::ended) return false;
  const wire::Dialect& dialect = *agreement_.dialect;
  std::array<std::uint8_t, wire::message_length_max> buffer;
  wire::MessageWriter writer(buffer, type, wire_time(ledger_->now().wall_s), xid, dialect);
  authentication_.open(writer, dialect);
  fill(writer);
  authentication_.close(writer, dialect);
  const auto written = writer.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&written);
  if (octets == nullptr) return false;
  if (!authentication_.sign(*octets, dialect)) {
    tell(EventId::digest_algorithm, Level::error, "the crypto library refuses to sign " + type_text(type));
    return false;
  }
  ledger_->journal().say(SendOctets{connection_, Bytes(octets->begin(), octets->end())});
  sent_ms_ = ledger_->now().monotonic_ms;
  return true;
}

void Link::connect(const Terms& terms) {
  wire::Connect connect;
  connect.relationship_name = config_->name;
  connect.max_unacked_bndupd = config_->max_unacked_bndupd;
  connect.receive_timer_s = config_->receive_timer_s;
  connect.vendor_class_identifier = vendor_class;
  connect.protocol_version = wire::protocol_version_current;
  if (agreement_.dialect->tls_options) connect.tls_request = tls_none;
  connect.mclt_s = terms.mclt_s;
  const Buckets buckets = bucket_assignment(terms.secondary_buckets, *agreement_.dialect);
  connect.hash_bucket_assignment = wire::Octets(buckets);
  connect_xid_ = new_xid();
  phase_ = Phase::awaits_connectack;
  send(MessageType::connect, connect_xid_,
       [&](wire::MessageWriter& writer) { wire::write(writer, connect); });
}

void Link::answer(const wire::Message& message, const wire::Connect& connect,
                  std::optional<RejectReason> reject) {
  wire::ConnectAck ack;
  ack.relationship_name = config_->name;
  ack.protocol_version = wire::protocol_version_current;
  if (connect.tls_request) ack.tls_reply = tls_none;
  ack.vendor_class_identifier = vendor_class;
  if (reject) {
    ack.vendor_class_identifier.reset();
    ack.reject_reason = static_cast<std::uint8_t>(*reject);
    ack.message = wire::name(*reject);
  } else {
    ack.max_unacked_bndupd = config_->max_unacked_bndupd;
    ack.receive_timer_s = config_->receive_timer_s;
  }
  send(MessageType::connectack, message.xid(),
       [&](wire::MessageWriter& writer) { wire::write(writer, ack); });
}

// ---- the end

void Link::finish(const Ending& ending) {
  if (phase_ == Phase::ended) return;
  phase_ = Phase::ended;
  ledger_->journal().say(CloseConnection{connection_});
  user_->on_ended(ending);
}

void Link::disconnect(RejectReason reason, const std::string& text) {
  const wire::Disconnect disconnect{static_cast<std::uint8_t>(reason), text};
  send(MessageType::disconnect, new_xid(),
       [&](wire::MessageWriter& writer) { wire::write(writer, disconnect); });
}

void Link::end(RejectReason reason, const std::string& text) {
  const bool was_established = established();
  const bool in_use = was_established && send_every_ms_ != 0;
  if (was_established) disconnect(reason, text);
  // Established for the partner, but never for the user: its CONNECTACK was refused.
  finish({.established = in_use,
          .refused = was_established && !in_use,
          .disconnect = was_established,
          .reason = text});
}

// The partner was found to speak another dialect than our CONNECT was written in, and took the buckets for
// those of the other server. The next CONNECT is written in its own.
void Link::connect_anew() {
  const std::string text = "CONNECT comes again, in the dialect " + std::string(agreement_.dialect->name);
  disconnect(RejectReason::unknown_error, text);
  finish({.misread = true, .disconnect = true, .reason = text});
}

void Link::lost(const std::string& reason) {
  if (phase_ == Phase::ended) return;
  const bool was_established = established();
  phase_ = Phase::ended;
  user_->on_ended({.established = was_established, .reason = reason});
}

void Link::refuse(const std::string& reason, EventId event) {
  tell(event, Level::warning, reason);
  finish({.refused = true, .reason = reason});
}

// What was received cannot be understood, or breaks a MUST.
void Link::broken(const std::string& what) {
  tell(EventId::partner_protocol_error, Level::error, what);
  end(RejectReason::unknown_error, what);
}

// ---- receiving

void Link::receive(Octets octets) {
  while (phase_ != Phase::ended) {
    const auto next = framer_.next(octets);
    if (!next) return;
    if (const auto* error = std::get_if<wire::Error>(&*next)) return broken(wire::to_string(*error));
    on_octets(std::get<Octets>(*next));
  }
}

void Link::on_octets(Octets octets) {
  const auto decoded = wire::decode(octets);
  if (const auto* error = std::get_if<wire::Error>(&decoded)) {
    if (error->remedy != wire::Remedy::ignore_message) broken(wire::to_string(*error));
    return;
  }
  const auto& message = std::get<wire::Message>(decoded);
  if (phase_ != Phase::established) return on_handshake(message);
  const bool farewell =
      message.type() == MessageType::disconnect;  // its reason is heard whatever the clocks say
  if (!authentic(message) || (!farewell && !in_time(message)) || !in_sequence(message)) return;
  heard_ms_ = ledger_->now().monotonic_ms;
  if (message.tail_error() && message.type() != MessageType::bndupd)
    return broken(wire::to_string(*message.tail_error()));
  on_established_message(message);
}

void Link::on_handshake(const wire::Message& message) {
  const MessageType type = message.type();
  if (type == MessageType::connect &&
      (phase_ == Phase::awaits_connect || agreement_.dialect->both_send_connect))
    return on_connect(message);
  if (type == MessageType::connectack && phase_ == Phase::awaits_connectack) return on_connectack(message);
  if (type == MessageType::disconnect && phase_ == Phase::awaits_connectack)
    return finish({.refused = true, .disconnect = true, .reason = "DISCONNECT instead of CONNECTACK"});
  broken(type_text(type) + " on a connection that is not established (8.2)");
}

void Link::accept(const wire::Message& connect) {
  on_connect(connect);
}

void Link::detect(const wire::Message& message) {
  if (config_->dialect != nullptr) return;
  if (const wire::Dialect* found = wire::detect_dialect(message)) agreement_.dialect = found;
}

// 7.8.2, in its order; relationship-name and role were looked up before, what they have to say comes with
// judge().
std::optional<RejectReason> Link::flaw(const wire::Message& message, const wire::Connect& connect,
                                       const wire::Errors& errors) {
  if (connect.protocol_version != wire::protocol_version_current)
    return RejectReason::protocol_version_mismatch;
  if (connect.tls_request == tls_required) return RejectReason::tls_not_supported;
  if (const auto failure = authentication_.check(message, *agreement_.dialect)) {
    tell(failure->event, Level::error, std::string("CONNECT refused: ") + failure->text);
    return failure->reason;
  }
  if (!in_time(message)) return RejectReason::time_mismatch_too_great;
  if (!connect.mclt_s || *connect.mclt_s == 0) return RejectReason::invalid_mclt;
  if (!connect.hash_bucket_assignment) return RejectReason::hash_bucket_assignment_conflict;
  if (!connect.max_unacked_bndupd || !connect.receive_timer_s || message.tail_error() ||
      spoils(errors, OptionCode::vendor_class_identifier) || spoils(errors, OptionCode::relationship_name))
    return RejectReason::unknown_error;
  return user_->judge(connect, message.header().time_s);
}

void Link::on_connect(const wire::Message& message) {
  detect(message);
  wire::Errors errors;
  const wire::Connect connect = wire::read_connect(message, *agreement_.dialect, errors);
  const auto reject = flaw(message, connect, errors);
  if (phase_ == Phase::ended) return;
  answer(message, connect, reject);
  if (reject) return refuse("CONNECT refused with " + reason_text(static_cast<std::uint8_t>(*reject)));
  establish(message, *connect.max_unacked_bndupd, *connect.receive_timer_s);
}

void Link::on_connectack(const wire::Message& message) {
  if (message.xid() != connect_xid_) return;  // 7.9.2
  const bool bits_of_primary = agreement_.dialect->bucket_bits_of_primary;
  detect(message);
  wire::Errors errors;
  const wire::ConnectAck ack = wire::read_connectack(message, *agreement_.dialect, errors);
  // A refusal is final whoever sent it: nothing but the connection is lost by it.
  if (ack.rejected)
    return refuse("CONNECT was refused with " + reason_text(ack.reject_reason.value_or(0)) + said_by(message),
                  EventId::connect_rejected_by_partner);
  if (const auto failure = authentication_.check(message, *agreement_.dialect)) {
    tell(failure->event, Level::error, std::string("CONNECTACK refused: ") + failure->text);
    return refuse(failure->text);
  }
  if (ack.tls_reply.value_or(tls_none) != tls_none)
    return refuse("the partner would use TLS, which this server does not have (7.9.2 (4))");
  if (ack.protocol_version != wire::protocol_version_current)
    return refuse("the partner has another protocol-version (7.9.2 (5))");
  if (!ack.max_unacked_bndupd || !ack.receive_timer_s || message.tail_error())
    return refuse("CONNECTACK without what it needs to have (Table 7.9-1)");
  // By the partner's CONNECTACK the connection is established (7.12): to drop it takes a DISCONNECT (7.9.2
  // (6)).
  phase_ = Phase::established;
  if (!in_time(message)) return;
  if (agreement_.dialect->bucket_bits_of_primary != bits_of_primary) return connect_anew();
  establish(message, *ack.max_unacked_bndupd, *ack.receive_timer_s);
}

void Link::establish(const wire::Message& message, std::uint32_t window, std::uint32_t partner_timer_s) {
  const Now now = ledger_->now();
  clock_.begin(now.wall_s, message.header().time_s);
  agreement_.partner_clock_s = clock_.seconds();
  agreement_.window = std::max<std::uint32_t>(window, 1);
  agreement_.batch =
      std::max<std::size_t>(1, std::min<std::size_t>(config_->batch_max, agreement_.dialect->batch_max));
  // 33 percent at a secondary, 20 at a primary (7.9.1, 7.9.2 (8), A-15).
  const Milliseconds share = config_->role == Role::primary ? 5 : 3;
  send_every_ms_ = std::max<Milliseconds>(Milliseconds{partner_timer_s} * 1000 / share, 100);
  if (originated(message.type())) heard_xid_ = message.xid();
  heard_ms_ = now.monotonic_ms;
  phase_ = Phase::established;
  user_->on_established();
}

void Link::on_established_message(const wire::Message& message) {
  detect(message);
  switch (message.type()) {
    case MessageType::contact: return;
    case MessageType::connectack:
      return;  // of a CONNECT that is not outstanding, or the second of two
    case MessageType::connect:
      if (!agreement_.dialect->both_send_connect)
        return broken("a second CONNECT on an established connection (8.2)");
      {
        wire::Errors errors;
        return answer(message, wire::read_connect(message, *agreement_.dialect, errors), std::nullopt);
      }
    case MessageType::disconnect: {
      wire::Errors errors;
      const wire::Disconnect disconnect = wire::read_disconnect(message, *agreement_.dialect, errors);
      const std::string text = "DISCONNECT received, " + reason_text(disconnect.reject_reason.value_or(0));
      return finish({.established = true, .disconnect = true, .reason = text + said_by(message)});
    }
    default: return user_->on_message(message);
  }
}

// ---- what holds for every message

bool Link::authentic(const wire::Message& message) {
  const auto failure = authentication_.check(message, *agreement_.dialect);
  if (!failure) return true;
  const std::string text = type_text(message.type()) + " refused: " + failure->text;
  tell(failure->event, Level::error, text);
  end(RejectReason::unknown_error, text);
  return false;
}

// 5.10, C13. A CONNECT that fails is answered; on an established connection the end is DISCONNECT.
bool Link::in_time(const wire::Message& message) {
  const Seconds sent_s = message.header().time_s;
  const Seconds now_s = ledger_->now().wall_s;
  const Seconds apart_s = now_s > sent_s ? now_s - sent_s : sent_s - now_s;
  if (config_->max_skew_s != 0 && apart_s > config_->max_skew_s) {
    const std::string text = "the clocks are " + std::to_string(apart_s) + " seconds apart, " +
                             std::to_string(config_->max_skew_s) + " are allowed";
    tell(EventId::clock_skew, Level::error, text);
    if (established()) end(RejectReason::time_mismatch_too_great, text);
    return false;
  }
  if (phase_ != Phase::established) return true;
  if (send_every_ms_ != 0 && clock_.refine(now_s, sent_s))
    tell(EventId::clock_skew, Level::warning,
         "a clock was set: the partner's is now " + std::to_string(-clock_.seconds()) + " seconds ahead");
  agreement_.partner_clock_s = clock_.seconds();
  return true;
}

//
bool Link::in_sequence(const wire::Message& message) {
  if (!authentication_.in_use() || !originated(message.type())) return true;
  if (heard_xid_ && message.xid() <= *heard_xid_) {
    broken(type_text(message.type()) + " with an xid that is not greater than the one before (11.1)");
    return false;
  }
  heard_xid_ = message.xid();
  return true;
}

// ---- time

bool Link::silent() const {
  const Milliseconds alive_ms = Milliseconds{config_->receive_timer_s} * 1000 / 3 + 1000;
  return ledger_->now().monotonic_ms - heard_ms_ > alive_ms;
}

Milliseconds Link::next_deadline() const {
  if (phase_ == Phase::ended) return never;
  if (phase_ != Phase::established) return opened_ms_ + handshake_ms;
  return std::min(sent_ms_ + send_every_ms_, heard_ms_ + Milliseconds{config_->receive_timer_s} * 1000);
}

void Link::on_tick() {
  const Milliseconds now_ms = ledger_->now().monotonic_ms;
  if (now_ms < next_deadline()) return;
  if (phase_ != Phase::established)
    return finish({.reason = phase_ == Phase::awaits_connect ? "no CONNECT came (7.8.2)"
                                                             : "no CONNECTACK came (7.9.2)"});
  if (now_ms >= heard_ms_ + Milliseconds{config_->receive_timer_s} * 1000)
    return end(RejectReason::no_traffic_within_sufficient_time, "no traffic within sufficient time (8.3)");
  send(MessageType::contact, new_xid(), [](wire::MessageWriter&) {});
}

}  // namespace twinlease::core
