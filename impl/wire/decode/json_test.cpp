#include "impl/wire/decode/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "impl/wire/decode/testing/conversation.hpp"
#include "impl/wire/testing/generators.hpp"

namespace twinlease::capture {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::message;
using wire::testing::Bytes;
using wire::testing::octets_of;
using Json = nlohmann::json;

FailoverRecord record_of(const Bytes& octets, const wire::Dialect& dialect = wire::isc) {
  return {.origin = {.frame = 3,
                     .time_ns = 1'795'352'611'195'482'123,
                     .source = testing::primary,
                     .destination = testing::secondary},
          .stream = 1,
          .dialect = &dialect,
          .octets = octets,
          .decoded = wire::decode(octets),
          .option_errors = {}};
}

TEST(Json, AMessage) {
  const Bytes octets = message(4, octets_of("00 02 00 04 0a 4d 01 01  00 15 00 01 10  ff 00 00 00"));
  EXPECT_EQ(
      to_json(record_of(octets)),
      R"({"frame":3,"stream":1,"t":1795352611.195482,"src":"10.77.0.2:40000","dst":"10.77.0.3:647",)"
      R"("proto":"failover","type":"BNDACK","type_code":4,"xid":22,"time":1795352625,"payload_offset":12,)"
      R"("length":29,"dialect":"isc","options":[)"
      R"({"code":2,"name":"assigned-IP-address","offset":12,"hex":"0a4d0101","value":"10.77.1.1"},)"
      R"({"code":21,"name":"reject-reason","offset":20,"hex":"10","value":"less critical binding information"},)"
      R"({"code":65280,"name":"option-65280","offset":25,"hex":"","value":""}]})");
}

TEST(Json, ValuesAreNumbersOrText) {
  const auto value = [](const char* option) {
    return Json::parse(to_json(record_of(message(5, octets_of(option)))))["options"][0]["value"];
  };
  EXPECT_EQ(value("00 14 00 01 01"), 1);                       // u8
  EXPECT_EQ(value("00 0f 00 04 00 00 00 1e"), 30);             // u32
  EXPECT_EQ(value("00 0d 00 04 6b 02 e8 31"), 1'795'352'625);  // time
  EXPECT_EQ(value("00 17 00 01 01"), 1);                       // flags
  EXPECT_EQ(value("00 0c 00 02 00 02"), 2);                    // flags of two octets
  EXPECT_EQ(value("00 03 00 01 02"), "ACTIVE");                // enumerations
  EXPECT_EQ(value("00 18 00 01 02"), "NORMAL");
  EXPECT_EQ(value("00 18 00 01 fe"), "RECOVER-WAIT");
  EXPECT_EQ(value("00 15 00 01 63"), "99");                         // without a name
  EXPECT_EQ(value("00 16 00 07 66 6f 2d 70 61 69 72"), "fo-pair");  // text
  EXPECT_EQ(value("00 16 00 03 1b 5b 6d"), "\\x1b[m");
  EXPECT_EQ(value("00 05 00 03 01 02 03"), "01:02:03");
}

TEST(Json, ErrorsOfOptionsAndTail) {
  const Bytes octets = message(3, octets_of("00 02 00 04 0a 4d 01 01  00 0d 00 03 00 00 00  00 03 00 02 07"));
  const Json json = Json::parse(to_json(record_of(octets)));
  const Json& option = json["options"].at(1);
  EXPECT_FALSE(option.contains("value"));
  EXPECT_EQ(option["error"]["level"], "option");
  EXPECT_EQ(option["error"]["offset"], 20);
  EXPECT_EQ(option["error"]["clause"], "FO-12.13-01");
  EXPECT_NE(option["error"]["text"], "");
  EXPECT_EQ(json["options"].size(), 2u);
  EXPECT_EQ(json["tail"], "0003000207");
  EXPECT_EQ(json["error"]["offset"], 27);
  EXPECT_EQ(json["error"]["clause"], "FO-6.1-19");
}

TEST(Json, ErrorOfTheMessage) {
  const Json json = Json::parse(to_json(record_of(message(77, octets_of("00 02")))));
  EXPECT_EQ(json["type"], "type-77");
  EXPECT_EQ(json["type_code"], 77);
  EXPECT_EQ(json["options"], Json::array());
  EXPECT_EQ(json["hex"], "000e4d0c6b02e831000000160002");
  EXPECT_EQ(json["error"]["level"], "message");
  EXPECT_EQ(json["error"]["clause"], "FO-6.1-10");
}

TEST(Json, ExtraHeader) {
  Bytes octets = message(11, octets_of("aa bb"));
  octets[3] = 14;
  EXPECT_EQ(Json::parse(to_json(record_of(octets)))["extra_header"], "aabb");
}

TEST(Json, AbandonedStream) {
  const AbandonedRecord record{.origin = {.frame = 9, .time_ns = 500'000'000},
                               .stream = 2,
                               .reason = Loss::octets_missing,
                               .since_frame = 7,
                               .stream_offset = 36,
                               .octets_given_up = 5};
  EXPECT_EQ(to_json(record),
            R"({"frame":9,"stream":2,"t":0.5,"src":"0.0.0.0:0","dst":"0.0.0.0:0","proto":"failover",)"
            R"("event":"abandoned","since_frame":7,"stream_offset":36,"octets_given_up":5,)"
            R"("error":{"level":"capture","offset":36,"clause":"",)"
            R"("text":"octets of the stream are not in the capture"}})");
}

Bytes discover() {
  Bytes octets(240, 0);
  octets[0] = octets[1] = 1;
  octets[2] = 6;
  octets[7] = 0x2a;
  octets[9] = 3;
  octets[24] = 10;
  octets[33] = 0x70;
  std::copy_n(octets_of("63 82 53 63").begin(), 4, octets.begin() + 236);
  return testing::operator+(std::move(octets), octets_of("35 01 01  e0 02 ab cd  ff"));
}

TEST(Json, Dhcp) {
  const Bytes octets = discover();
  const DhcpRecord record{.origin = {.frame = 4}, .octets = octets, .decoded = wire::dhcp4::decode(octets)};
  const Json json = Json::parse(to_json(record));
  EXPECT_EQ(json["proto"], "dhcp");
  EXPECT_FALSE(json.contains("stream"));
  EXPECT_EQ(json["type"], "DHCPDISCOVER");
  EXPECT_EQ(json["type_code"], 1);
  EXPECT_EQ(json["xid"], 42);
  EXPECT_EQ(json["secs"], 3);
  EXPECT_EQ(json["giaddr"], "10.0.0.0");
  EXPECT_EQ(json["chaddr"], "00:00:00:00:00:70");
  EXPECT_EQ(json["options"].at(0)["hex"], "01");
  EXPECT_TRUE(json["options"].at(0).contains("name"));
  EXPECT_EQ(json["options"].at(1)["code"], 224);
  EXPECT_FALSE(json["options"].at(1).contains("name"));
  EXPECT_FALSE(json.contains("error"));
}

TEST(Json, DhcpCutAndMalformed) {
  const Bytes octets(100, 0);
  DhcpRecord record{.origin = {}, .octets = octets, .decoded = wire::dhcp4::decode(octets)};
  EXPECT_EQ(Json::parse(to_json(record))["error"]["level"], "message");
  EXPECT_EQ(Json::parse(to_json(record))["hex"].get<std::string>().size(), 200u);
  record.cut = true;
  EXPECT_EQ(Json::parse(to_json(record))["error"]["level"], "capture");
}

// The octets of a message can be put together again from its JSON; and no octet of it reaches a terminal raw.
RC_GTEST_PROP(JsonProp, NothingIsLost, ()) {
  const wire::Dialect& dialect = **wire::testing::any_dialect();
  Bytes octets = wire::testing::assemble(*wire::testing::valid_message(dialect));
  for (int changes = *rc::gen::inRange(0, 4); changes > 0; --changes)
    octets[*rc::gen::inRange<std::size_t>(2, octets.size())] = *rc::gen::arbitrary<std::uint8_t>();
  const std::string text = to_json(record_of(octets, dialect));
  RC_ASSERT(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));

  const Json json = Json::parse(text);
  if (json.contains("hex")) {
    RC_ASSERT(octets_of(json["hex"].get<std::string>()) == octets);
    return;
  }
  Bytes again;
  wire::testing::put_number(again, json["length"], 2);
  wire::testing::put_number(again, json["type_code"], 1);
  wire::testing::put_number(again, json["payload_offset"], 1);
  wire::testing::put_number(again, json["time"], 4);
  wire::testing::put_number(again, json["xid"], 4);
  const auto append = [&again](const Bytes& more) { again.insert(again.end(), more.begin(), more.end()); };
  append(octets_of(json.value("extra_header", "")));
  for (const Json& option : json["options"]) {
    const Bytes value = octets_of(option["hex"].get<std::string>());
    wire::testing::put_number(again, option["code"], 2);
    wire::testing::put_number(again, static_cast<std::uint32_t>(value.size()), 2);
    append(value);
  }
  append(octets_of(json.value("tail", "")));
  RC_ASSERT(again == octets);
}

}  // namespace
}  // namespace twinlease::capture
