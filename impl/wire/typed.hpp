// Typed views of messages: one struct per message type, one field per option that the draft gives it. (7.1
// to 7.12)
//
// read_...() goes through the options once, fills the fields, and adds what is wrong to errors:
// option_length, option_value, option_repeated. A field whose option is missing, repeated or malformed is
// empty; options that the view does not know are left alone (6.1). The remedy is that of A-43: reject the
// transaction of a BNDUPD; elsewhere close for an option that the message needs, ignore another. Which fields
// must be there is not checked here: that is the receiver's rule. Views (string_view, Octets) live as long as
// the message's octets. All times are absolute, seconds since 1970, on the sender's clock; intervals are
// seconds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "impl/wire/dialect.hpp"
#include "impl/wire/error.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/message_writer.hpp"

namespace twinlease::wire {

// Table 7.8-1
struct Connect {
  std::optional<std::string_view> relationship_name;
  std::optional<std::uint32_t> max_unacked_bndupd;  // messages
  std::optional<std::uint32_t> receive_timer_s;
  std::optional<std::string_view> vendor_class_identifier;
  std::optional<std::uint8_t> protocol_version;
  std::optional<std::uint8_t> tls_request;
  std::optional<std::uint32_t> mclt_s;
  std::optional<Octets> hash_bucket_assignment;  // 32 octets
  std::optional<std::uint8_t> delayed_service_parameter_s;
};

// Table 7.9-1
struct ConnectAck {
  std::optional<std::string_view> relationship_name;
  std::optional<std::uint32_t> max_unacked_bndupd;
  std::optional<std::uint32_t> receive_timer_s;
  std::optional<std::string_view> vendor_class_identifier;
  std::optional<std::uint8_t> protocol_version;
  std::optional<std::uint8_t> tls_reply;
  std::optional<std::uint8_t> reject_reason;
  std::optional<std::string_view> message;
  bool rejected = false;  // the option appears, whatever its form (7.9.2 (3))
};

// Table 7.1-1, one transaction of a BNDUPD (6.3)
struct BindingUpdate {
  std::optional<Ipv4> address;
  std::optional<std::uint8_t> binding_status;  // in the dialect's encoding
  std::optional<std::uint16_t> ip_flags;
  std::optional<Octets> client_identifier;
  std::optional<Octets> client_hardware_address;  // htype, chaddr
  std::optional<std::uint32_t> lease_expiration_time_s;
  std::optional<std::uint32_t> potential_expiration_time_s;
  std::optional<std::uint32_t> start_time_of_state_s;
  std::optional<std::uint32_t> client_last_transaction_time_s;
  std::optional<Octets> client_request_options;  // magic number and options: embedded_options.hpp
  std::optional<Octets> client_reply_options;
  std::optional<Octets> ddns;  // flags16, name
};

// Table 7.2-1, one transaction of a BNDACK
struct BindingAck {
  std::optional<Ipv4> address;
  std::optional<std::uint8_t> reject_reason;
  std::optional<std::string_view> message;
  bool rejected = false;  // the option appears, whatever its form (6.3)
};

// Table 7.10-1
struct State {
  std::optional<std::uint8_t> server_state;
  std::optional<std::uint8_t> server_flags;
  std::optional<std::uint32_t> start_time_of_state_s;
};

// 7.7.1
struct PoolResp {
  std::optional<std::uint32_t> addresses_transferred;
};

// Table 7.12-1
struct Disconnect {
  std::optional<std::uint8_t> reject_reason;
  std::optional<std::string_view> message;
};

Connect read_connect(const Message&, const Dialect&, Errors& errors) noexcept;
ConnectAck read_connectack(const Message&, const Dialect&, Errors& errors) noexcept;
// options: an element of Message::transactions().
BindingUpdate read_binding_update(OptionRange options, const Dialect&, Errors& errors) noexcept;
BindingAck read_binding_ack(OptionRange options, const Dialect&, Errors& errors) noexcept;
State read_state(const Message&, const Dialect&, Errors& errors) noexcept;
PoolResp read_poolresp(const Message&, const Dialect&, Errors& errors) noexcept;
Disconnect read_disconnect(const Message&, const Dialect&, Errors& errors) noexcept;

// Per-address options before the first assigned-IP-address of a BNDUPD: option_outside_message, one per
// option.
void check_leading(const Message&, const Dialect&, Errors& errors) noexcept;

// Appends the fields that are set, in the order of the draft's table; a transaction starts with its address
// (6.3).
void write(MessageWriter&, const Connect&) noexcept;
void write(MessageWriter&, const ConnectAck&) noexcept;
void write(MessageWriter&, const BindingUpdate&, const Dialect&) noexcept;
void write(MessageWriter&, const BindingAck&) noexcept;
void write(MessageWriter&, const State&) noexcept;
void write(MessageWriter&, const PoolResp&) noexcept;
void write(MessageWriter&, const Disconnect&) noexcept;

}  // namespace twinlease::wire
