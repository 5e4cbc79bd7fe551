#include "impl/server/option_text.hpp"

#include <gtest/gtest.h>

#include "impl/server/words.hpp"

namespace twinlease::server {
namespace {

TEST(OptionText, FormsOfOptions) {
  struct {
    const char* name;
    std::vector<std::string> values;
    const char* octets;  // in hex
  } const written[] = {
      {"router", {"10.0.0.1"}, "0a000001"},
      {"domain-name-server", {"10.0.0.1", "10.0.0.2"}, "0a0000010a000002"},
      {"domain-name", {"a.org"}, "612e6f7267"},
      {"interface-mtu", {"1500"}, "05dc"},
      {"ip-forwarding", {"true"}, "01"},
      {"43", {"hex:0102"}, "0102"},
      {"domain-search", {"a.org"}, "0161036f726700"},
      {"224", {"hex:ff"}, "ff"},
  };
  for (const auto& [name, values, octets] : written) {
    const auto code = option_code(name);
    ASSERT_TRUE(code) << name;
    const auto made = option_octets(*code, values);
    ASSERT_TRUE(made) << name;
    EXPECT_EQ(show_hex(*made), octets) << name;
  }
}

TEST(OptionText, WhatTheServerWritesItselfIsNoSetting) {
  for (const char* name :
       {"subnet-mask", "ip-address-lease-time", "dhcp-message-type", "server-identifier", "0", "255", "82"})
    EXPECT_EQ(option_code(name), std::nullopt) << name;
}

TEST(OptionText, WhatIsNotOfTheFormIsRefused) {
  EXPECT_EQ(option_octets(3, {"router.example"}), std::nullopt);
  EXPECT_EQ(option_octets(3, {}), std::nullopt);
  EXPECT_EQ(option_octets(26, {"70000"}), std::nullopt);
  EXPECT_EQ(option_octets(28, {"10.0.0.1", "10.0.0.2"}), std::nullopt);
  EXPECT_EQ(option_octets(43, {"text"}), std::nullopt);
  EXPECT_EQ(option_octets(3, {"hex:0102"}), std::nullopt) << "a length that the option does not have";
}

TEST(OptionText, EverySettingHasAForm) {
  for (int code = 1; code < 255; ++code)
    EXPECT_NE(expected(option_form(static_cast<std::uint8_t>(code))), "") << code;
}

}  // namespace
}  // namespace twinlease::server
