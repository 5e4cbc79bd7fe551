#include "impl/server/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace twinlease::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* good = R"(
[server]
name = "dhcp-a"
store = "leases.db"
probe_ms = 0

[dhcp]
addresses = ["10.77.1.1"]

[options]
domain-name-server = ["10.0.0.1", "10.0.0.2"]

[[scope]]
name = "office"
subnet = "10.77.2.0/24"
ranges = ["10.77.2.10-10.77.2.99"]
exclusions = ["10.77.2.50"]
lease_time_s = 3600
relationship = "pair"
[scope.options]
router = "10.77.2.1"
[[scope.reservation]]
address = "10.77.2.9"
hardware = "02:00:00:00:00:01"
name = "printer"

[[relationship]]
name = "pair"
role = "secondary"
local_address = "10.77.1.1"
partner_address = "10.77.1.2"
dialect = "isc"
secrets = ["00ff"]
secret_encoding = "hex"
safe_period_s = 7200
)";

std::vector<std::string> mistakes_of(const std::string& text) {
  const auto read = read_settings(text, "x.toml");
  const auto* mistakes = std::get_if<Mistakes>(&read);
  std::vector<std::string> lines;
  if (mistakes == nullptr) return lines;
  for (const Mistake& mistake : *mistakes) lines.push_back(to_string({mistake}, "x.toml"));
  return lines;
}
std::string with(std::string text, const std::string& old, const std::string& made) {
  return text.replace(text.find(old), old.size(), made);
}

TEST(Settings, AGoodFileIsRead) {
  const auto read = read_settings(good, "x.toml");
  const auto* settings = std::get_if<Settings>(&read);
  ASSERT_NE(settings, nullptr) << to_string(std::get<Mistakes>(read), "x.toml");
  EXPECT_EQ(settings->store, "leases.db");
  EXPECT_THAT(settings->dhcp_addresses, ElementsAre("10.77.1.1"));
  EXPECT_THAT(settings->config.options,
              ElementsAre(core::OptionSetting{6, std::string("\x0a\0\0\1\x0a\0\0\2", 8)}));
  const core::Scope& scope = settings->config.scopes.at(0);
  EXPECT_EQ(scope.prefix_length, 24);
  EXPECT_EQ(scope.lease_time_s, 3600);
  EXPECT_EQ(scope.reservations.at(0).client.hardware.size, 6);
  const core::RelationshipConfig& pair = settings->config.relationships.at(0);
  EXPECT_EQ(pair.role, core::Role::secondary);
  EXPECT_FALSE(pair.active);
  EXPECT_EQ(pair.dialect, &wire::isc);
  EXPECT_EQ(pair.secrets.at(0).octets, std::string("\0\xff", 2));
  EXPECT_EQ(pair.safe_period_s, 7200);
}

TEST(Settings, AnUnknownKeyIsRefusedWithItsLineAndTheNearestName) {
  EXPECT_THAT(mistakes_of(with(good, "lease_time_s", "lease_tme_s")),
              ElementsAre("x.toml:18: [[scope]] has no key \"lease_tme_s\"; did you mean lease_time_s?\n"));
  EXPECT_THAT(mistakes_of(std::string(good) + "[leases]\n"),
              ElementsAre(HasSubstr("the file has no key \"leases\"")));
}

TEST(Settings, EveryMistakeIsToldAtOnce) {
  const std::string text =
      with(with(good, "probe_ms = 0", "probe_ms = -1"), "role = \"secondary\"", "role = \"second\"");
  EXPECT_THAT(
      mistakes_of(text),
      ElementsAre(
          HasSubstr("x.toml:5: [server] probe_ms is -1; expected a whole number from 0 to 60000"),
          HasSubstr("[[relationship]] role is \"second\"; expected one of \"primary\", \"secondary\"")));
}

TEST(Settings, WhatTheFileMeansIsCheckedToo) {
  EXPECT_THAT(mistakes_of(with(good, "relationship = \"pair\"", "relationship = \"pear\"")),
              ElementsAre("x.toml: scope \"office\": there is no relationship \"pear\"\n"));
}

TEST(Settings, MistakesOfOneKind) {
  const std::pair<const char*, const char*> cases[][1] = {
      {{"subnet = \"10.77.2.0/24\"", "subnet = \"10.77.2.1/24\""}},
      {{"router = \"10.77.2.1\"", "router = \"host\""}},
      {{"router = \"10.77.2.1\"", "roter = \"10.77.2.1\""}},
      {{"ranges = [\"10.77.2.10-10.77.2.99\"]", "ranges = \"10.77.2.10-10.77.2.99\""}},
      {{"dialect = \"isc\"", "dialect = \"cisco\""}},
      {{"secrets = [\"00ff\"]", "secrets = [\"0\"]"}},
      {{"role = \"secondary\"\n", ""}},
      {{"name = \"office\"\n", ""}},
      {{"[[scope]]", "[scope"}},
  };
  for (const auto& [change] : cases)
    EXPECT_THAT(mistakes_of(with(good, change.first, change.second)), ::testing::SizeIs(1)) << change.second;
}

// The page names every key of every section, and no other.
TEST(Settings, EveryKeyIsDocumented) {
  std::ifstream page(std::string(TWINLEASE_SOURCE_DIR) + "/docs/formats/twinleased.md");
  ASSERT_TRUE(page);
  std::set<std::string> documented;
  std::string line, section;
  while (std::getline(page, line)) {
    if (line.starts_with("## `")) section = line.substr(4, line.rfind('`') - 4);
    if (line.starts_with("| `")) documented.insert(section + ' ' + line.substr(3, line.find('`', 3) - 3));
  }
  std::set<std::string> known = all_keys();
  std::erase_if(known, [](const std::string& key) { return key.starts_with("the file "); });
  EXPECT_EQ(documented, known);
}

}  // namespace
}  // namespace twinlease::server
