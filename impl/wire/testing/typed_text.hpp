// Typed views as text, to compare them and to read what differs.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "impl/wire/testing/generators.hpp"
#include "impl/wire/testing/guarded.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::wire::testing {

// A view as text, field by field; a structured binding fails to compile when a field is missing here.
template <std::integral Number>
std::string text_of(Number number) {
  return std::to_string(number);
}
inline std::string text_of(std::string_view text) {
  return "'" + std::string(text) + "'";
}
inline std::string text_of(Octets octets) {
  return "[" + hex_of(octets) + "]";
}
inline std::string text_of(Ipv4 address) {
  return std::to_string(address.value);
}
template <>
inline std::string text_of(bool rejected) {
  return rejected ? "rejected" : "accepted";
}
template <class T>
std::string text_of(const std::optional<T>& field) {
  return field ? text_of(*field) : "-";
}
template <class... Fields>
std::string fields(const Fields&... each) {
  return ((text_of(each) + " ") + ...);
}
inline std::string text_of(const Connect& v) {
  const auto& [a, b, c, d, e, f, g, h, i] = v;
  return fields(a, b, c, d, e, f, g, h, i);
}
inline std::string text_of(const ConnectAck& v) {
  const auto& [a, b, c, d, e, f, g, h, rejected] = v;
  return fields(a, b, c, d, e, f, g, h, rejected);
}
inline std::string text_of(const BindingUpdate& v) {
  const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = v;
  return fields(a, b, c, d, e, f, g, h, i, j, k, l);
}
inline std::string text_of(const BindingAck& v) {
  const auto& [a, b, c, rejected] = v;
  return fields(a, b, c, rejected);
}
inline std::string text_of(const State& v) {
  const auto& [a, b, c] = v;
  return fields(a, b, c);
}
inline std::string text_of(const PoolResp& v) {
  return fields(v.addresses_transferred);
}
inline std::string text_of(const Disconnect& v) {
  const auto& [a, b] = v;
  return fields(a, b);
}

// The view, or views, that belong to the message's type.
inline std::string view_of(const Message& m, const Dialect& d, Errors& errors) {
  std::string out;
  switch (m.type()) {
    case MessageType::connect: return text_of(read_connect(m, d, errors));
    case MessageType::connectack: return text_of(read_connectack(m, d, errors));
    case MessageType::state: return text_of(read_state(m, d, errors));
    case MessageType::poolresp: return text_of(read_poolresp(m, d, errors));
    case MessageType::disconnect: return text_of(read_disconnect(m, d, errors));
    case MessageType::bndupd:
      for (const OptionRange& t : m.transactions()) out += text_of(read_binding_update(t, d, errors)) + "; ";
      return out;
    case MessageType::bndack:
      for (const OptionRange& t : m.transactions()) out += text_of(read_binding_ack(t, d, errors)) + "; ";
      return out;
    default: return out;
  }
}

inline std::string view_of(const RawMessage& raw, Errors& errors, const Dialect& dialect = draft_12) {
  const Guarded guarded(assemble(raw));
  const auto decoded = decode(guarded.octets());
  return view_of(std::get<Message>(decoded), dialect, errors);
}

}  // namespace twinlease::wire::testing
