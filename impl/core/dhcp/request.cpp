#include "impl/core/dhcp/request.hpp"

#include <algorithm>

#include "impl/wire/dhcp4_typed.hpp"

namespace twinlease::core {
namespace {

namespace dhcp4 = wire::dhcp4;
using dhcp4::MessageType;
using dhcp4::OptionCode;

// Of one option. It goes into every record and every BNDUPD.
constexpr std::size_t identifier_octets_max = 255;

std::optional<Ipv4> relay_address(const dhcp4::Message& message, std::uint8_t sub_option) {
  const std::optional<std::string> value = option_octets(message, OptionCode::relay_agent_information);
  if (!value) return std::nullopt;
  const auto found = dhcp4::SubOptions(wire::as_octets(*value)).find(sub_option);
  if (!found || found->value.size() != 4) return std::nullopt;
  return Ipv4{wire::load_u32(found->value)};
}

Client client_of(const dhcp4::Message& message) {
  Client client;
  if (dhcp4::client_identifier(message))
    client.identifier = *option_octets(message, OptionCode::client_identifier);
  const Octets address = message.header().hardware_address();
  client.hardware.size = static_cast<std::uint8_t>(address.size());
  if (!address.empty()) client.hardware.type = message.header().htype;
  std::copy(address.begin(), address.end(), client.hardware.octets.begin());
  return client;
}

std::optional<Unusable> read_dhcprequest(Request& request) {
  const auto form = dhcp4::request_form(request.octets);
  if (!form) return Unusable{"a DHCPREQUEST that is in no row of table 4 of RFC 2131"};
  if (*form == dhcp4::RequestForm::renewing_or_rebinding) {
    const bool unicast = request.packet->destination == request.packet->local;
    const bool by_override = request.server_identifier != request.packet->local;  // RFC 5107
    request.message = unicast && (!request.relayed() || by_override) ? ClientMessage::request_renewing
                                                                     : ClientMessage::request_rebinding;
    request.address = request.header().ciaddr;
    return std::nullopt;
  }
  request.message = *form == dhcp4::RequestForm::selecting ? ClientMessage::request_selecting
                                                           : ClientMessage::request_init_reboot;
  request.address = *dhcp4::requested_address(request.octets);
  return std::nullopt;
}

std::optional<Unusable> read_inform(Request& request) {
  request.message = ClientMessage::inform;
  request.address = request.header().ciaddr != Ipv4{} ? request.header().ciaddr : request.packet->source;
  if (request.address == Ipv4{}) return Unusable{"a DHCPINFORM without the client's address"};
  return std::nullopt;
}

std::optional<Unusable> read_message(Request& request) {
  if (dhcp4::is_bootp(request.octets)) {
    request.message = ClientMessage::bootp;
    return std::nullopt;
  }
  const auto type = dhcp4::message_type(request.octets);
  if (!type) return Unusable{"a message type (option 53) that is not one octet"};
  switch (*type) {
    case MessageType::discover:
      request.message = ClientMessage::discover;
      request.address = dhcp4::requested_address(request.octets).value_or(Ipv4{});
      return std::nullopt;
    case MessageType::request: return read_dhcprequest(request);
    case MessageType::decline:
      request.message = ClientMessage::decline;
      request.address = dhcp4::requested_address(request.octets).value_or(Ipv4{});
      if (request.address == Ipv4{}) return Unusable{"a DHCPDECLINE without the address that is declined"};
      return std::nullopt;
    case MessageType::release:
      request.message = ClientMessage::release;
      request.address = request.header().ciaddr;
      if (request.address == Ipv4{}) return Unusable{"a DHCPRELEASE without the address that is released"};
      return std::nullopt;
    case MessageType::inform: return read_inform(request);
    default: return Unusable{"a message type that is not a client's to a server", true};
  }
}

// An option that runs past its field leaves open what the client meant; a missing end does not.
bool broken(const dhcp4::Message& message) {
  return std::ranges::any_of(message.errors(), [](const dhcp4::Error& error) {
    return error.fault == dhcp4::Fault::option_overruns || error.fault == dhcp4::Fault::option_overload;
  });
}

}  // namespace

std::variant<Request, Unusable> read_request(const DhcpPacket& packet) {
  const auto decoded = dhcp4::decode(packet.payload);
  if (const auto* error = std::get_if<dhcp4::Error>(&decoded)) return Unusable{error->text()};
  Request request;
  request.packet = &packet;
  request.octets = std::get<dhcp4::Message>(decoded);
  const dhcp4::Header& header = request.header();
  if (header.op != dhcp4::Op::bootrequest) return Unusable{"not a request of a client", true};
  if (broken(request.octets)) return Unusable{"options that cannot be told apart"};

  request.client = client_of(request.octets);
  if (request.client.none()) return Unusable{"neither a client identifier nor a hardware address"};
  if (request.client.identifier.size() > identifier_octets_max)
    return Unusable{"a client identifier of more than 255 octets"};
  request.server_identifier =
      relay_address(request.octets, dhcp4::sub_option_server_override).value_or(packet.local);
  if (const auto unusable = read_message(request)) return *unusable;

  const auto named = dhcp4::server_identifier(request.octets);
  const bool unicast = packet.destination == packet.local && !request.relayed();
  const bool names_us = named && (*named == request.server_identifier || *named == packet.local);
  request.addressed_to_us = named ? names_us : unicast;
  request.to_other_server = named && !names_us;
  request.lease_time_s = dhcp4::lease_time_s(request.octets);
  return request;
}

Ipv4 link_of(const Request& request) {
  if (const auto link = relay_address(request.octets, wire::dhcp4::sub_option_link_selection)) return *link;
  if (const auto subnet = wire::dhcp4::subnet_selection(request.octets)) return *subnet;
  const wire::dhcp4::Header& header = request.header();
  if (request.relayed()) return header.giaddr;
  if (request.packet->destination == request.packet->local && header.ciaddr != Ipv4{}) return header.ciaddr;
  return request.packet->local;
}

std::optional<std::string> option_octets(const wire::dhcp4::Message& message, wire::dhcp4::OptionCode code) {
  const auto value = message.option(code);
  if (!value) return std::nullopt;
  std::string octets;
  octets.reserve(value->size());
  value->for_each_fragment([&](Octets fragment) { octets += wire::as_text(fragment); });
  return octets;
}

}  // namespace twinlease::core
