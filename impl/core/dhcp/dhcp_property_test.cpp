// What holds whatever clients do, and whatever octets come.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <tuple>

#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test

struct Act {
  int what = 0, client = 0, address = 0, detail = 0;
};

std::ostream& operator<<(std::ostream& out, const Act& act) {
  return out << '{' << act.what << ", client " << act.client << ", address " << act.address << ", "
             << act.detail << '}';
}

rc::Gen<Act> acts() {
  return rc::gen::build<Act>(
      rc::gen::set(&Act::what, rc::gen::inRange(0, 12)),
      rc::gen::set(&Act::client, rc::gen::element(1, 2, 3, 4, 50)),
      rc::gen::set(&Act::address,
                   rc::gen::weightedOneOf<int>({{2, rc::gen::inRange(0, 2)}, {1, rc::gen::inRange(0, 9)}})),
      rc::gen::set(&Act::detail, rc::gen::inRange(0, 100)));
}

// What the clients believe, from the replies alone.
class Clients {
 public:
  explicit Clients(Fixture& f) : f_(f) {}

  void act(const Act& act) {
    const auto who = static_cast<std::uint8_t>(act.client);
    const Ipv4 address = addresses[static_cast<std::size_t>(act.address)];
    switch (act.what) {
      case 0: f_.wait(act.detail); return;
      case 1: f_.wait(act.detail * 100); return;
      case 2: f_.ledger.journal().failed(); return;  // until something is stored
      case 3:
        return tell(who, {.client = who,
                          .type = MessageType::release,
                          .ciaddr = address,
                          .server = ours,
                          .destination = ours});
      case 4:
        return tell(who, {.client = who, .type = MessageType::decline, .requested = address, .server = ours});
      case 5:
      case 6: return discover(who, address, act.detail);
      case 7: return tell(who, Fixture::reboot(who, address));
      case 8: return tell(who, Fixture::renewing(who, address));
      case 9: return tell(who, {.client = who, .type = MessageType::request, .xid = 5, .ciaddr = address});
      case 10: {
        std::vector<Reply> replies = f_.probed(address, act.detail % 2 == 0);
        for (const Reply& reply : replies) heard(reply);
        return;
      }
      default: return tell(who, Fixture::selecting(who, address));
    }
  }

 private:
  struct Held {
    std::uint8_t client = 0;
    Seconds until_s = 0;
  };

  void discover(std::uint8_t who, Ipv4 address, int detail) {
    const auto offers =
        f_.send({.client = who, .xid = static_cast<std::uint32_t>(detail), .requested = address});
    for (const Reply& reply : offers) {
      heard(reply);
      tell(who, Fixture::selecting(who, reply.address()));
    }
  }

  void tell(std::uint8_t who, const Ask& ask) {
    const Ipv4 address = ask.requested.value_or(ask.ciaddr);
    const bool over = ask.type == MessageType::release || ask.type == MessageType::decline;
    if (over && held_[address].client == who) held_[address] = {};
    for (const Reply& reply : f_.send(ask)) {
      heard(reply);
      if (reply.type() == MessageType::nak) RC_ASSERT(!holds(address, who) || in_lab(address));
    }
  }

  // The client is the one that the reply names: a probe's end may answer somebody else.
  void heard(const Reply& reply) {
    if (reply.type() != MessageType::offer && reply.type() != MessageType::ack) return;
    const auto who = reply.message().header().chaddr[5];
    const Ipv4 address = reply.address();
    RC_ASSERT(leasable(address));
    RC_ASSERT(address != at(50) || who == 50);
    const Held& held = held_[address];
    RC_ASSERT(held.client == who || held.until_s <= f_.now.wall_s);
    if (reply.type() != MessageType::ack) return;
    RC_ASSERT(f_.record(address).lease_expiration_s >= f_.now.wall_s + reply.lease_s());
    held_[address] = {who, f_.now.wall_s + reply.lease_s()};
  }

  bool holds(Ipv4 address, std::uint8_t who) {
    return held_[address].client == who && held_[address].until_s > f_.now.wall_s;
  }
  static bool in_lab(Ipv4 address) { return address >= at(0, 2); }
  static bool leasable(Ipv4 address) {
    return (address >= at(10) && address <= at(19) && address != at(15)) || address == at(50) ||
           (address >= at(10, 2) && address <= at(12, 2));
  }

