#include "impl/wire/decode/line.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "impl/wire/decode/text.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::capture {

namespace {

namespace dhcp4 = wire::dhcp4;

// frame, time, stream, from, to, type, xid. Wider values shift their line; nothing is cut.
constexpr const char* columns = "%6s %-26s %4s %-21s   %-21s %-12s %-8s ";

std::string row(const std::string& frame, const std::string& time, const std::string& stream,
                const std::string& from, const std::string& to, const std::string& type,
                const std::string& xid) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), columns, frame.c_str(), time.c_str(), stream.c_str(), from.c_str(),
                to.c_str(), type.c_str(), xid.c_str());
  return text.data();
}

// "2026-11-22 13:03:31.123456", UTC
std::string time_text(std::int64_t time_ns) {
  const std::time_t seconds = time_ns / 1'000'000'000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M:%S", &tm);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%06d", date.data(),
                static_cast<int>(time_ns / 1000 % 1'000'000));
  return text.data();
}

std::string xid_text(std::uint32_t xid) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08x", xid);
  return text.data();
}

std::string start(const Origin& origin, const std::string& stream, const std::string& type,
                  const std::string& xid) {
  return row(std::to_string(origin.frame), time_text(origin.time_ns), stream, to_string(origin.source),
             to_string(origin.destination), type, xid);
}

// The options that a line is about go without their name.
bool is_plain(std::uint16_t code) {
  switch (wire::OptionCode{code}) {
    case wire::OptionCode::assigned_ip_address:
    case wire::OptionCode::binding_status:
    case wire::OptionCode::server_state: return true;
    default: return false;
  }
}

std::string option_text(const FailoverRecord& record, const wire::OptionSpan& option) {
  std::string value = value_text(option, *record.dialect);
  switch (wire::form_of(option.code, *record.dialect)) {
    case wire::Form::text:
    case wire::Form::reject_reason: value = '"' + value + '"'; break;
    case wire::Form::time:
      if (option.value.size() == 4 && wire::load_u32(option.value) == 0)
        value = "0";  // stands for unknown
      break;
    default: break;
  }
  if (is_plain(option.code)) return value;
  return wire::option_name(option.code, *record.dialect) + "=" + value;
}

std::string wrong(const std::string& text) {
  return " ! " + text;
}

std::string line(const FailoverRecord& record) {
  const wire::Header header = wire::read_header(record.octets).value_or(wire::Header{});
  std::string out = start(record.origin, std::to_string(record.stream),
                          type_name(static_cast<std::uint8_t>(header.type)), xid_text(header.xid));
  if (const wire::Error* error = std::get_if<wire::Error>(&record.decoded))
    return out + std::to_string(record.octets.size()) + " octets" + wrong(wire::to_string(*error));
  const wire::Message& message = std::get<wire::Message>(record.decoded);
  std::string errors;
  std::string_view separator;
  for (const wire::OptionSpan& option : message.options()) {
    const bool next_transaction =
        option.code == static_cast<std::uint16_t>(wire::OptionCode::assigned_ip_address) &&
        !separator.empty();
    out.append(next_transaction ? " | " : separator).append(option_text(record, option));
    separator = " ";
    if (const auto error = error_of(record, option)) errors += wrong(wire::to_string(*error));
  }
  if (message.tail_error()) errors += wrong(wire::to_string(*message.tail_error()));
  return out + errors;
}

std::string line(const AbandonedRecord& record) {
  const wire::Error* error = std::get_if<wire::Error>(&record.reason);
  return start(record.origin, std::to_string(record.stream), "(abandoned)", "") +
         std::to_string(record.octets_given_up) + " octets not decoded since frame " +
         std::to_string(record.since_frame) +
         wrong(error != nullptr ? wire::to_string(*error)
                                : "octet " + std::to_string(record.stream_offset) + ": " +
                                      std::string(text(std::get<Loss>(record.reason))));
}

// What a person looks for in a client's exchange; the rest is in the JSON.
std::string dhcp_option_text(const dhcp4::OptionSpan& option) {
  using dhcp4::OptionCode;
  const bool number = option.value.size() == 4;
  switch (option.code) {
    case OptionCode::requested_ip_address:
    case OptionCode::server_identifier:
      return option_name(option.code) + "=" +
             (number ? to_string(Ipv4{wire::load_u32(option.value)}) : hex(option.value));
    case OptionCode::ip_address_lease_time:
      return option_name(option.code) + "=" +
             (number ? std::to_string(wire::load_u32(option.value)) : hex(option.value));
    case OptionCode::client_identifier:
    case OptionCode::relay_agent_information: return option_name(option.code) + "=" + hex(option.value);
    case OptionCode::host_name:
    case OptionCode::message: return option_name(option.code) + "=\"" + wire::printable(option.value) + '"';
    default: return {};
  }
}

std::string line(const DhcpRecord& record) {
  std::string out;
  if (const dhcp4::Error* error = std::get_if<dhcp4::Error>(&record.decoded)) {
    out = start(record.origin, "", "(malformed)", "") + std::to_string(record.octets.size()) + " octets" +
          wrong(dhcp4::to_string(*error));
  } else {
    const dhcp4::Message& message = std::get<dhcp4::Message>(record.decoded);
    const dhcp4::Header& header = message.header();
    out = start(record.origin, "", type_name(message), xid_text(header.xid)) +
          hex(header.hardware_address(), ":");
    const auto address = [&out](std::string_view name, Ipv4 a) {
      if (a.value != 0) out.append(" ").append(name).append("=").append(to_string(a));
    };
    address("ciaddr", header.ciaddr);
    address("yiaddr", header.yiaddr);
    address("giaddr", header.giaddr);
    if (header.secs != 0) out += " secs=" + std::to_string(header.secs);
    for (const dhcp4::OptionSpan& option : message.options())
      if (const std::string text = dhcp_option_text(option); !text.empty()) out += " " + text;
    for (const dhcp4::Error& each : message.errors()) out += wrong(dhcp4::to_string(each));
  }
  if (record.cut) out += wrong("the capture has only the beginning of the datagram");
  return out;
}

}  // namespace

std::string line_heading() {
  return row("frame", "time (UTC)", "conn", "from", "to", "type", "xid") + "content";
}

std::string to_line(const Record& record) {
  std::string out = std::visit([](const auto& r) { return line(r); }, record);
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

}  // namespace twinlease::capture
