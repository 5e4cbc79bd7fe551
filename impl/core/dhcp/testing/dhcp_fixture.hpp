// A DHCP server with a disk that stores at once, its clients' messages, and what it answered: for tests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "impl/core/dhcp/dhcp_server.hpp"
#include "impl/core/dhcp/request.hpp"
#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/dhcp4_writer.hpp"

namespace twinlease::core::testing {

namespace dhcp4 = wire::dhcp4;
using dhcp4::MessageType;
using dhcp4::OptionCode;

// 10.77.net.host
constexpr Ipv4 at(std::uint32_t host, std::uint32_t net = 1) {
  return {0x0a4d0000 + (net << 8) + host};
}
constexpr Ipv4 ours = at(1);
constexpr Ipv4 broadcast{0xffffffff};

inline Client client(std::uint8_t number) {
  return {.hardware = {.type = 1, .size = 6, .octets = {2, 0, 0, 0, 0, number}}};
}

// The scopes of 10.77.1.0/24 and 10.77.2.0/24; in the first, .10 to .19 without .15, and .50 for client 50.
inline Config two_scopes() {
  Config config;
  config.name = "test";
  config.probe_ms = 0;
  Scope office{
      .name = "office", .subnet = at(0), .ranges = {{at(10), at(19)}}, .exclusions = {{at(15), at(15)}}};
  office.lease_time_s = 8000;
  office.reservations.push_back({.address = at(50), .client = client(50), .name = "printer"});
  config.scopes = {office, Scope{.name = "lab", .subnet = at(0, 2), .ranges = {{at(10, 2), at(12, 2)}}}};
  config.scopes[1].lease_time_s = 600;
  return config;
}

struct Ask {  // a client's message, as its fields
  std::uint8_t client = 1;
  std::optional<MessageType> type = MessageType::discover;
  std::uint32_t xid = 1;
  Ipv4 ciaddr, giaddr;
  std::optional<Ipv4> requested, server;
  std::uint16_t secs = 0;
  bool broadcast_flag = false;
  Ipv4 destination = broadcast;
  std::vector<std::pair<std::uint8_t, std::string>> options;  // after those
};

inline Bytes octets_of(const Ask& ask) {
  Bytes buffer(1400);
  const Client who = client(ask.client);
  dhcp4::Header header;
  header.xid = ask.xid;
  header.secs = ask.secs;
  header.flags = ask.broadcast_flag ? dhcp4::broadcast_flag : std::uint16_t{0};
  header.ciaddr = ask.ciaddr;
  header.giaddr = ask.giaddr;
  header.chaddr = Octets(who.hardware.octets).first(6);
  dhcp4::Writer writer(buffer, header);
  if (ask.type) writer.message_type(*ask.type);
  if (ask.requested) writer.ipv4(OptionCode::requested_ip_address, *ask.requested);
  if (ask.server) writer.ipv4(OptionCode::server_identifier, *ask.server);
  for (const auto& [code, value] : ask.options) writer.text(OptionCode{code}, value);
  const auto written = std::get<std::span<std::uint8_t>>(writer.finish());
  return Bytes(written.begin(), written.end());
}

// One answer, decoded; views into `sent`.
struct Reply {
  SendDhcp sent;
  dhcp4::Message message() const { return std::get<dhcp4::Message>(dhcp4::decode(sent.payload)); }
  MessageType type() const { return dhcp4::message_type(message()).value_or(MessageType{}); }
  Ipv4 address() const { return message().header().yiaddr; }
  std::uint32_t lease_s() const { return dhcp4::lease_time_s(message()).value_or(0); }
  std::string option(OptionCode code) const { return option_octets(message(), code).value_or("(none)"); }
};

class Fixture {
 public:
  explicit Fixture(Config c = two_scopes())
      : config(std::move(c)), ledger(config, 1), server(ledger, [this](ScopeIndex scope) {
          return ScopeStanding{shared.contains(scope) ? standing : Standing(), &rules};
        }) {
    ledger.set_now(now);
  }

