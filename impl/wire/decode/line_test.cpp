#include "impl/wire/decode/line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "impl/wire/decode/testing/conversation.hpp"
#include "impl/wire/testing/generators.hpp"

namespace twinlease::capture {
namespace {

using ::testing::HasSubstr;
using testing::message;
using wire::testing::Bytes;
using wire::testing::octets_of;

std::string line_of(const Bytes& octets, const wire::Dialect& dialect = wire::isc) {
  return to_line(FailoverRecord{.origin = {.frame = 3,
                                           .time_ns = 1'795'352'611'195'482'123,
                                           .source = testing::primary,
                                           .destination = testing::secondary},
                                .stream = 1,
                                .dialect = &dialect,
                                .octets = octets,
                                .decoded = wire::decode(octets),
                                .option_errors = {}});
}

TEST(Line, Columns) {
  EXPECT_EQ(line_heading(),
            " frame time (UTC)                 conn from                    to                    type       "
            "  xid      content");
  EXPECT_EQ(line_of(message(10, octets_of("00 18 00 01 02  00 17 00 01 01  00 19 00 04 6b 02 e8 31"))),
            "     3 2026-11-22 13:03:31.195482    1 10.77.0.2:40000         10.77.0.3:647         STATE      "
            "  00000016 "
            "NORMAL server-flags=S start-time-of-state=2026-11-22T13:03:45Z");
}

TEST(Line, NothingTrails) {
  EXPECT_THAT(line_of(message(11, {})), ::testing::EndsWith("CONTACT      00000016"));
}

TEST(Line, TransactionsAreKeptApart) {
  EXPECT_THAT(line_of(message(3, octets_of(R"(
                00 02 00 04 0a 4d 01 01  00 03 00 01 01  00 0d 00 04 00 00 00 00
                00 02 00 04 0a 4d 01 02  00 03 00 01 07)"))),
              HasSubstr("10.77.1.1 FREE lease-expiration-time=0 | 10.77.1.2 BACKUP"));
}

TEST(Line, ReasonsByName) {
  EXPECT_THAT(line_of(message(12, octets_of("00 15 00 01 0f"))),
              HasSubstr("reject-reason=\"outdated binding information\""));
}

TEST(Line, WhatIsWrongStandsLast) {
  EXPECT_THAT(
      line_of(message(3, octets_of("00 02 00 04 0a 4d 01 01  00 0d 00 01 00  00"))),
      ::testing::EndsWith(" ! option 13 lease-expiration-time at octet 20: length is not one that section 12 "
                          "allows (FO-12.13-01) ! octet 25: octets after the last option are too few for "
                          "another (FO-6.1-19)"));
  EXPECT_THAT(line_of(message(200, octets_of("00 00"))),
              HasSubstr("type-200     00000016 14 octets ! octet 2: "));
}

TEST(Line, Abandoned) {
  EXPECT_THAT(
      to_line(AbandonedRecord{.origin = {.frame = 9},
                              .stream = 2,
                              .reason = Loss::capture_ends,
                              .since_frame = 7,
                              .stream_offset = 36,
                              .octets_given_up = 5}),
      HasSubstr(
          "(abandoned)           5 octets not decoded since frame 7 ! octet 36: the capture ends inside"));
}

TEST(Line, Dhcp) {
  Bytes octets(240, 0);
  octets[0] = octets[1] = 1;
  octets[2] = 6;
  octets[33] = 0x70;
  std::copy_n(octets_of("63 82 53 63").begin(), 4, octets.begin() + 236);
  octets = testing::operator+(octets, octets_of("35 01 03  32 04 0a 4d 01 05  0c 03 61 1b 62  ff"));
  const DhcpRecord record{.origin = {}, .octets = octets, .decoded = wire::dhcp4::decode(octets)};
  const std::string line = to_line(record);
  EXPECT_THAT(line, HasSubstr("DHCPREQUEST  00000000 00:00:00:00:00:70 "));
  EXPECT_THAT(line, HasSubstr("=10.77.1.5 "));
  EXPECT_THAT(line, HasSubstr("=\"a\\x1bb\""));
}

// Whatever the network sent.
RC_GTEST_PROP(LineProp, IsPrintable, ()) {
  const wire::Dialect& dialect = **wire::testing::any_dialect();
  Bytes octets = wire::testing::assemble(*wire::testing::valid_message(dialect));
  for (int changes = *rc::gen::inRange(0, 4); changes > 0; --changes)
    octets[*rc::gen::inRange<std::size_t>(2, octets.size())] = *rc::gen::arbitrary<std::uint8_t>();
  const std::string line = line_of(octets, dialect);
  RC_ASSERT(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
}

RC_GTEST_PROP(LineProp, DhcpIsPrintable, ()) {
  const Bytes fuzz = *wire::testing::any_octets(0, 80);
  Bytes octets(240, 0);
  std::copy_n(octets_of("63 82 53 63").begin(), 4, octets.begin() + 236);
  octets = testing::operator+(octets, fuzz);
  const std::string line =
      to_line(DhcpRecord{.origin = {}, .octets = octets, .decoded = wire::dhcp4::decode(octets)});
  RC_ASSERT(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
}

}  // namespace
}  // namespace twinlease::capture
