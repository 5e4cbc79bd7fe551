#include "impl/wire/typed.hpp"

#include <bitset>
#include <concepts>

#include "impl/wire/option_table.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::wire {

namespace {

// Reads the options of one view. Every option that the view names goes through take() exactly once per
// occurrence. What a bad one means to the message is said once for the view, and again by an option
// that differs.
class FieldReader {
 public:
  FieldReader(const Dialect& dialect, Errors& errors, Remedy remedy) noexcept
      : dialect_(dialect), errors_(errors), remedy_(remedy) {}

  template <class T>
  void take(const OptionSpan& option, std::optional<T>& field) noexcept {
    take(option, field, remedy_);
  }

  template <class T>
  void take(const OptionSpan& option, std::optional<T>& field, Remedy remedy) noexcept {
    if (seen_[option.code]) {  // not concatenated: neither value counts (6.2)
      field.reset();
      errors_.add({Level::option, Fault::option_repeated, remedy, option.code, option.offset});
      return;
    }
    seen_[option.code] = true;
    const std::variant<Value, Error> decoded = decode_value(option, dialect_);
    if (const Error* error = std::get_if<Error>(&decoded)) {
      errors_.add({error->level, error->fault, remedy, error->option, error->offset});
      return;
    }
    const Value& value = std::get<Value>(decoded);
    if constexpr (std::same_as<T, Octets>) {
      field = option.value;
    } else if constexpr (std::integral<T>) {
      field = static_cast<T>(std::get<Number>(value).value);
    } else {
      field = std::get<T>(value);
    }
  }

 private:
  const Dialect& dialect_;
  Errors& errors_;
  const Remedy remedy_;
  std::bitset<option_code_last + 1> seen_;
};

constexpr OptionCode code(const OptionSpan& option) noexcept {
  return static_cast<OptionCode>(option.code);
}

template <class T>
void put(MessageWriter& writer, OptionCode option, const std::optional<T>& field) noexcept {
  if (!field) return;
  if constexpr (std::same_as<T, std::uint8_t>) {
    writer.u8(option, *field);
  } else if constexpr (std::same_as<T, std::uint16_t>) {
    writer.u16(option, *field);
  } else if constexpr (std::same_as<T, std::uint32_t>) {
    writer.u32(option, *field);
  } else if constexpr (std::same_as<T, Ipv4>) {
    writer.ipv4(option, *field);
  } else if constexpr (std::same_as<T, std::string_view>) {
    writer.text(option, *field);
  } else {
    writer.octets(option, *field);
  }
}

}  // namespace

Connect read_connect(const Message& message, const Dialect& dialect, Errors& errors) noexcept {
  Connect c;
  FieldReader reader(dialect, errors, Remedy::close_connection);
  const Remedy tls_request_remedy = dialect.tls_options ? Remedy::close_connection : Remedy::ignore_option;
  for (const OptionSpan& option : message.options()) {
    switch (code(option)) {
      case OptionCode::relationship_name: reader.take(option, c.relationship_name); break;
      case OptionCode::max_unacked_bndupd: reader.take(option, c.max_unacked_bndupd); break;
      case OptionCode::receive_timer: reader.take(option, c.receive_timer_s); break;
      case OptionCode::vendor_class_identifier: reader.take(option, c.vendor_class_identifier); break;
      case OptionCode::protocol_version: reader.take(option, c.protocol_version); break;
      case OptionCode::tls_request: reader.take(option, c.tls_request, tls_request_remedy); break;
      case OptionCode::mclt: reader.take(option, c.mclt_s); break;
      case OptionCode::hash_bucket_assignment: reader.take(option, c.hash_bucket_assignment); break;
      case OptionCode::delayed_service_parameter:
        reader.take(option, c.delayed_service_parameter_s, Remedy::ignore_option);
        break;
      default: break;
    }
  }
  return c;
}

