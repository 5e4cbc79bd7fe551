// Everything that the codec can do with one message from the network, and what has to hold whatever the
// octets are.
//
//  1. decode() yields a message or an error of Level::message with an offset inside the octets.
//  2. Options lie one behind the other from options_begin() to the tail; the tail is empty or has an error.
//  3. Leading options, transactions and a trailing message-digest are the options, in order, each once.
//  4. A value is taken apart and put together octet by octet, or its error names its option and offset.
//  5. Every error of a typed view names an option of the message by code and offset.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <variant>
#include <vector>

#include "impl/wire/digest.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/typed.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::wire::testing {

inline bool value_survives(const OptionSpan& option, const Dialect& dialect) {
  const auto decoded = decode_value(option, dialect);
  if (const Error* error = std::get_if<Error>(&decoded))
    return error->level == Level::option && error->option == option.code && error->offset == option.offset;
  std::array<std::uint8_t, message_length_max> buffer;
  MessageWriter writer(buffer, MessageType::contact, 0, 0, draft_12);
  encode_value(writer, option.code, std::get<Value>(decoded));
  const auto written = writer.finish();
  // Header 12, code and length 4: only an option that does not fit behind them cannot be written alone.
  if (std::holds_alternative<Error>(written)) return option.value.size() > message_length_max - 16;
  const Octets octets = std::get<std::span<std::uint8_t>>(written);
  return load_u16(octets, 12) == option.code && std::ranges::equal(octets.subspan(16), option.value);
}

inline bool errors_name_options(const Message& message, const Errors& errors) {
  return std::ranges::all_of(errors.list(), [&](const Error& error) {
    const OptionRange options = message.options();
    return error.level == Level::option && !error.clause().empty() &&
           std::any_of(options.begin(), options.end(), [&](const OptionSpan& option) {
             return option.offset == error.offset && option.code == error.option;
           });
  });
}

inline void read_every_view(const Message& message, const Dialect& dialect, Errors& errors) {
  read_connect(message, dialect, errors);
  read_connectack(message, dialect, errors);
  read_state(message, dialect, errors);
  read_poolresp(message, dialect, errors);
  read_disconnect(message, dialect, errors);
  check_leading(message, dialect, errors);
  for (const OptionRange& transaction : message.transactions()) {
    read_binding_update(transaction, dialect, errors);
    read_binding_ack(transaction, dialect, errors);
  }
}

// What does not hold, or an empty text.
inline std::string exercise(Octets octets, const Dialect& dialect) {
  const auto decoded = decode(octets);
  if (const Error* error = std::get_if<Error>(&decoded)) {
    if (error->level != Level::message || error->option != 0)
      return "1: an error of decode() is one of the message";
    return error->offset <= octets.size() && !to_string(*error).empty() ? "" : "1: offset beyond the octets";
  }
  const Message& message = std::get<Message>(decoded);

  std::vector<std::size_t> in_order;
  std::size_t at = options_begin(message.header());
  for (const OptionSpan& option : message.options()) {
    if (option.offset != at) return "2: options have gaps";
    at += option_header_octets + option.value.size();
    in_order.push_back(option.offset);
    if (!value_survives(option, dialect)) return "4: value changed";
    format_value(option, dialect);
  }
  if (at + message.tail().size() != octets.size()) return "2: octets left over";
  if (message.tail().empty() == message.tail_error().has_value())
    return "2: tail without error, or error without tail";
  if (message.tail_error() && message.tail_error()->offset != at) return "2: offset of the tail";

  std::vector<std::size_t> split;
  const TransactionRange transactions = message.transactions();
  for (const OptionSpan& option : transactions.leading()) split.push_back(option.offset);
  for (const OptionRange& transaction : transactions) {
    if ((*transaction.begin()).code != 2) return "3: a transaction begins with assigned-IP-address";
    for (const OptionSpan& option : transaction) split.push_back(option.offset);
  }
  if (split.size() + 1 == in_order.size() && load_u16(octets, in_order.back()) == 17)
    split.push_back(in_order.back());
  if (split != in_order) return "3: transactions lose or repeat options";

  Errors errors;
  read_every_view(message, dialect, errors);
  if (!errors_name_options(message, errors)) return "5: error without its option";
  verify(message, as_octets("secret"), dialect.digest_type, dialect.digest_scheme);
  return "";
}

}  // namespace twinlease::wire::testing
