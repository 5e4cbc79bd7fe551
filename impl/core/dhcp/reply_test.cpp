#include "impl/core/dhcp/reply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "impl/core/dhcp/testing/dhcp_fixture.hpp"

namespace twinlease::core {
namespace {

using namespace testing;  // NOLINT: of this test
using ::testing::ElementsAre;
using ::testing::SizeIs;

Config with_options() {
  Config config = two_scopes();
  config.options = {
      {.code = 6, .octets = "serv"}, {.code = 15, .octets = "example"}, {.code = 51, .octets = "liar"}};
  config.scopes[0].options = {{.code = 3, .octets = "gate"}, {.code = 15, .octets = "office"}};
  config.scopes[0].reservations[0].options = {{.code = 15, .octets = "mine"}};
  return config;
}

std::vector<int> codes(const dhcp4::Message& message) {
  std::vector<int> all;
  for (const dhcp4::OptionSpan& option : message.options()) all.push_back(static_cast<int>(option.code));
  return all;
}

TEST(Reply, GivesTheOptionsAskedForInTheirOrder) {
  Fixture f(with_options());
  const auto offers =
      f.send({.client = 1, .options = {{55, {15, 6, 99, 3, 51, 15}}, {61, "id"}, {82, "\x01\x01x"}}});
  EXPECT_THAT(codes(offers[0].message()), ElementsAre(53, 54, 51, 58, 59, 61, 1, 15, 6, 3, 82));
  EXPECT_EQ(offers[0].option(OptionCode::domain_name), "office");
  EXPECT_EQ(offers[0].option(OptionCode::client_identifier), "id");
  EXPECT_EQ(offers[0].option(OptionCode::subnet_mask), std::string({'\xff', '\xff', '\xff', 0}));
  EXPECT_EQ(offers[0].lease_s(), 8000u) << "configuration has no say in it";
}

TEST(Reply, WithoutAListGivesAllThatIsConfigured) {
  Fixture f(with_options());
  EXPECT_THAT(codes(f.send({.client = 1})[0].message()), ElementsAre(53, 54, 51, 58, 59, 1, 3, 6, 15));
  EXPECT_EQ(f.send({.client = 50})[0].option(OptionCode::domain_name), "mine");
}

TEST(Reply, FindsItsWay) {  // RFC 2131 4.1
  Fixture f;
  const SendDhcp direct = f.send({.client = 1})[0].sent;
  EXPECT_EQ(direct.destination, at(10));
  EXPECT_EQ(direct.hardware, client(1).hardware);
  EXPECT_EQ(direct.interface, 3u);
  EXPECT_EQ(direct.source, ours);
  EXPECT_EQ(direct.port, dhcp4::client_port);
  const SendDhcp to_all = f.send({.client = 2, .broadcast_flag = true})[0].sent;
  EXPECT_EQ(to_all.destination, testing::broadcast);
  EXPECT_EQ(to_all.hardware.size, 0);
  f.put(at(12), BindingStatus::active, 9);
  const Reply refused = f.send(Fixture::reboot(1, at(12)))[0];
  EXPECT_EQ(refused.sent.destination, testing::broadcast);
  EXPECT_EQ(refused.message().header().yiaddr, Ipv4{});
  EXPECT_FALSE(refused.message().header().broadcast());
  Ask relayed = Fixture::reboot(1, at(12));
  relayed.giaddr = at(254);
  EXPECT_EQ(f.send(relayed)[0].sent.destination, at(254));
  EXPECT_TRUE(f.send(relayed)[0].message().header().broadcast()) << "the relay is to broadcast it";
}

Config with_large_options() {
  Config config = two_scopes();
  for (std::uint8_t code = 224; code < 232; ++code)
    config.options.push_back({.code = code, .octets = std::string(60, static_cast<char>(code))});
  config.options.push_back({.code = 240, .octets = std::string(400, 'x')});
  return config;
}

TEST(Reply, UsesFileAndSnameWhenOptionsAreMany) {  // RFC 2132 9.3
  Fixture f(with_large_options());
  const Reply offer = f.send({.client = 1, .options = {{82, std::string(20, 'r')}}})[0];
  EXPECT_LE(offer.sent.payload.size(), dhcp4::message_octets_min);
  EXPECT_EQ(offer.option(OptionCode::option_overload), "\x03");
  EXPECT_TRUE(offer.message().errors().empty());
  int large = 0;
  for (const int code : codes(offer.message())) large += code >= 224 && code < 232;
  EXPECT_EQ(large, 7) << "four in the options field, two in file, one in sname";
  EXPECT_EQ(offer.option(OptionCode::relay_agent_information), std::string(20, 'r'));
  EXPECT_EQ(offer.option(OptionCode{240}), "(none)");
}

TEST(Reply, IsAsLargeAsTheClientSaysItMayBe) {
  Fixture f(with_large_options());
  const auto size = [&](char high, char low) {
    const Reply offer = f.send({.client = 1, .options = {{57, {high, low}}}})[0];
    EXPECT_TRUE(offer.message().errors().empty());
    return offer.sent.payload.size();
  };
  EXPECT_GT(size(5, '\xdc'), 1000u);
  EXPECT_LE(size(0, 100), dhcp4::message_octets_min) << "every client takes 576";
  const Reply whole = f.send({.client = 1, .options = {{57, {5, '\xdc'}}}})[0];
  EXPECT_EQ(whole.option(OptionCode{240}), std::string(400, 'x')) << "in fragments (RFC 3396)";
  EXPECT_EQ(whole.option(OptionCode::option_overload), "(none)");
}

}  // namespace
}  // namespace twinlease::core
