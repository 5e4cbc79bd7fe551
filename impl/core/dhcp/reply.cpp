#include "impl/core/dhcp/reply.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "impl/core/dhcp/layout.hpp"
#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/dhcp4_writer.hpp"

namespace twinlease::core {
namespace {

namespace dhcp4 = wire::dhcp4;
using dhcp4::MessageType;
using dhcp4::OptionCode;

constexpr Ipv4 broadcast{0xffffffff};
constexpr std::size_t ip_udp_octets = 28;
constexpr std::size_t message_octets_max = 1500 - ip_udp_octets;  // of Ethernet: nothing is fragmented

std::string number(std::uint32_t value, int octets) {
  std::string text;
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}
ReplyOption number(OptionCode code, std::uint32_t value, int octets = 4) {
  return {code, number(value, octets)};
}
std::uint32_t seconds(std::int64_t value) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, dhcp4::infinite_lease_s));
}

// What the protocol itself fills in; configuration has no say in it.
bool of_protocol(OptionCode code) {
  constexpr std::array own = {OptionCode::pad,
                              OptionCode::requested_ip_address,
                              OptionCode::ip_address_lease_time,
                              OptionCode::option_overload,
                              OptionCode::message_type,
                              OptionCode::server_identifier,
                              OptionCode::parameter_request_list,
                              OptionCode::message,
                              OptionCode::maximum_message_size,
                              OptionCode::renewal_time,
                              OptionCode::rebinding_time,
                              OptionCode::client_identifier,
                              OptionCode::relay_agent_information,
                              OptionCode::end};
  return std::ranges::find(own, code) != own.end();
}

const std::string* in(const std::vector<OptionSetting>& options, OptionCode code) {
  const auto found = std::ranges::find(options, static_cast<std::uint8_t>(code),
                                       [](const OptionSetting& o) { return o.code; });
  return found == options.end() ? nullptr : &found->octets;
}

std::optional<std::string> setting(const Settings& settings, OptionCode code) {
  const Reservation* reservation = settings.reservation;
  const std::string* found = reservation == nullptr ? nullptr : in(reservation->options, code);
  if (found == nullptr && reservation != nullptr && code == OptionCode::host_name &&
      !reservation->name.empty())
    return reservation->name;
  if (found == nullptr) found = in(settings.scope.options, code);
  if (found == nullptr) found = in(settings.config.options, code);
  if (found != nullptr) return *found;
  if (code == OptionCode::subnet_mask)
    return number(
        settings.scope.prefix_length == 0 ? 0 : ~std::uint32_t{0} << (32 - settings.scope.prefix_length), 4);
  return std::nullopt;
}

// The options that the client wants, in its order; without a list of it all there are, by code.
std::vector<OptionCode> wanted(const Request& request, const Settings& settings) {
  std::vector<OptionCode> codes;
  if (const auto list = dhcp4::parameter_request_list(request.octets)) {
    list->for_each_fragment([&](Octets fragment) {
      for (const std::uint8_t code : fragment) codes.push_back(OptionCode{code});
    });
    return codes;
  }
  const auto add = [&](const std::vector<OptionSetting>& options) {
    for (const OptionSetting& option : options) codes.push_back(OptionCode{option.code});
  };
  add(settings.config.options);
  add(settings.scope.options);
  if (settings.reservation != nullptr) {
    add(settings.reservation->options);
    codes.push_back(OptionCode::host_name);
  }
  std::ranges::sort(codes);
  return codes;
}

void add_settings(std::vector<ReplyOption>& options, const Request& request, const Settings& settings) {
  std::bitset<256> seen;
  const auto add = [&](OptionCode code) {
    const auto at = static_cast<std::size_t>(code);
    if (seen[at] || of_protocol(code)) return;
    seen[at] = true;
    if (std::optional<std::string> octets = setting(settings, code))
      options.push_back({code, std::move(*octets)});
  };
  add(OptionCode::subnet_mask);  // before any router (RFC 2132 3.3)
  for (const OptionCode code : wanted(request, settings)) add(code);
}

dhcp4::Header header_for(const Request& request, Ipv4 yiaddr) {
  const dhcp4::Header& asked = request.header();
  dhcp4::Header header;
  header.op = dhcp4::Op::bootreply;
  header.htype = asked.htype;
  header.hlen = asked.hlen;
  header.xid = asked.xid;
  header.flags = asked.flags;
  header.yiaddr = yiaddr;
  header.giaddr = asked.giaddr;
  header.chaddr = asked.chaddr;
  return header;
}

std::size_t size_limit(const Request& request) {
  const std::size_t datagram = dhcp4::max_message_size(request.octets).value_or(0);
  return std::clamp(datagram, dhcp4::message_octets_min + ip_udp_octets, message_octets_max + ip_udp_octets) -
         ip_udp_octets;
}

