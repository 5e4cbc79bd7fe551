#include "impl/core/failover/authentication.hpp"

#include <algorithm>
#include <array>

namespace twinlease::core {

namespace {

using wire::DigestResult;
using wire::MessageType;
using wire::RejectReason;

constexpr std::size_t digest_room = 1 + 32;  // type, and the longest digest

// The first of the three events of a message type (event.hpp); none: Windows has none for it.
std::optional<EventId> events_of(MessageType type) {
  switch (type) {
    case MessageType::bndupd: return EventId::digest_bndupd;
    case MessageType::bndack: return EventId::digest_bndack;
    case MessageType::connect: return EventId::digest_connect;
    case MessageType::connectack: return EventId::digest_connectack;
    case MessageType::updreqall: return EventId::digest_updreqall;
    case MessageType::upddone: return EventId::digest_upddone;
    case MessageType::updreq: return EventId::digest_updreq;
    case MessageType::state: return EventId::digest_state;
    case MessageType::contact: return EventId::digest_contact;
    default: return std::nullopt;
  }
}

EventId event_of(MessageType type, std::uint32_t which) {
  const std::optional<EventId> first = events_of(type);
  return first ? static_cast<EventId>(static_cast<std::uint32_t>(*first) + which)
               : EventId::partner_protocol_error;
}

Authentication::Failure failure_of(MessageType type, DigestResult result) {
  switch (result) {
    case DigestResult::missing:
      return {RejectReason::missing_message_digest, event_of(type, 2), "it has no message-digest"};
    case DigestResult::not_supported:
    case DigestResult::unavailable:
      return {RejectReason::message_digest_not_supported, EventId::digest_algorithm,
              "its message-digest is of a type that is not configured here"};
    default:
      return {RejectReason::message_digest_failed_to_compare, event_of(type, 0),
              "its message-digest fails to compare"};
  }
}

}  // namespace

std::optional<Authentication::Failure> Authentication::check(const wire::Message& message,
                                                             const wire::Dialect& dialect) const {
  if (!in_use()) {
    if (!message.options().find(wire::OptionCode::message_digest)) return std::nullopt;
    return Failure{RejectReason::message_digest_not_configured, event_of(message.type(), 1),
                   "it has a message-digest, and no secret is configured here"};
  }
  DigestResult first = DigestResult::good;
  for (const Secret& secret : config_->secrets) {
    const DigestResult result =
        wire::verify(message, wire::as_octets(secret.octets), type(dialect), dialect.digest_scheme);
    if (result == DigestResult::good) return std::nullopt;
    if (first == DigestResult::good) first = result;
  }
  return failure_of(message.type(), first);
}

void Authentication::put_room(wire::MessageWriter& writer, const wire::Dialect& dialect) const {
  std::array<std::uint8_t, digest_room> room{};
  room[0] = static_cast<std::uint8_t>(type(dialect));
  writer.octets(wire::OptionCode::message_digest,
                wire::Octets(room).first(1 + wire::digest_octets(type(dialect))));
}

void Authentication::open(wire::MessageWriter& writer, const wire::Dialect& dialect) const {
  if (in_use() && dialect.digest_scheme != wire::DigestScheme::trailing_hmac) put_room(writer, dialect);
}

void Authentication::close(wire::MessageWriter& writer, const wire::Dialect& dialect) const {
  if (in_use() && dialect.digest_scheme == wire::DigestScheme::trailing_hmac) put_room(writer, dialect);
}

bool Authentication::sign(std::span<std::uint8_t> message, const wire::Dialect& dialect) const {
  return !in_use() || wire::sign(message, wire::as_octets(config_->secrets.front().octets), type(dialect),
                                 dialect.digest_scheme);
}

}  // namespace twinlease::core
