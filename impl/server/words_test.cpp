#include "impl/server/words.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twinlease::server {
namespace {

TEST(Words, Addresses) {
  EXPECT_EQ(read_ipv4("10.77.2.1"), core::Ipv4{0x0a4d0201});
  for (const char* no :
       {"", "10.77.2", "10.77.2.1.", "10.77.2.256", "10.77..1", "10.77.2.1x", " 10.77.2.1", "-1.2.3.4"})
    EXPECT_EQ(read_ipv4(no), std::nullopt) << no;
}

RC_GTEST_PROP(Words, AnAddressShownIsRead, (std::uint32_t value)) {
  RC_ASSERT(read_ipv4(show(core::Ipv4{value})) == core::Ipv4{value});
}

TEST(Words, Ranges) {
  EXPECT_EQ(read_range("10.0.0.1-10.0.0.9"), (core::Range{{0x0a000001}, {0x0a000009}}));
  EXPECT_EQ(read_range("10.0.0.1"), (core::Range{{0x0a000001}, {0x0a000001}}));
  EXPECT_EQ(read_range("10.0.0.1-"), std::nullopt);
}

TEST(Words, SubnetsHaveNoHostBits) {
  EXPECT_EQ(read_subnet("10.77.2.0/24"), (std::pair{core::Ipv4{0x0a4d0200}, 24}));
  EXPECT_EQ(read_subnet("0.0.0.0/0"), (std::pair{core::Ipv4{0}, 0}));
  EXPECT_EQ(read_subnet("10.77.2.1/32"), (std::pair{core::Ipv4{0x0a4d0201}, 32}));
  for (const char* no : {"10.77.2.1/24", "10.77.2.0", "10.77.2.0/33", "10.77.2.0/"})
    EXPECT_EQ(read_subnet(no), std::nullopt) << no;
}

TEST(Words, HardwareAddresses) {
  const auto ethernet = read_hardware("02:00:00:00:00:ff");
  ASSERT_TRUE(ethernet);
  EXPECT_EQ(show(*ethernet), "02:00:00:00:00:ff");
  EXPECT_EQ(read_hardware("6/0102")->type, 6);
  EXPECT_EQ(show(*read_hardware("6/0102")), "6/01:02");
  for (const char* no : {"", "02:0", "zz:00", "300/01", "0102030405060708090a0b0c0d0e0f1011"})
    EXPECT_FALSE(read_hardware(no)) << no;
}

TEST(Words, Identifiers) {
  EXPECT_EQ(read_identifier("hex:00ff"), std::string("\0\xff", 2));
  EXPECT_EQ(read_identifier("printer"), "printer");
  EXPECT_EQ(read_identifier(""), std::nullopt);
  EXPECT_EQ(read_identifier("hex:0"), std::nullopt);
  EXPECT_EQ(show_hex(std::string("\0\xff", 2)), "00ff");
}

}  // namespace
}  // namespace twinlease::server
