// A client's datagram read into a value: who asks for what. (RFC 2131 4.3, table 4; RFC 951)
//
// A Request is a view of the datagram and lives as long as its octets. Not checked here: whether the address
// is one that this server knows, and whose it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "impl/core/io.hpp"
#include "impl/core/rules.hpp"
#include "impl/wire/dhcp4.hpp"

namespace twinlease::core {

struct Request {
  ClientMessage message{};
  const DhcpPacket* packet = nullptr;
  wire::dhcp4::Message octets;
  Client client;
  Ipv4 server_identifier;        // what this server calls itself to that client: option 54 of its replies
  bool to_other_server = false;  // it names another server
  bool addressed_to_us = false;  // it names this one, or was sent to its address
  Ipv4 address;                  // that it is about: requested, declined, or the client's own; 0: none
  std::optional<std::uint32_t> lease_time_s;  // option 51

  const wire::dhcp4::Header& header() const { return octets.header(); }
  bool relayed() const { return header().giaddr != Ipv4{}; }
};

// Why a datagram cannot be answered: a sentence. A message that is well-formed and no business of a server is
// `foreign`; the others are broken.
struct Unusable {
  std::string_view why;
  bool foreign = false;
};

std::variant<Request, Unusable> read_request(const DhcpPacket&);

// The address by which the client's network is known: sub-option link selection of the relay (RFC 3527),
// subnet selection (RFC 3011), the relay's own address, the client's address in what it sends to this server
// directly, and else the address of the interface.
Ipv4 link_of(const Request&);

// A whole option, its fragments put together; none: it is missing.
std::optional<std::string> option_octets(const wire::dhcp4::Message&, wire::dhcp4::OptionCode);

}  // namespace twinlease::core