  // Handles the octets and returns what is sent to clients in the end.
  std::vector<Reply> receive(const Bytes& octets, Ipv4 destination = broadcast, Ipv4 source = {}) {
    DhcpPacket packet{
        .interface = 3, .local = ours, .source = source, .destination = destination, .payload = octets};
    return run([&] { server.handle(packet); });
  }
  std::vector<Reply> send(const Ask& ask) { return receive(octets_of(ask), ask.destination, ask.ciaddr); }
  std::vector<Reply> probed(Ipv4 address, bool in_use) {
    return run([&] { server.on_probe({address, in_use}); });
  }
  std::vector<Reply> tick() {
    return run([&] { server.on_tick(); });
  }
  // Lets time pass, with every tick that falls due.
  std::vector<Reply> wait(std::int64_t seconds) {
    std::vector<Reply> all;
    const Milliseconds until_ms = now.monotonic_ms + seconds * 1000;
    for (;;) {
      const Milliseconds next_ms = std::max(server.next_deadline(), now.monotonic_ms + 1);
      const Milliseconds to_ms = std::min(next_ms, until_ms);
      now = {now.wall_s + (now.monotonic_ms % 1000 + to_ms - now.monotonic_ms) / 1000, to_ms};
      if (next_ms > until_ms) break;
      for (Reply& reply : tick()) all.push_back(std::move(reply));
    }
    ledger.set_now(now);
    return all;
  }

  // The four messages; what was acknowledged.
  std::optional<Ipv4> lease(std::uint8_t number, std::optional<Ipv4> requested = {}) {
    const auto offers = send({.client = number, .requested = requested});
    if (offers.empty()) return std::nullopt;
    const auto acks = send(selecting(number, offers[0].address()));
    return acks.empty() || acks[0].type() != MessageType::ack ? std::nullopt
                                                              : std::optional(acks[0].address());
  }
  static Ask selecting(std::uint8_t number, Ipv4 address) {
    return {.client = number, .type = MessageType::request, .xid = 2, .requested = address, .server = ours};
  }
  static Ask reboot(std::uint8_t number, Ipv4 address) {
    return {.client = number, .type = MessageType::request, .xid = 3, .requested = address};
  }
  static Ask renewing(std::uint8_t number, Ipv4 address) {
    return {.client = number, .type = MessageType::request, .xid = 4, .ciaddr = address, .destination = ours};
  }
  const Lease& record(Ipv4 address) const { return *ledger.book().find(address); }
  void put(Ipv4 address, BindingStatus status, std::uint8_t number, std::int64_t left_s = 1000) {
    Lease lease = record(address);
    lease.status = status;
    lease.client = client(number);
    lease.lease_expiration_s = now.wall_s + left_s;
    ledger.loading().put(lease);
  }
  template <class Kind>
  std::vector<Kind> told() const {
    std::vector<Kind> found;
    for (const Output& output : outputs)
      if (const auto* kind = std::get_if<Kind>(&output)) found.push_back(*kind);
    return found;
  }
  // Of the last input.
  std::optional<int> audit() const {
    const auto lines = told<Audit>();
    return lines.empty() ? std::nullopt : std::optional(lines.back().id);
  }
  // The scope is of a relationship, in NORMAL; this server is the primary and serves every bucket.
  void share(ScopeIndex scope) {
    standing.config = &relationship;
    standing.state = standing.partner_state = State::normal;
    standing.communications_ok = true;
    standing.mclt_s = 3600;
    standing.buckets.fill(0xff);
    shared.insert(scope);
  }

  Config config;
  Rules rules = draft_rules;  // a test may replace one
  RelationshipConfig relationship;
  Standing standing;
  std::set<ScopeIndex> shared;
  Now now{1'000'000, 5'000'000};
  Ledger ledger;
  DhcpServer server;
  Outputs outputs;          // of the last input, before it was stored
  bool storing = true;      // false: batches stay unanswered
  std::size_t records = 0;  // stored so far

 private:
  template <class Input>
  std::vector<Reply> run(Input input) {
    ledger.set_now(now);
    outputs.clear();
    input();
    ledger.journal().seal(now, outputs);
    Outputs said;
    for (const Output& output : outputs) {
      if (const auto* batch = std::get_if<StoreBatch>(&output)) records += batch->records.size();
      if (std::holds_alternative<SendDhcp>(output)) said.push_back(output);
    }
    if (storing) ledger.journal().stored(ledger.journal().last_batch(), now, said);
    std::vector<Reply> replies;
    for (const Output& output : said) replies.push_back({std::get<SendDhcp>(output)});
    return replies;
  }
};

}  // namespace twinlease::core::testing