ConnectAck read_connectack(const Message& message, const Dialect& dialect, Errors& errors) noexcept {
  ConnectAck c;
  FieldReader reader(dialect, errors, Remedy::close_connection);
  for (const OptionSpan& option : message.options()) {
    switch (code(option)) {
      case OptionCode::relationship_name: reader.take(option, c.relationship_name); break;
      case OptionCode::max_unacked_bndupd: reader.take(option, c.max_unacked_bndupd); break;
      case OptionCode::receive_timer: reader.take(option, c.receive_timer_s); break;
      case OptionCode::vendor_class_identifier: reader.take(option, c.vendor_class_identifier); break;
      case OptionCode::protocol_version: reader.take(option, c.protocol_version); break;
      case OptionCode::tls_reply: reader.take(option, c.tls_reply, Remedy::ignore_option); break;
      case OptionCode::reject_reason:
        reader.take(option, c.reject_reason);
        c.rejected = true;
        break;
      case OptionCode::message: reader.take(option, c.message, Remedy::ignore_option); break;
      default: break;
    }
  }
  return c;
}

BindingUpdate read_binding_update(OptionRange options, const Dialect& dialect, Errors& errors) noexcept {
  BindingUpdate b;
  FieldReader reader(dialect, errors, Remedy::reject_transaction);
  for (const OptionSpan& option : options) {
    switch (code(option)) {
      case OptionCode::assigned_ip_address: reader.take(option, b.address); break;
      case OptionCode::binding_status: reader.take(option, b.binding_status); break;
      case OptionCode::ip_flags: reader.take(option, b.ip_flags); break;
      case OptionCode::client_identifier: reader.take(option, b.client_identifier); break;
      case OptionCode::client_hardware_address: reader.take(option, b.client_hardware_address); break;
      case OptionCode::lease_expiration_time: reader.take(option, b.lease_expiration_time_s); break;
      case OptionCode::potential_expiration_time: reader.take(option, b.potential_expiration_time_s); break;
      case OptionCode::start_time_of_state: reader.take(option, b.start_time_of_state_s); break;
      case OptionCode::client_last_transaction_time:
        reader.take(option, b.client_last_transaction_time_s);
        break;
      case OptionCode::client_request_options: reader.take(option, b.client_request_options); break;
      case OptionCode::client_reply_options: reader.take(option, b.client_reply_options); break;
      case OptionCode::ddns: reader.take(option, b.ddns); break;
      default: break;
    }
  }
  return b;
}

BindingAck read_binding_ack(OptionRange options, const Dialect& dialect, Errors& errors) noexcept {
  BindingAck b;
  FieldReader reader(dialect, errors, Remedy::close_connection);
  for (const OptionSpan& option : options) {
    switch (code(option)) {
      case OptionCode::assigned_ip_address: reader.take(option, b.address); break;
      case OptionCode::reject_reason:
        reader.take(option, b.reject_reason, Remedy::ignore_option);  // rejected stands
        b.rejected = true;
        break;
      case OptionCode::message: reader.take(option, b.message, Remedy::ignore_option); break;
      default: break;
    }
  }
  return b;
}

State read_state(const Message& message, const Dialect& dialect, Errors& errors) noexcept {
  State s;
  FieldReader reader(dialect, errors, Remedy::close_connection);
  for (const OptionSpan& option : message.options()) {
    switch (code(option)) {
      case OptionCode::server_state: reader.take(option, s.server_state); break;
      case OptionCode::server_flags: reader.take(option, s.server_flags); break;
      case OptionCode::start_time_of_state: reader.take(option, s.start_time_of_state_s); break;
      default: break;
    }
  }
  return s;
}

PoolResp read_poolresp(const Message& message, const Dialect& dialect, Errors& errors) noexcept {
  PoolResp p;
  FieldReader reader(dialect, errors, Remedy::close_connection);
  for (const OptionSpan& option : message.options())
    if (code(option) == OptionCode::addresses_transferred) reader.take(option, p.addresses_transferred);
  return p;
}

Disconnect read_disconnect(const Message& message, const Dialect& dialect, Errors& errors) noexcept {
  Disconnect d;
  FieldReader reader(dialect, errors, Remedy::ignore_option);  // the connection ends anyway (7.12.2)
  for (const OptionSpan& option : message.options()) {
    switch (code(option)) {
      case OptionCode::reject_reason: reader.take(option, d.reject_reason); break;
      case OptionCode::message: reader.take(option, d.message); break;
      default: break;
    }
  }
  return d;
}

