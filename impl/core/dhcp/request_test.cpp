#include "impl/core/dhcp/request.hpp"

#include <gtest/gtest.h>

#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test

// Keeps the octets that the request is a view of.
struct Received {
  explicit Received(const Ask& ask) : octets(octets_of(ask)) { read(ask.destination, ask.ciaddr); }
  explicit Received(Bytes raw) : octets(std::move(raw)) { read(testing::broadcast, {}); }
  void read(Ipv4 destination, Ipv4 source) {
    packet = {.local = ours, .source = source, .destination = destination, .payload = octets};
    result = read_request(packet);
  }
  const Request& request() const { return std::get<Request>(result); }
  bool usable() const { return std::holds_alternative<Request>(result); }
  bool foreign() const { return std::get<Unusable>(result).foreign; }

  Bytes octets;
  DhcpPacket packet;
  std::variant<Request, Unusable> result;
};

ClientMessage form(const Ask& ask) {
  return Received(ask).request().message;
}

TEST(Request, TellsTheFormsApart) {  // RFC 2131 table 4
  EXPECT_EQ(form({}), ClientMessage::discover);
  EXPECT_EQ(form({.type = std::nullopt}), ClientMessage::bootp);
  EXPECT_EQ(form(Fixture::selecting(1, at(10))), ClientMessage::request_selecting);
  EXPECT_EQ(form(Fixture::reboot(1, at(10))), ClientMessage::request_init_reboot);
  Ask renew = Fixture::renewing(1, at(10));
  EXPECT_EQ(form(renew), ClientMessage::request_renewing);
  renew.destination = testing::broadcast;
  EXPECT_EQ(form(renew), ClientMessage::request_rebinding);
  renew.destination = ours;
  renew.giaddr = at(254);
  EXPECT_EQ(form(renew), ClientMessage::request_rebinding) << "relays forward broadcasts";
  renew.options = {{82, {11, 4, 10, 77, 1, 99}}};
  EXPECT_EQ(form(renew), ClientMessage::request_renewing) << "but for one that stands in for the server";
}

TEST(Request, KnowsWhomItIsAddressedTo) {
  EXPECT_TRUE(Received(Fixture::selecting(1, at(10))).request().addressed_to_us);
  Ask other = Fixture::selecting(1, at(10));
  other.server = at(2);
  EXPECT_FALSE(Received(other).request().addressed_to_us);
  EXPECT_TRUE(Received(other).request().to_other_server);
  EXPECT_TRUE(Received(Fixture::renewing(1, at(10))).request().addressed_to_us);
  EXPECT_FALSE(Received(Ask{}).request().addressed_to_us);
  EXPECT_FALSE(Received(Ask{}).request().to_other_server);

  other.server = at(99);
  other.giaddr = at(254);
  other.options = {{82, {11, 4, 10, 77, 1, 99}}};
  EXPECT_TRUE(Received(other).request().addressed_to_us)
      << "the identifier that the relay gave us (RFC 5107)";
  EXPECT_EQ(Received(other).request().server_identifier, at(99));
}

TEST(Request, AClientIsItsIdentifierOrItsHardwareAddress) {
  EXPECT_EQ(Received(Ask{.client = 7}).request().client, client(7));
  const Received named(Ask{.options = {{61, "abc"}}});
  EXPECT_EQ(named.request().client.identifier, "abc");
  const Received in_pieces(Ask{.options = {{61, "abc"}, {12, "x"}, {61, "def"}}});
  EXPECT_EQ(in_pieces.request().client.identifier, "abcdef") << "RFC 3396";
  EXPECT_TRUE(Received(Ask{.options = {{61, std::string(255, 'x')}}}).usable());
  EXPECT_FALSE(Received(Ask{.options = {{61, std::string(256, 'x')}}}).usable());
  Bytes nobody = octets_of({});
  nobody[2] = 0;  // hlen
  EXPECT_FALSE(Received(nobody).usable());
}

TEST(Request, WhatIsNotForAServerIsForeign) {
  EXPECT_TRUE(Received(Ask{.type = MessageType::offer}).foreign());
  Bytes reply = octets_of({});
  reply[0] = 2;
  EXPECT_TRUE(Received(reply).foreign());
}

TEST(Request, WhatIsBrokenIsNotUsable) {
  Bytes overrun = octets_of({});
  overrun.resize(241);
  overrun[240] = 53;
  for (const Received& broken :
       {Received(Bytes(200)), Received(overrun), Received(Ask{.type = MessageType::request}),
        Received(Ask{.type = MessageType::decline}), Received(Ask{.type = MessageType::release}),
        Received(Ask{.type = MessageType::inform}),
        Received(Ask{.type = std::nullopt, .options = {{53, "ab"}}})}) {
    ASSERT_FALSE(broken.usable());
    EXPECT_FALSE(broken.foreign());
  }
}

TEST(Request, TheClientsNetworkIsKnownBy) {
  const auto link = [](const Ask& ask) { return link_of(Received(ask).request()); };
  EXPECT_EQ(link({}), ours);
  EXPECT_EQ(link(Fixture::renewing(1, at(10, 2))), at(10, 2));
  EXPECT_EQ(link({.giaddr = at(254, 2)}), at(254, 2));
  EXPECT_EQ(link({.giaddr = at(254, 2), .options = {{118, {10, 77, 3, 0}}}}), at(0, 3));
  EXPECT_EQ(link({.giaddr = at(254, 2), .options = {{118, {10, 77, 3, 0}}, {82, {5, 4, 10, 77, 4, 0}}}}),
            at(0, 4));
  EXPECT_EQ(link({.giaddr = at(254, 2), .options = {{82, {5, 3, 10, 77, 4}}}}), at(254, 2)) << "no address";
}

}  // namespace
}  // namespace twinlease::core
