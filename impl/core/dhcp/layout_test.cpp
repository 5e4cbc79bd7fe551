#include "impl/core/dhcp/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "impl/core/dhcp/request.hpp"

namespace twinlease::core {
namespace {

namespace dhcp4 = wire::dhcp4;
using dhcp4::OptionCode;

constexpr std::uint8_t chaddr[dhcp4::chaddr_octets] = {2};

// What a message of that size tells of options 1, 2, ... with so many octets each, and of option 82.
dhcp4::Message laid_out(Bytes& octets, const std::vector<std::size_t>& sizes, std::size_t relay,
                        std::size_t most) {
  dhcp4::Header header{.op = dhcp4::Op::bootreply, .chaddr = chaddr};
  std::vector<ReplyOption> options;
  for (const std::size_t size : sizes)
    options.push_back({OptionCode{static_cast<std::uint8_t>(100 + options.size())}, std::string(size, 'x')});
  octets = lay_out(header, options, {OptionCode::relay_agent_information, std::string(relay, 'r')}, most);
  return std::get<dhcp4::Message>(dhcp4::decode(octets));
}

bool there(const dhcp4::Message& message, std::size_t number, std::size_t size) {
  const auto value = message.option(OptionCode{static_cast<std::uint8_t>(100 + number)});
  return value && value->size() == size;
}

TEST(Layout, FillsTheOptionsFieldToTheLastOctet) {
  constexpr std::size_t room = 548 - dhcp4::options_offset - 1;
  Bytes octets;
  const std::vector<std::size_t> exactly = {100, room - 102 - 22 - 2};
  const dhcp4::Message full = laid_out(octets, exactly, 20, 548);
  EXPECT_EQ(octets.size(), 548u);
  EXPECT_TRUE(there(full, 1, exactly[1]));
  EXPECT_FALSE(full.option(OptionCode::option_overload));

  const std::vector<std::size_t> one_more = {100, room - 102 - 22 - 2 - 3, 2};
  const dhcp4::Message overloaded = laid_out(octets, one_more, 20, 548);
  EXPECT_EQ(octets.size(), 548u) << "option 52 has its room";
  for (std::size_t i = 0; i < one_more.size(); ++i) EXPECT_TRUE(there(overloaded, i, one_more[i])) << i;
  EXPECT_TRUE(overloaded.extent(dhcp4::Area::file).holds_options());
  EXPECT_FALSE(overloaded.extent(dhcp4::Area::sname).holds_options());
}

RC_GTEST_PROP(Layout, EveryMessageIsWellFormedAndTheMostImportantIsIn, ()) {
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::weightedOneOf<std::size_t>(
      {{4, rc::gen::inRange<std::size_t>(0, 70)}, {1, rc::gen::inRange<std::size_t>(0, 700)}}));
  RC_PRE(sizes.size() <= 100u);
  const auto relay = *rc::gen::inRange<std::size_t>(0, 300);
  const auto most = *rc::gen::inRange<std::size_t>(300, 1473);
  Bytes octets;
  const dhcp4::Message message = laid_out(octets, sizes, relay, most);
  RC_ASSERT(octets.size() >= dhcp4::bootp_message_octets);
  RC_ASSERT(octets.size() <= most);
  RC_ASSERT(message.errors().empty());
  const auto echoed = message.option(OptionCode::relay_agent_information);
  RC_ASSERT(!echoed || echoed->size() == relay);
  if (relay > 0 && relay < 200 && most >= 548) RC_ASSERT(echoed.has_value());
  if (echoed && relay <= 200 && most >= 548 && !sizes.empty() && sizes[0] < 60)
    RC_ASSERT(there(message, 0, sizes[0]));
  for (std::size_t i = 0; i < sizes.size(); ++i)
    RC_ASSERT(there(message, i, sizes[i]) || !message.option(OptionCode{static_cast<std::uint8_t>(100 + i)}));
}

}  // namespace
}  // namespace twinlease::core
