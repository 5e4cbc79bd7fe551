#include "property/abstraction/oracle_events.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "property/abstraction/doubt.hpp"

namespace twinlease::abstraction {
namespace {

using namespace model::oracle;
using model::ClientMessage;
using model::Seconds;
using wire::Errors;
namespace dhcp4 = wire::dhcp4;

Client keyed(char kind, wire::Octets octets) {
  Client client(1, kind);
  client.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  return client;
}

class Clock {
 public:
  Clock(std::uint32_t header_s, TimeMs seen_ms) : ahead_s_(seen_ms / 1000 - header_s) {}
  std::optional<Seconds> ours(std::optional<std::uint32_t> theirs_s) const {
    if (!theirs_s || *theirs_s == 0) return theirs_s;
    if (*theirs_s == std::numeric_limits<std::uint32_t>::max())
      return std::numeric_limits<std::int32_t>::max() * 4LL;
    return Seconds{*theirs_s} + ahead_s_;
  }

 private:
  Seconds ahead_s_;
};

std::optional<Transaction> transaction_of(wire::OptionRange options, const wire::Dialect& dialect,
                                          const Clock& clock) {
  Errors errors;
  const wire::BindingUpdate update = wire::read_binding_update(options, dialect, errors);
  if (!update.address || !update.binding_status) return std::nullopt;
  Transaction t;
  t.address = update.address->value;
  t.status = static_cast<model::BindingStatus>(*update.binding_status);
  if (update.client_identifier)
    t.client = client_of(*update.client_identifier);
  else if (update.client_hardware_address)
    t.client = hardware_of(*update.client_hardware_address);
  t.lease_expiration = clock.ours(update.lease_expiration_time_s);
  t.potential_expiration = clock.ours(update.potential_expiration_time_s);
  t.start_of_state = clock.ours(update.start_time_of_state_s);
  t.client_last_transaction = clock.ours(update.client_last_transaction_time_s);
  if (t.client_last_transaction == Seconds{0}) t.client_last_transaction.reset();
  t.reserved = (update.ip_flags.value_or(0) & wire::ip_flag_reserved) != 0;
  return t;
}

Updated updated(const wire::Message& message, const wire::Dialect& dialect, Side from, TimeMs seen_ms) {
  Updated out{from, message.xid(), {}};
  if (dialect.status_encoding != wire::StatusEncoding::draft_enum || message.tail_error()) return out;
  const Clock clock(message.header().time_s, seen_ms);
  for (const wire::OptionRange options : message.transactions()) {
    std::optional<Transaction> t = transaction_of(options, dialect, clock);
    if (!t) {
      out.transactions.clear();
      return out;
    }
    out.transactions.push_back(*t);
  }
  return out;
}

Acknowledged acknowledged(const wire::Message& message, const wire::Dialect& dialect, Side from) {
  Acknowledged out{from, message.xid(), {}};
  for (const wire::OptionRange options : message.transactions()) {
    Errors errors;
    const wire::BindingAck ack = wire::read_binding_ack(options, dialect, errors);
    if (ack.address) out.answers.push_back({ack.address->value, ack.rejected, ack.reject_reason.value_or(0)});
  }
  return out;
}

std::optional<ClientMessage> request_of(const dhcp4::Message& message, bool to_all) {
  const std::optional<dhcp4::RequestForm> form = dhcp4::request_form(message);
  if (!form) return std::nullopt;
  switch (*form) {
    case dhcp4::RequestForm::selecting: return ClientMessage::request_selecting;
    case dhcp4::RequestForm::init_reboot: return ClientMessage::request_init_reboot;
    case dhcp4::RequestForm::renewing_or_rebinding:
      return to_all || message.header().giaddr.value != 0 ? ClientMessage::request_rebinding
                                                          : ClientMessage::request_renewing;
  }
  return std::nullopt;
}

std::optional<Client> client_in(const dhcp4::Message& message) {
  std::array<std::uint8_t, 512> scratch{};
  const std::optional<dhcp4::ClientKey> key = dhcp4::client_key(message, scratch);
  if (!key) return std::nullopt;
  return key->source == dhcp4::ClientKey::Source::client_identifier ? client_of(key->octets)
                                                                    : hardware_of(key->octets);
}

Client hardware_in(const dhcp4::Message& message) {
  const wire::Octets chaddr = message.header().hardware_address();
  Client client(1, 'h');
  client += static_cast<char>(message.header().htype);
  client.append(reinterpret_cast<const char*>(chaddr.data()), chaddr.size());
  return client;
}

}  // namespace

Client client_of(wire::Octets identifier) {
  return keyed('i', identifier);
}

Client hardware_of(wire::Octets type_and_address) {
  return keyed('h', type_and_address);
}

std::optional<model::State> state_of(std::uint8_t server_state, const wire::Dialect& dialect) {
  using model::State;
  if (dialect.recover_wait_code && server_state == *dialect.recover_wait_code) return State::recover_wait;
  switch (static_cast<wire::ServerState>(server_state)) {
    case wire::ServerState::startup: return State::startup;
    case wire::ServerState::normal: return State::normal;
    case wire::ServerState::communications_interrupted: return State::communications_interrupted;
    case wire::ServerState::partner_down: return State::partner_down;
    case wire::ServerState::potential_conflict: return State::potential_conflict;
    case wire::ServerState::recover: return State::recover;
    case wire::ServerState::paused: return State::paused;
    case wire::ServerState::shutdown: return State::shutdown;
    case wire::ServerState::recover_done: return State::recover_done;
    case wire::ServerState::resolution_interrupted: return State::resolution_interrupted;
    case wire::ServerState::conflict_done: return State::conflict_done;
  }
  if (server_state == 12 || server_state == 254) return State::recover_wait;
  return std::nullopt;
}

std::optional<Body> seen_in(const wire::Message& message, const wire::Dialect& dialect, Side from,
                            TimeMs seen_ms) {
  const std::uint32_t xid = message.xid();
  switch (message.type()) {
    case wire::MessageType::poolreq: return PoolRequested{from, xid};
    case wire::MessageType::poolresp: return PoolAnswered{from, xid};
    case wire::MessageType::bndupd: return updated(message, dialect, from, seen_ms);
    case wire::MessageType::bndack: return acknowledged(message, dialect, from);
    case wire::MessageType::updreqall: return Requested{from, xid, true};
    case wire::MessageType::updreq: return Requested{from, xid, false};
    case wire::MessageType::upddone: return Done{from, xid};
    case wire::MessageType::contact: return Contacted{from, xid};
    case wire::MessageType::disconnect: return Disconnected{from, xid};
    case wire::MessageType::state: {
      Errors errors;
      const wire::State state = wire::read_state(message, dialect, errors);
      const auto value = state.server_state ? state_of(*state.server_state, dialect) : std::nullopt;
      if (!value) return std::nullopt;
      const bool startup = (state.server_flags.value_or(0) & wire::server_flag_startup) != 0;
      return StateSaid{from, xid, *value, startup, state.start_time_of_state_s};
    }
    default: return std::nullopt;
  }
}

std::optional<Body> heard_in(const wire::Message& message, const wire::Dialect& dialect, TimeMs seen_ms) {
  std::optional<Body> body = seen_in(message, dialect, Side::partner, seen_ms);
  if (message.type() != wire::MessageType::state) return body;
  if (!body) return StateSaid{Side::partner, message.xid(), model::State::recover, false, {}};
  auto& said = std::get<StateSaid>(*body);
  said.startup = said.startup || said.state == model::State::startup;
  return body;
}

std::optional<Agreement> Handshake::add(const wire::Message& message, const wire::Dialect& dialect) {
  Errors errors;
  if (message.type() == wire::MessageType::connect) {
    const wire::Connect connect = wire::read_connect(message, dialect, errors);
    if (connect.mclt_s) agreement_.mclt = *connect.mclt_s;
    if (connect.max_unacked_bndupd) agreement_.window_of_primary = connect.max_unacked_bndupd;
    connect_.assign(message.octets().begin(), message.octets().end());
    return std::nullopt;
  }
  if (message.type() != wire::MessageType::connectack) return std::nullopt;
  const wire::ConnectAck ack = wire::read_connectack(message, dialect, errors);
  if (ack.rejected) return std::nullopt;
  agreement_.window_of_secondary = ack.max_unacked_bndupd;
  agreement_.doubtful = false;
  if (connect_.empty()) return agreement_;  // it was before the recording
  const auto decoded = wire::decode(connect_);
  const auto& connect = std::get<wire::Message>(decoded);
  if (connect.xid() != message.xid()) return std::nullopt;
  agreement_.doubtful = is_doubtful_ack(message, connect, dialect);
  return agreement_;
}

std::optional<GivenUp> Clients::asked(const dhcp4::Message& message, bool to_all, TimeMs seen_ms) {
  const std::optional<dhcp4::MessageType> type = dhcp4::message_type(message);
  const std::optional<Client> client = client_in(message);
  if (!type || !client) return std::nullopt;
  std::optional<ClientMessage> what;
  switch (*type) {
    case dhcp4::MessageType::discover: what = ClientMessage::discover; break;
    case dhcp4::MessageType::request: what = request_of(message, to_all); break;
    case dhcp4::MessageType::inform: what = ClientMessage::inform; break;
    case dhcp4::MessageType::release: return GivenUp{*client, message.header().ciaddr.value};
    case dhcp4::MessageType::decline:
      return GivenUp{*client, dhcp4::requested_address(message).value_or(wire::Ipv4{}).value};
    default: break;
  }
  if (!what) return std::nullopt;
  auto& open = open_[{hardware_in(message), message.header().xid}];
  if (std::ranges::find(open, *what, &Asked::what) == open.end()) open.push_back({*client, *what, seen_ms});
  return std::nullopt;
}

std::optional<Replied> Clients::replied(const dhcp4::Message& message) const {
  const std::optional<dhcp4::MessageType> type = dhcp4::message_type(message);
  const auto found = open_.find({hardware_in(message), message.header().xid});
  if (!type || found == open_.end()) return std::nullopt;
  Replied reply;
  const bool offer = *type == dhcp4::MessageType::offer;
  reply.kind = offer ? ReplyKind::offer : *type == dhcp4::MessageType::ack ? ReplyKind::ack : ReplyKind::nak;
  if (!offer && *type != dhcp4::MessageType::ack && *type != dhcp4::MessageType::nak) return std::nullopt;
  // The latest message that such a reply can answer; the lease counts from none of them in particular.
  const auto answers = [offer](const Asked& asked) {
    return (asked.what == ClientMessage::discover) == offer;
  };
  const auto asked = std::find_if(found->second.rbegin(), found->second.rend(), answers);
  if (asked == found->second.rend()) return std::nullopt;
  reply.client = asked->client;
  reply.address = message.header().yiaddr.value;
  reply.to = asked->what;
  reply.asked_ms = asked->first_ms;
  reply.lease_s = dhcp4::lease_time_s(message).value_or(0);
  return reply;
}

}  // namespace twinlease::abstraction
