#include "property/abstraction/doubt.hpp"

#include "impl/wire/typed.hpp"
#include "property/abstraction/oracle_events.hpp"

namespace twinlease::abstraction {
namespace {

using wire::Errors;

bool is_odd_state(const wire::Message& message, const wire::Dialect& dialect, Errors& errors) {
  const wire::State state = wire::read_state(message, dialect, errors);
  return !state.server_flags || !state.start_time_of_state_s || !state.server_state ||
         !state_of(*state.server_state, dialect) ||
         *state.server_state == static_cast<std::uint8_t>(wire::ServerState::startup);
}

bool is_odd_update(const wire::Message& message, const wire::Dialect& dialect, Errors& errors) {
  wire::check_leading(message, dialect, errors);
  for (const wire::OptionRange options : message.transactions()) {
    const wire::BindingUpdate update = wire::read_binding_update(options, dialect, errors);
    if (!update.address || !update.binding_status) return true;
  }
  return false;
}

// Its form as a whole: 6.1, 6.2, 11.1.
bool is_odd(const wire::Message& message) {
  return message.tail_error() || message.header().payload_offset == 8 ||
         message.options().find(wire::OptionCode::message_digest);
}

}  // namespace

bool is_doubtful(const wire::Message& message, const wire::Dialect& dialect) {
  Errors errors;
  bool odd = is_odd(message);
  switch (message.type()) {
    case wire::MessageType::state: odd = is_odd_state(message, dialect, errors) || odd; break;
    case wire::MessageType::bndupd: odd = is_odd_update(message, dialect, errors) || odd; break;
    case wire::MessageType::bndack:
      for (const wire::OptionRange options : message.transactions())
        wire::read_binding_ack(options, dialect, errors);
      break;
    case wire::MessageType::poolresp: wire::read_poolresp(message, dialect, errors); break;
    default: break;
  }
  return odd || !errors.empty();
}

bool is_doubtful_ack(const wire::Message& message, const wire::Message& first, const wire::Dialect& dialect) {
  Errors errors;
  const wire::ConnectAck ack = wire::read_connectack(message, dialect, errors);
  const wire::Connect connect = wire::read_connect(first, dialect, errors);
  return is_odd(message) || !errors.empty() || ack.relationship_name != connect.relationship_name ||
         ack.max_unacked_bndupd.value_or(0) == 0 || ack.receive_timer_s.value_or(0) == 0 ||
         !ack.vendor_class_identifier || ack.protocol_version != 1 || ack.tls_reply.value_or(0) != 0;
}

}  // namespace twinlease::abstraction
