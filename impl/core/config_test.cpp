#include "impl/core/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinlease::core {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Ipv4 at(std::uint32_t last) {
  return {0x0a4d0200 + last};
}  // 10.77.2.x

Config good() {
  Config config;
  config.scopes.push_back(
      {.name = "office", .subnet = at(0), .ranges = {{at(10), at(99)}}, .relationship = "pair"});
  config.relationships.push_back(
      {.name = "pair", .local_address = "10.77.1.1", .partner_address = "10.77.1.2"});
  return config;
}
Client client(const std::string& identifier) {
  return {.identifier = identifier};
}

TEST(Config, AGoodOneHasNothingWrong) {
  EXPECT_THAT(check(good()), IsEmpty());
}

struct Mistake {
  const char* name;
  void (*make)(Config&);
  const char* said;
};
class ConfigMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(ConfigMistake, IsNamed) {
  Config config = good();
  GetParam().make(config);
  EXPECT_THAT(check(config), ElementsAre(HasSubstr(GetParam().said)));
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigMistake,
    ::testing::Values(
        Mistake{"RangeOutside", [](Config& c) { c.scopes[0].ranges[0].last = {at(0).value + 300}; },
                "scope \"office\": range 10.77.2.10 to 10.77.3.44 is not within the hosts of the subnet"},
        Mistake{"RangeBackwards", [](Config& c) { c.scopes[0].ranges[0].last = at(5); },
                "ends before it begins"},
        Mistake{"RangesOverlap", [](Config& c) { c.scopes[0].ranges.push_back({at(50), at(120)}); },
                "overlap"},
        Mistake{"Prefix", [](Config& c) { c.scopes[0].prefix_length = 33; }, "prefix length 33 is above 32"},
        Mistake{"ReservationOfNobody",
                [](Config& c) { c.scopes[0].reservations.push_back({.address = at(5)}); }, "names no client"},
        Mistake{"AddressReservedTwice",
                [](Config& c) {
                  c.scopes[0].reservations = {{.address = at(5), .client = client("a")},
                                              {.address = at(5), .client = client("b")}};
                },
                "two reservations of 10.77.2.5"},
        Mistake{"ClientReservedTwice",
                [](Config& c) {
                  c.scopes[0].reservations = {{.address = at(5), .client = client("a")},
                                              {.address = at(6), .client = client("a")}};
                },
                "one client has the reservations of 10.77.2.5 and 10.77.2.6"},
        Mistake{"LeaseTime", [](Config& c) { c.scopes[0].lease_time_s = 0; },
                "lease_time_s is 0; it is at least 1"},
        Mistake{"NoSuchRelationship", [](Config& c) { c.scopes[0].relationship = "pear"; },
                "there is no relationship \"pear\""},
        Mistake{"NameTwice", [](Config& c) { c.relationships.push_back(c.relationships[0]); }, "\"pair\""},
        Mistake{
            "SubnetsOverlap",
            [](Config& c) { c.scopes.push_back({.name = "lab", .subnet = at(128), .prefix_length = 25}); },
            "the subnets of scopes \"office\" and \"lab\" overlap"},
        Mistake{"Mclt", [](Config& c) { c.relationships[0].mclt_s = 0; }, "mclt_s is 0; it is at least 1"},
        Mistake{"Share", [](Config& c) { c.relationships[0].local_share_percent = 101; },
                "local_share_percent is 101; it lies between 0 and 100"},
        Mistake{"EmptySecret", [](Config& c) { c.relationships[0].secrets.push_back({}); },
                "a shared secret is empty"},
        Mistake{"PartnerIsItself", [](Config& c) { c.relationships[0].partner_address = "10.77.1.1"; },
                "is this server itself"}),
    [](const auto& info) { return info.param.name; });

TEST(Config, ThirtyOneRelationshipsAreTheMost) {  // C18
  Config config;
  for (std::size_t i = 0; i < max_relationships; ++i)
    config.relationships.push_back({.name = std::to_string(i)});
  EXPECT_THAT(check(config), IsEmpty());
  config.relationships.push_back({.name = "one more"});
  EXPECT_THAT(check(config), ElementsAre(HasSubstr("there are 32 relationships; a server has at most 31")));
}

TEST(Config, DynamicRangesLeaveOutExclusionsAndReservations) {
  Scope scope = good().scopes[0];
  scope.exclusions = {{at(1), at(12)}, {at(20), at(29)}, {at(99), at(99)}};
  scope.reservations = {{.address = at(40), .client = client("a")},
                        {.address = at(200), .client = client("b")}};
  EXPECT_THAT(dynamic_ranges(scope),
              ElementsAre(Range{at(13), at(19)}, Range{at(30), at(39)}, Range{at(41), at(98)}));
}

}  // namespace
}  // namespace twinlease::core