// RFC 2131 4.1; to_client: its address if it can be reached there, else 0.
SendDhcp sent(const Request& request, Ipv4 to_client, Bytes payload) {
  const dhcp4::Header& asked = request.header();
  SendDhcp reply{.interface = request.packet->interface, .source = request.packet->local};
  reply.port = request.relayed() ? dhcp4::server_port : dhcp4::client_port;
  if (request.relayed()) {
    reply.destination = asked.giaddr;
  } else if (to_client == Ipv4{}) {
    reply.destination = broadcast;
  } else {
    reply.destination = to_client;
    if (to_client != asked.ciaddr && to_client != request.packet->source)
      reply.hardware = request.client.hardware;
  }
  reply.payload = std::move(payload);
  return reply;
}

// Where a client that gets that address hears it: where it has been all along, else by its hardware address,
// unless it asks for broadcast or has none.
Ipv4 reach(const Request& request, Ipv4 address) {
  if (request.header().ciaddr != Ipv4{}) return request.header().ciaddr;
  return request.header().broadcast() || request.client.hardware.size == 0 ? Ipv4{} : address;
}

std::vector<ReplyOption> opening(const Request& request, MessageType type) {
  return {number(OptionCode::message_type, static_cast<std::uint8_t>(type), 1),
          number(OptionCode::server_identifier, request.server_identifier.value)};
}

// As it came (RFC 6842).
void add_identifier(std::vector<ReplyOption>& options, const Request& request) {
  if (!request.client.identifier.empty())
    options.push_back({OptionCode::client_identifier, request.client.identifier});
}

// With the relay's option as it came, last (RFC 3046 2.2).
Bytes compose(const Request& request, const dhcp4::Header& header, std::span<const ReplyOption> options,
              std::size_t most) {
  const auto relay = option_octets(request.octets, OptionCode::relay_agent_information);
  return lay_out(header, options, {OptionCode::relay_agent_information, relay.value_or("")}, most);
}

SendDhcp with_lease(const Request& request, const Settings& settings, MessageType type, Ipv4 address,
                    std::int64_t lease_s) {
  std::vector<ReplyOption> options = opening(request, type);
  options.push_back(number(OptionCode::ip_address_lease_time, seconds(lease_s)));
  const bool infinite = seconds(lease_s) == dhcp4::infinite_lease_s;
  options.push_back(number(OptionCode::renewal_time, seconds(infinite ? lease_s : renewal_s(lease_s))));
  options.push_back(number(OptionCode::rebinding_time, seconds(infinite ? lease_s : rebinding_s(lease_s))));
  add_identifier(options, request);
  add_settings(options, request, settings);
  dhcp4::Header header = header_for(request, address);
  if (type == MessageType::ack) header.ciaddr = request.header().ciaddr;
  return sent(request, reach(request, address), compose(request, header, options, size_limit(request)));
}

}  // namespace

SendDhcp offer(const Request& request, const Settings& settings, Ipv4 address, std::int64_t lease_s) {
  return with_lease(request, settings, MessageType::offer, address, lease_s);
}
SendDhcp ack(const Request& request, const Settings& settings, Ipv4 address, std::int64_t lease_s) {
  return with_lease(request, settings, MessageType::ack, address, lease_s);
}

SendDhcp ack_inform(const Request& request, const Settings& settings) {
  std::vector<ReplyOption> options = opening(request, MessageType::ack);
  add_identifier(options, request);
  add_settings(options, request, settings);
  dhcp4::Header header = header_for(request, {});
  header.ciaddr = request.header().ciaddr;
  return sent(request, request.address, compose(request, header, options, size_limit(request)));
}

SendDhcp bootp_reply(const Request& request, const Settings& settings, Ipv4 address) {
  dhcp4::Header header = header_for(request, address);
  header.ciaddr = request.header().ciaddr;
  std::string file = setting(settings, OptionCode::bootfile_name).value_or("");
  if (file.size() < dhcp4::file_octets) header.file = wire::as_octets(file);
  Bytes message(dhcp4::bootp_message_octets);
  if (request.octets.has_cookie()) {
    std::vector<ReplyOption> options;
    add_settings(options, request, settings);
    dhcp4::Writer writer(message, header);
    for (const ReplyOption& option : options)
      if (writer.fits(option.octets.size())) writer.option(option.code, wire::as_octets(option.octets));
    writer.finish();
  } else {
    wire::OctetWriter out(message);
    dhcp4::write_header(out, header);
  }
  return sent(request, reach(request, address), std::move(message));
}

// To everybody: the client must not count on any address (RFC 2131 4.3.2).
SendDhcp nak(const Request& request, std::string_view why) {
  std::vector<ReplyOption> options = opening(request, MessageType::nak);
  options.push_back({OptionCode::message, std::string(why.substr(0, wire::dhcp4::fragment_octets_max))});
  add_identifier(options, request);
  dhcp4::Header header = header_for(request, {});
  if (request.relayed()) header.flags |= dhcp4::broadcast_flag;
  return sent(request, {}, compose(request, header, options, dhcp4::message_octets_min));
}

}  // namespace twinlease::core
