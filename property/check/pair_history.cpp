#include "property/check/pair_history.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "impl/wire/typed.hpp"
#include "model/history/predicate.hpp"
#include "property/abstraction/oracle_events.hpp"
#include "property/check/judge.hpp"

namespace twinlease::check {
namespace {

using namespace model::history;
namespace oracle = model::oracle;

// What the wire alone decides. Of the others some need what no capture shows: what is stored (S2 to S9, S14,
// S21), who was started, stopped or commanded (S11, S15, L1, L2, L4, L6 to L14, L18), how a server is
// configured (S23, S25 to S27, S29), and the rest the oracle judges beside each server, where what nobody saw
// is branched over (S10, S13, S16, S17, S19, S20, S24, S30).
constexpr std::string_view kAsked[] = {"S1", "S12", "S18", "S22", "S28", "L3", "L5", "L15", "L16", "L17"};

State code_of(model::State state) {
  switch (state) {
    case model::State::startup: return State::startup;
    case model::State::normal: return State::normal;
    case model::State::communications_interrupted: return State::communications_interrupted;
    case model::State::partner_down: return State::partner_down;
    case model::State::potential_conflict: return State::potential_conflict;
    case model::State::recover: return State::recover;
    case model::State::paused: return State::paused;
    case model::State::shutdown: return State::shutdown;
    case model::State::recover_done: return State::recover_done;
    case model::State::resolution_interrupted: return State::resolution_interrupted;
    case model::State::conflict_done: return State::conflict_done;
    case model::State::recover_wait: return State::recover_wait;
  }
  return State::startup;
}

// The octets that are hashed (RFC 3074): without the kind that oracle::Client begins with, and of a hardware
// address without its type.
Client request_id(const oracle::Client& client) {
  return client.substr(client.front() == 'h' ? 2 : 1);
}

std::optional<Request> request_of(model::ClientMessage message) {
  switch (message) {
    case model::ClientMessage::request_selecting: return Request::selecting;
    case model::ClientMessage::request_init_reboot: return Request::init_reboot;
    case model::ClientMessage::request_renewing: return Request::renewing;
    case model::ClientMessage::request_rebinding: return Request::rebinding;
    default: return std::nullopt;
  }
}

}  // namespace

void PairHistory::add(TimeMs time_ms, std::uint64_t frame, Body body) {
  // A capture of two interfaces need not be in order; a history is.
  history_.add({std::max(time_ms, history_.end_ms()), std::move(body)});
  frames_.push_back(frame);
}

void PairHistory::connection(TimeMs time_ms, std::uint64_t frame, std::uint32_t number, bool up) {
  add(time_ms, frame, Connection{up, number});
}

void PairHistory::handshake(TimeMs time_ms, std::uint64_t frame, std::uint32_t connection, wire::Ipv4 from,
                            const wire::Message& message, const wire::Dialect& dialect) {
  wire::Errors errors;
  if (message.type() == wire::MessageType::connect) {
    const wire::Connect connect = wire::read_connect(message, dialect, errors);
    add(time_ms, frame,
        ConnectSaid{server(from), message.xid(), connect.mclt_s.value_or(0), connect.max_unacked_bndupd,
                    connect.receive_timer_s.value_or(0), connection});
    BucketsAssigned assigned;
    const auto octets = connect.hash_bucket_assignment;
    if (!octets || octets->size() != assigned.buckets.size()) return;
    std::ranges::copy(*octets, assigned.buckets.begin());
    add(time_ms, frame, assigned);
    return;
  }
  const wire::ConnectAck ack = wire::read_connectack(message, dialect, errors);
  ConnectAnswered answered{
      server(from), message.xid(), std::nullopt, ack.max_unacked_bndupd, ack.receive_timer_s.value_or(0),
      connection};
  if (ack.rejected) answered.reject_reason = ack.reject_reason.value_or(0);
  add(time_ms, frame, answered);
  if (!ack.rejected) this->connection(time_ms, frame, connection, true);
}

void PairHistory::updated(TimeMs time_ms, std::uint64_t frame, std::uint32_t connection, wire::Ipv4 from,
                          const wire::Message& message, const wire::Dialect& dialect) {
  if (dialect.status_encoding != wire::StatusEncoding::draft_enum) return;
  for (const wire::OptionRange options : message.transactions()) {
    wire::Errors errors;
    const wire::BindingUpdate update = wire::read_binding_update(options, dialect, errors);
    if (!update.address || !update.binding_status) continue;
    Updated out;
    out.from = server(from);
    out.xid = message.xid();
    out.address = update.address->value;
    out.status = static_cast<BindingStatus>(*update.binding_status);
    const auto hardware = update.client_hardware_address;
    if (update.client_identifier)
      out.client = Client(update.client_identifier->begin(), update.client_identifier->end());
    else if (hardware && !hardware->empty())
      out.client = Client(hardware->begin() + 1, hardware->end());
    out.lease_expiration_s = update.lease_expiration_time_s.value_or(0);
    out.potential_expiration_s = update.potential_expiration_time_s.value_or(0);
    out.client_last_transaction_s = update.client_last_transaction_time_s.value_or(0);
    out.start_of_state_s = update.start_time_of_state_s.value_or(0);
    out.reserved = (update.ip_flags.value_or(0) & wire::ip_flag_reserved) != 0;
    out.connection = connection;
    add(time_ms, frame, out);
  }
}

void PairHistory::message(TimeMs time_ms, std::uint64_t frame, std::uint32_t connection, wire::Ipv4 from,
                          const wire::Message& message, const wire::Dialect& dialect) {
  const auto say = [&](Word word, std::uint32_t number = 0) {
    add(time_ms, frame, Said{server(from), word, message.xid(), number, connection});
  };
  wire::Errors errors;
  switch (message.type()) {
    case wire::MessageType::connect:
    case wire::MessageType::connectack: return handshake(time_ms, frame, connection, from, message, dialect);
    case wire::MessageType::bndupd: return updated(time_ms, frame, connection, from, message, dialect);
    case wire::MessageType::bndack:
      for (const wire::OptionRange options : message.transactions()) {
        const wire::BindingAck ack = wire::read_binding_ack(options, dialect, errors);
        if (!ack.address) continue;
        Acknowledged out{server(from), message.xid(), ack.address->value, std::nullopt, connection};
        if (ack.rejected) out.reject_reason = ack.reject_reason.value_or(0);
        add(time_ms, frame, out);
      }
      return;
    case wire::MessageType::updreq: return say(Word::updreq);
    case wire::MessageType::updreqall: return say(Word::updreqall);
    case wire::MessageType::upddone: return say(Word::upddone);
    case wire::MessageType::poolreq: return say(Word::poolreq);
    case wire::MessageType::poolresp:
      return say(Word::poolresp,
                 wire::read_poolresp(message, dialect, errors).addresses_transferred.value_or(0));
    case wire::MessageType::contact: return say(Word::contact);
    case wire::MessageType::disconnect:
      return say(Word::disconnect, wire::read_disconnect(message, dialect, errors).reject_reason.value_or(0));
    case wire::MessageType::state: break;
  }
  const wire::State state = wire::read_state(message, dialect, errors);
  const auto value = state.server_state ? abstraction::state_of(*state.server_state, dialect) : std::nullopt;
  if (!value) return;
  add(time_ms, frame,
      StateSaid{server(from), code_of(*value),
                (state.server_flags.value_or(0) & wire::server_flag_startup) != 0,
                state.start_time_of_state_s.value_or(0)});
  const bool alone = *value == model::State::partner_down || *value == model::State::potential_conflict ||
                     *value == model::State::resolution_interrupted;
  if (alone) mutual_exclusion_promised_ = false;
}

void PairHistory::asked(TimeMs time_ms, std::uint64_t frame, const wire::dhcp4::Message& message) {
  // With secs the other server may come to a client's help (delayed-service-parameter, 12.10).
  if (wire::dhcp4::message_type(message) != wire::dhcp4::MessageType::discover || message.header().secs != 0)
    return;
  std::array<std::uint8_t, 512> scratch{};
  const auto key = wire::dhcp4::client_key(message, scratch);
  if (!key) return;
  const bool identifier = key->source == wire::dhcp4::ClientKey::Source::client_identifier;
  const auto octets = identifier ? key->octets : key->octets.subspan(1);
  // Who hears it does not show: a client that nobody answers proves nothing.
  add(time_ms, frame, Discovered{Client(octets.begin(), octets.end()), message.header().xid, Servers::none});
}

void PairHistory::replied(TimeMs time_ms, std::uint64_t frame, model::Role role, std::uint32_t xid,
                          const oracle::Replied& reply) {
  const Server by = role == model::Role::primary ? Server::primary : Server::secondary;
  if (reply.kind == oracle::ReplyKind::offer) {
    add(time_ms, frame, Offered{by, request_id(reply.client), xid, reply.address});
    return;
  }
  const std::optional<Request> request = request_of(reply.to);
  if (!request) return;
  if (reply.kind == oracle::ReplyKind::nak)
    add(time_ms, frame, Ended{request_id(reply.client), reply.address, Ending::refused});
  else
    add(time_ms, frame,
        Acked{by, request_id(reply.client), reply.address, *request, reply.lease_s, reply.asked_ms});
}

void PairHistory::ended(TimeMs time_ms, std::uint64_t frame, const oracle::GivenUp& event) {
  add(time_ms, frame, Ended{request_id(event.client), event.address, Ending::released});
}

void PairHistory::judge(std::vector<PairFinding>& findings, std::vector<std::string>& examined) const {
  if (!whole_) return;
  for (const Predicate& predicate : predicates()) {
    if (std::ranges::find(kAsked, predicate.id) == std::end(kAsked)) continue;
    if (predicate.id == "S1" && !mutual_exclusion_promised_) continue;
    const Judgement judgement = predicate.judge(history_, Bounds{});
    if (judgement.outcome() == Outcome::unseen) continue;
    examined.push_back(std::string(predicate.id));
    for (const Finding& finding : judgement.findings)
      findings.push_back({std::string(finding.invariant),
                          finding.events.empty() ? 0 : frames_[finding.events.back()], finding.sentence});
  }
}

}  // namespace twinlease::check
