#include "impl/net/failover_net.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace twinlease::net {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::uint16_t free_port(boost::asio::io_context& context) {
  const tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  return acceptor.local_endpoint().port();
}

// One side on 127.0.0.1, and what it reported, as lines.
struct Side {
  boost::asio::io_context context;
  NetCounters counters;
  std::vector<std::string> lines;
  core::ConnectionId last = 0;
  FailoverNet net{context, [this](const core::Input& input) { report(input); }, counters};
  core::RelationshipConfig relationship{
      .name = "pair", .local_address = "127.0.0.1", .partner_address = "127.0.0.9"};

  Side() {
    relationship.local_port = free_port(context);
    net.configure({relationship}, 2);
  }
  void report(const core::Input& input) {
    if (const auto* up = std::get_if<core::ConnectionUp>(&input)) {
      last = up->connection;
      lines.push_back("up " + up->relationship);
    } else if (const auto* down = std::get_if<core::ConnectionDown>(&input)) {
      lines.push_back("down " + down->reason);
    } else if (const auto* octets = std::get_if<core::ConnectionOctets>(&input)) {
      lines.push_back("octets " + std::string(wire::as_text(octets->octets)));
    } else if (const auto* failed = std::get_if<core::ConnectionFailed>(&input)) {
      lines.push_back("failed " + failed->relationship + ' ' + failed->reason);
    }
  }
  // Runs until there are so many lines, or nothing has come for two seconds.
  void until(std::size_t count) {
    while (lines.size() < count && context.run_one_for(std::chrono::seconds(2)) > 0) {
    }
  }
  tcp::socket stranger() {
    tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), relationship.local_port});
    return socket;
  }
};

core::Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(FailoverNet, CarriesOctetsBothWaysAndReportsTheEnd) {
  Side side;
  tcp::socket partner = side.stranger();
  boost::asio::write(partner, boost::asio::buffer("hello", 5));
  side.until(2);
  EXPECT_THAT(side.lines, ElementsAre("up ", "octets hello"));
  side.net.send({side.last, bytes("one ")});
  side.net.send({side.last, bytes("two")});
  side.net.close({side.last});
  side.net.send({side.last, bytes("never")});
  side.until(3);
  std::string got;
  boost::system::error_code end;
  boost::asio::read(partner, boost::asio::dynamic_buffer(got), end);
  EXPECT_EQ(got, "one two");
  EXPECT_THAT(side.lines, ElementsAre("up ", "octets hello", "down closed here"));
  EXPECT_EQ(side.net.connections(), 0U);
}

TEST(FailoverNet, ReportsThatThePartnerClosed) {
  Side side;
  {
    const tcp::socket partner = side.stranger();
  }
  side.until(2);
  EXPECT_THAT(side.lines, ElementsAre("up ", "down the partner closed it"));
}

TEST(FailoverNet, ConnectsToThePartnerOrSaysWhyNot) {
  Side side, other;
  side.relationship.partner_address = "127.0.0.1";
  side.relationship.partner_port = other.relationship.local_port;
  side.net.configure({side.relationship}, 2);
  side.net.connect({"pair"});
  side.until(1);
  EXPECT_THAT(side.lines, ElementsAre("up pair"));
  side.relationship.partner_port = free_port(side.context);
  side.net.configure({side.relationship}, 2);
  side.net.connect({"pair"});
  side.until(2);
  EXPECT_THAT(side.lines.back(), HasSubstr("failed pair 127.0.0.1:"));
  side.net.connect({"removed"});
  EXPECT_EQ(side.lines.size(), 2U);
}

TEST(FailoverNet, StrangersNeverKeepAPartnerOut) {
  Side side;
  std::vector<tcp::socket> strangers;
  for (int i = 0; i < 5; ++i) strangers.push_back(side.stranger());
  side.until(5);
  EXPECT_EQ(side.net.connections(), 2U);
  EXPECT_EQ(side.counters.connections_refused, 3U);
  tcp::socket partner(side.context);
  partner.open(tcp::v4());
  partner.bind({boost::asio::ip::make_address("127.0.0.9"), 0});
  partner.connect({boost::asio::ip::make_address("127.0.0.1"), side.relationship.local_port});
  side.until(3);
  EXPECT_EQ(side.net.connections(), 3U);
}

TEST(FailoverNet, APartnerThatDoesNotReadIsDropped) {
  Side side;
  const tcp::socket partner = side.stranger();
  side.until(1);
  for (int i = 0; i < 40; ++i) side.net.send({side.last, core::Bytes(1 << 20)});
  side.until(2);
  EXPECT_THAT(side.lines, ElementsAre("up ", "down the partner does not read"));
}

TEST(FailoverNet, AnAddressThatIsNotOursIsNamed) {
  Side side;
  core::RelationshipConfig wrong = side.relationship;
  wrong.local_address = "192.0.2.1";
  try {
    side.net.configure({wrong}, 2);
    FAIL() << "192.0.2.1 was bound";
  } catch (const SocketError& error) {
    EXPECT_THAT(error.what(), HasSubstr("relationship pair: TCP 192.0.2.1 port"));
  }
  const tcp::socket still = side.stranger();
  side.until(1);
  EXPECT_THAT(side.lines, ElementsAre("up "));
}

}  // namespace
}  // namespace twinlease::net
