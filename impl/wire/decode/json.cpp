#include "impl/wire/decode/json.hpp"

#include <nlohmann/json.hpp>

#include "impl/wire/decode/text.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::capture {

namespace {

namespace dhcp4 = wire::dhcp4;
using Json = nlohmann::ordered_json;  // keys in the order of the format's page

// To the microsecond: a double of this size has no room for more.
double seconds(std::int64_t time_ns) {
  return static_cast<double>(time_ns / 1000) / 1e6;
}

Json start(const Origin& origin, std::optional<std::uint32_t> stream, std::string_view protocol) {
  Json json = {{"frame", origin.frame}};
  if (stream) json["stream"] = *stream;
  json["t"] = seconds(origin.time_ns);
  json["src"] = to_string(origin.source);
  json["dst"] = to_string(origin.destination);
  json["proto"] = protocol;
  return json;
}

std::string_view level_name(wire::Level level) {
  return level == wire::Level::message ? "message" : "option";
}

template <class AnyError>  // wire::Error, dhcp4::Error
Json error_json(const AnyError& error) {
  return {{"level", level_name(error.level)},
          {"offset", error.offset},
          {"clause", error.clause()},
          {"text", error.text()}};
}

Json value_json(const wire::OptionSpan& option, const wire::Dialect& dialect) {
  switch (wire::form_of(option.code, dialect)) {
    case wire::Form::u8:
    case wire::Form::u32:
    case wire::Form::time:
    case wire::Form::flags8:
    case wire::Form::flags16:
    case wire::Form::flags32: {
      const auto value = wire::decode_value(option, dialect);
      if (const wire::Value* decoded = std::get_if<wire::Value>(&value))
        if (const wire::Number* number = std::get_if<wire::Number>(decoded)) return number->value;
      break;
    }
    default: break;
  }
  return value_text(option, dialect);
}

Json option_json(const FailoverRecord& record, const wire::OptionSpan& option) {
  Json json = {{"code", option.code},
               {"name", wire::option_name(option.code, *record.dialect)},
               {"offset", option.offset},
               {"hex", hex(option.value)}};
  const bool readable = std::holds_alternative<wire::Value>(wire::decode_value(option, *record.dialect));
  if (readable) json["value"] = value_json(option, *record.dialect);
  if (const auto error = error_of(record, option)) json["error"] = error_json(*error);
  return json;
}

Json to_object(const FailoverRecord& record) {
  Json json = start(record.origin, record.stream, "failover");
  const wire::Header header =
      wire::read_header(record.octets).value_or(wire::Header{});  // the framer sees to 12 octets
  json["type"] = type_name(static_cast<std::uint8_t>(header.type));
  json["type_code"] = static_cast<unsigned>(header.type);
  json["xid"] = header.xid;
  json["time"] = header.time_s;
  json["payload_offset"] = header.payload_offset;
  json["length"] = header.length;
  json["dialect"] = record.dialect->name;
  json["options"] = Json::array();
  if (const wire::Error* error = std::get_if<wire::Error>(&record.decoded)) {
    json["hex"] = hex(record.octets);
    json["error"] = error_json(*error);
    return json;
  }
  const wire::Message& message = std::get<wire::Message>(record.decoded);
  if (!message.extra_header().empty()) json["extra_header"] = hex(message.extra_header());
  for (const wire::OptionSpan& option : message.options())
    json["options"].push_back(option_json(record, option));
  if (message.tail_error()) {
    json["tail"] = hex(message.tail());
    json["error"] = error_json(*message.tail_error());
  }
  return json;
}

Json to_object(const AbandonedRecord& record) {
  Json json = start(record.origin, record.stream, "failover");
  json["event"] = "abandoned";
  json["since_frame"] = record.since_frame;
  json["stream_offset"] = record.stream_offset;
  json["octets_given_up"] = record.octets_given_up;
  if (const wire::Error* error = std::get_if<wire::Error>(&record.reason)) {
    json["error"] = error_json(*error);
  } else {
    json["error"] = {{"level", "capture"},
                     {"offset", record.stream_offset},
                     {"clause", ""},
                     {"text", text(std::get<Loss>(record.reason))}};
  }
  return json;
}

Json to_object(const DhcpRecord& record) {
  Json json = start(record.origin, std::nullopt, "dhcp");
  json["length"] = record.octets.size();
  if (const dhcp4::Error* error = std::get_if<dhcp4::Error>(&record.decoded)) {
    json["hex"] = hex(record.octets);
    json["error"] = error_json(*error);
    return json;
  }
  const dhcp4::Message& message = std::get<dhcp4::Message>(record.decoded);
  const dhcp4::Header& header = message.header();
  json["type"] = type_name(message);
  json["type_code"] = type_code(message);
  json["op"] = static_cast<unsigned>(header.op);
  json["xid"] = header.xid;
  json["hops"] = header.hops;
  json["secs"] = header.secs;
  json["flags"] = header.flags;
  json["ciaddr"] = to_string(header.ciaddr);
  json["yiaddr"] = to_string(header.yiaddr);
  json["siaddr"] = to_string(header.siaddr);
  json["giaddr"] = to_string(header.giaddr);
  json["htype"] = header.htype;
  json["chaddr"] = hex(header.hardware_address(), ":");
  json["options"] = Json::array();
  for (const dhcp4::OptionSpan& option : message.options()) {
    Json one = {
        {"code", static_cast<unsigned>(option.code)}, {"offset", option.offset}, {"hex", hex(option.value)}};
    if (const dhcp4::OptionSpec* spec = dhcp4::find_option(option.code)) one["name"] = spec->name;
    json["options"].push_back(std::move(one));
  }
  if (!message.errors().empty()) json["error"] = error_json(message.errors().front());
  return json;
}

}  // namespace

std::string to_json(const Record& record) {
  Json json = std::visit([](const auto& r) { return to_object(r); }, record);
  const DhcpRecord* dhcp = std::get_if<DhcpRecord>(&record);
  if (dhcp != nullptr && dhcp->cut)
    json["error"] = {{"level", "capture"},
                     {"offset", dhcp->octets.size()},
                     {"clause", ""},
                     {"text", "the capture has only the beginning of the datagram"}};
  constexpr bool ensure_ascii = true;
  return json.dump(-1, ' ', ensure_ascii, Json::error_handler_t::replace);
}

}  // namespace twinlease::capture