  static constexpr Ipv4 addresses[] = {at(10), at(11),  at(12),    at(19),  at(15),
                                       at(50), at(200), at(10, 2), at(1, 9)};
  Fixture& f_;
  std::map<Ipv4, Held> held_;
};

void play(Config config, bool shared) {
  Fixture f(std::move(config));
  if (shared) f.share(0);
  // Of addresses that nobody holds: the server itself has to see that somebody does.
  f.rules.may_allocate = [](const Standing&, const LeaseQuestion&) { return Answer{true, "anything"}; };
  Clients clients(f);
  for (const Act& act : *rc::gen::container<std::vector<Act>>(acts())) clients.act(act);
}

RC_GTEST_PROP(DhcpProperty, NoTwoClientsHoldAnAddress, ()) {
  Config config = two_scopes();
  config.decline_hold_s = 600;
  config.scopes[0].lease_time_s = 60;
  config.scopes[0].delete_grace_s = *rc::gen::element(0, 70);
  play(config, *rc::gen::arbitrary<bool>());
}

RC_GTEST_PROP(DhcpProperty, NoTwoClientsHoldAnAddressThatIsProbed, ()) {
  Config config = two_scopes();
  config.decline_hold_s = 600;
  config.probe_ms = 500;
  play(config, *rc::gen::arbitrary<bool>());
}

// ---- octets

std::vector<Ask> samples() {
  const std::string relay = {1, 2, 'x', 'y', 5, 4, 10, 77, 2, 0};
  return {
      {.client = 1, .options = {{55, "\x01\x03\x06\x0f"}, {57, "\x05\xdc"}, {61, "id"}, {82, relay}}},
      {.client = 50, .type = std::nullopt},
      Fixture::selecting(1, at(10)),
      Fixture::reboot(2, at(11)),
      Fixture::renewing(1, at(10)),
      {.client = 1, .type = MessageType::release, .ciaddr = at(10), .server = ours, .destination = ours},
      {.client = 1, .type = MessageType::decline, .requested = at(10), .server = ours},
      {.client = 1, .type = MessageType::inform, .ciaddr = at(99), .options = {{12, "host"}, {81, "fq"}}}};
}

RC_GTEST_PROP(DhcpProperty, WhateverOctetsComeEveryReplyIsWellFormed, ()) {
  Config config = two_scopes();
  config.options = {{.code = 6, .octets = std::string(200, 'd')},
                    {.code = 15, .octets = std::string(300, 'n')}};
  config.probe_ms = *rc::gen::element(0, 500);
  Fixture f(config);
  if (*rc::gen::arbitrary<bool>()) f.share(0);
  const auto count = *rc::gen::inRange(1, 30);
  for (int i = 0; i < count; ++i) {
    const Ask ask = *rc::gen::elementOf(samples());
    Bytes octets = octets_of(ask);
    const auto changes = *rc::gen::container<std::vector<std::pair<std::uint16_t, std::uint8_t>>>(
        rc::gen::pair(rc::gen::inRange<std::uint16_t>(0, 330), rc::gen::arbitrary<std::uint8_t>()));
    for (const auto& [place, value] : changes)
      if (place < octets.size()) octets[place] = value;
    octets.resize(*rc::gen::weightedOneOf<std::size_t>(
        {{3, rc::gen::just(octets.size())}, {1, rc::gen::inRange<std::size_t>(0, 400)}}));
    std::vector<Reply> replies = f.receive(octets, ask.destination, ask.ciaddr);
    for (Reply& late : f.wait(*rc::gen::inRange(0, 3))) replies.push_back(std::move(late));
    for (const Reply& reply : replies) {
      RC_ASSERT(reply.sent.payload.size() <= 1472u);
      RC_ASSERT(reply.sent.payload.size() >= dhcp4::bootp_message_octets);
      RC_ASSERT(reply.message().header().op == dhcp4::Op::bootreply);
      if (reply.message().has_cookie()) RC_ASSERT(reply.message().errors().empty());
    }
  }
}

}  // namespace
}  // namespace twinlease::core
