#include "property/check/pair_history.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "impl/wire/typed.hpp"
#include "model/history/predicate.hpp"
#include "property/abstraction/oracle_events.hpp"
#include "property/check/judge.hpp"

namespace twinlease::check {
namespace {

using namespace model::history;
namespace oracle = model::oracle;

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

void PairHistory::connection(TimeMs time_ms, std::uint64_t frame, bool up) {
  add(time_ms, frame, Connection{up});
}

void PairHistory::message(TimeMs time_ms, std::uint64_t frame, wire::Ipv4 from, const wire::Message& message,
                          const wire::Dialect& dialect) {
  wire::Errors errors;
  if (message.type() == wire::MessageType::connect) {
    const auto octets = wire::read_connect(message, dialect, errors).hash_bucket_assignment;
    BucketsAssigned assigned;
    if (octets && octets->size() == assigned.buckets.size()) {
      std::ranges::copy(*octets, assigned.buckets.begin());
      add(time_ms, frame, assigned);
    }
  }
  if (message.type() == wire::MessageType::connectack &&
      !wire::read_connectack(message, dialect, errors).rejected)
    connection(time_ms, frame, true);
  const auto seen = abstraction::seen_in(message, dialect, oracle::Side::endpoint, time_ms);
  if (!seen) return;
  const auto* said = std::get_if<oracle::StateSaid>(&*seen);
  if (said == nullptr) return;
  add(time_ms, frame, StateSaid{server(from), code_of(said->state), said->startup});
  const bool alone = said->state == model::State::partner_down ||
                     said->state == model::State::potential_conflict ||
                     said->state == model::State::resolution_interrupted;
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
    if (predicate.id != "S1" && predicate.id != "S22") continue;
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