void check_leading(const Message& message, const Dialect& dialect, Errors& errors) noexcept {
  for (const OptionSpan& option : message.transactions().leading()) {
    const OptionSpec* s = find_option(option.code, dialect);
    if (s != nullptr && s->per_address)
      errors.add({Level::option, Fault::option_outside_message, Remedy::reject_transaction, option.code,
                  option.offset});
  }
}

void write(MessageWriter& writer, const Connect& c) noexcept {
  put(writer, OptionCode::relationship_name, c.relationship_name);
  put(writer, OptionCode::max_unacked_bndupd, c.max_unacked_bndupd);
  put(writer, OptionCode::receive_timer, c.receive_timer_s);
  put(writer, OptionCode::vendor_class_identifier, c.vendor_class_identifier);
  put(writer, OptionCode::protocol_version, c.protocol_version);
  put(writer, OptionCode::tls_request, c.tls_request);
  put(writer, OptionCode::mclt, c.mclt_s);
  put(writer, OptionCode::hash_bucket_assignment, c.hash_bucket_assignment);
  put(writer, OptionCode::delayed_service_parameter, c.delayed_service_parameter_s);
}

void write(MessageWriter& writer, const ConnectAck& c) noexcept {
  put(writer, OptionCode::relationship_name, c.relationship_name);
  put(writer, OptionCode::max_unacked_bndupd, c.max_unacked_bndupd);
  put(writer, OptionCode::receive_timer, c.receive_timer_s);
  put(writer, OptionCode::vendor_class_identifier, c.vendor_class_identifier);
  put(writer, OptionCode::protocol_version, c.protocol_version);
  put(writer, OptionCode::tls_reply, c.tls_reply);
  put(writer, OptionCode::reject_reason, c.reject_reason);
  put(writer, OptionCode::message, c.message);
}

void write(MessageWriter& writer, const BindingUpdate& b, const Dialect& dialect) noexcept {
  put(writer, OptionCode::assigned_ip_address, b.address);
  if (b.ip_flags && dialect.ip_flags_octets_sent == 1 && *b.ip_flags <= 0xff) {
    writer.u8(OptionCode::ip_flags, static_cast<std::uint8_t>(*b.ip_flags));
  } else {
    put(writer, OptionCode::ip_flags, b.ip_flags);
  }
  put(writer, OptionCode::binding_status, b.binding_status);
  put(writer, OptionCode::client_identifier, b.client_identifier);
  put(writer, OptionCode::client_hardware_address, b.client_hardware_address);
  put(writer, OptionCode::lease_expiration_time, b.lease_expiration_time_s);
  put(writer, OptionCode::potential_expiration_time, b.potential_expiration_time_s);
  put(writer, OptionCode::start_time_of_state, b.start_time_of_state_s);
  put(writer, OptionCode::client_last_transaction_time, b.client_last_transaction_time_s);
  put(writer, OptionCode::ddns, b.ddns);
  put(writer, OptionCode::client_request_options, b.client_request_options);
  put(writer, OptionCode::client_reply_options, b.client_reply_options);
}

void write(MessageWriter& writer, const BindingAck& b) noexcept {
  put(writer, OptionCode::assigned_ip_address, b.address);
  put(writer, OptionCode::reject_reason, b.reject_reason);
  put(writer, OptionCode::message, b.message);
}

void write(MessageWriter& writer, const State& s) noexcept {
  put(writer, OptionCode::server_state, s.server_state);
  put(writer, OptionCode::server_flags, s.server_flags);
  put(writer, OptionCode::start_time_of_state, s.start_time_of_state_s);
}

void write(MessageWriter& writer, const PoolResp& p) noexcept {
  put(writer, OptionCode::addresses_transferred, p.addresses_transferred);
}

void write(MessageWriter& writer, const Disconnect& d) noexcept {
  put(writer, OptionCode::reject_reason, d.reject_reason);
  put(writer, OptionCode::message, d.message);
}

}  // namespace twinlease::wire
