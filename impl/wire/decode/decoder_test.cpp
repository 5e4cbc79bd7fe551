#include "impl/wire/decode/decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/wire/decode/testing/conversation.hpp"
#include "impl/wire/testing/generators.hpp"

namespace twinlease::capture {
namespace {

using testing::connect;
using testing::contact;
using testing::Conversation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Listener;
using testing::operator+;
using wire::testing::Bytes;
using wire::testing::octets_of;

class DecoderTest : public ::testing::Test {
 protected:
  Listener listener;
  const Totals& totals() const { return listener.decoder.totals(); }
};

TEST_F(DecoderTest, MessagesOfBothDirections) {
  Conversation c(listener);
  c.open();
  c.p.data(connect("isc-1"));
  c.s.data(contact(1) + contact(2));
  c.p.fin();
  c.s.fin();
  listener.decoder.finish();
  EXPECT_THAT(listener.said, ElementsAre("3/0 CONNECT", "4/0 CONTACT", "4/0 CONTACT"));
  EXPECT_TRUE(totals().clean());
  EXPECT_EQ(totals().messages, 3u);
}

TEST_F(DecoderTest, AMessageBelongsToTheFrameThatCompletesIt) {
  Conversation c(listener);
  c.open();
  const Bytes two = contact(1) + contact(2);
  for (std::uint8_t octet : two) c.p.data({octet});
  EXPECT_THAT(listener.said, ElementsAre("14/0 CONTACT", "26/0 CONTACT"));
}

TEST_F(DecoderTest, AFilledGapCompletesMessages) {
  Conversation c(listener);
  c.open();
  c.p.lose(12);
  c.p.data(contact(2));
  c.p.again(contact(1), 24);
  EXPECT_THAT(listener.said, ElementsAre("4/0 CONTACT", "4/0 CONTACT"));
  EXPECT_NE(listener.json[0].find("\"xid\":1,"), std::string::npos);
}

TEST_F(DecoderTest, RefusedConnectionsCount) {
  Conversation refused(listener);
  refused.p.syn();
  refused.s.rst();
  Conversation c(listener, 99);
  c.open();
  c.p.data(contact(1));
  listener.decoder.finish();
  EXPECT_THAT(listener.said, ElementsAre("5/1 CONTACT"));
  EXPECT_TRUE(totals().clean());
}

TEST_F(DecoderTest, SamePortsAgainIsAnotherConnection) {
  Conversation c(listener);
  c.open();
  c.p.data(contact(1));
  Conversation d(listener, 12345);  // the first one's end is not in the capture
  d.open();
  d.p.data(contact(2));
  EXPECT_THAT(listener.said, ElementsAre("3/0 CONTACT", "6/1 CONTACT"));
}

TEST_F(DecoderTest, AnAnswerDoesNotOpenAConnection) {
  Conversation c(listener);
  c.open();
  c.s.syn_ack();  // at a sequence number of the connection's own
  c.p.data(contact(1));
  EXPECT_THAT(listener.said, ElementsAre("4/0 CONTACT"));
}

TEST_F(DecoderTest, LateRetransmissionOfAClosedConnection) {
  Conversation c(listener);
  c.open();
  c.p.data(contact(1));
  c.p.fin();
  c.s.fin();
  c.p.again(contact(1), 13);
  listener.decoder.finish();
  EXPECT_THAT(listener.said, ElementsAre("3/0 CONTACT"));
  EXPECT_TRUE(totals().clean());
}

TEST_F(DecoderTest, HalfClosedConnectionGoesOn) {
  Conversation c(listener);
  c.open();
  c.p.fin();
  c.s.data(contact(1));
  c.s.fin();
  EXPECT_THAT(listener.said, ElementsAre("4/0 CONTACT"));
}

TEST_F(DecoderTest, UnframeableStreamIsReportedOnceAtItsEnd) {
  Conversation c(listener);
  c.open();
  c.p.data(contact(1) + octets_of("00 0b 0b"));
  c.p.data(contact(2));
  c.s.data(contact(3));
  c.p.fin();
  listener.decoder.finish();
  EXPECT_THAT(listener.said,
              ElementsAre("3/0 CONTACT", "5/0 CONTACT",
                          "6/0 abandoned since 3 after 12 lost 15: message length is below 12"));
  EXPECT_EQ(totals().abandoned, 1u);
  EXPECT_FALSE(totals().clean());
}

TEST_F(DecoderTest, MissingOctetsAreReported) {
  Conversation c(listener);
  c.open();
  c.p.data(contact(1));
  c.p.lose(1);
  c.p.data(contact(2));
  c.p.data(contact(3));
  listener.decoder.finish();
  EXPECT_THAT(
      listener.said,
      ElementsAre("3/0 CONTACT",
                  "5/0 abandoned since 4 after 12 lost 24: octets of the stream are not in the capture"));
}

TEST_F(DecoderTest, UnfinishedMessage) {
  Conversation c(listener);
  c.open();
  c.p.data(octets_of("00 0c 0b 0c"));
  c.s.data(octets_of("00 0c 0b"));
  c.p.fin();
  listener.decoder.finish();
  EXPECT_THAT(
      listener.said,
      ElementsAre("5/0 abandoned since 3 after 0 lost 4: message length is not the number of octets there",
                  "5/0 abandoned since 4 after 0 lost 3: the capture ends inside a message"));
}

TEST_F(DecoderTest, UnfinishedMessageBeganWhereItsFirstOctetIs) {
  Conversation c(listener);
  c.open();
  c.p.data(contact(1) + octets_of("00 0c 0b"));
  c.p.data(octets_of("0c 00"));
  listener.decoder.finish();
  EXPECT_EQ(listener.said.back(), "4/0 abandoned since 3 after 12 lost 5: the capture ends inside a message");
}

TEST_F(DecoderTest, ConnectionWithoutItsBeginning) {
  Conversation c(listener);
  c.p.data({});  // an acknowledgement is no beginning
  c.p.data(contact(1));
  c.s.data(contact(2));
  listener.decoder.finish();
  EXPECT_THAT(listener.said, ElementsAre("2/0 CONTACT", "3/0 CONTACT"));
  EXPECT_EQ(totals().begun_before, 2u);
}

TEST_F(DecoderTest, DialectOfEachDirection) {
  Conversation c(listener);
  c.open();
  c.p.data(contact(1));
  c.p.data(connect("other"));
  c.p.data(contact(2));
  c.s.data(contact(3));
  EXPECT_THAT(listener.dialects, ElementsAre("isc", "draft-12", "draft-12", "isc"));
}

TEST(Decoder, DialectPinned) {
  Listener listener(DecoderOptions{.dialect = &wire::microsoft});
  Conversation c(listener);
  c.open();
  c.p.data(connect("isc"));
  EXPECT_THAT(listener.dialects, ElementsAre("microsoft"));
}

TEST(Decoder, Ports) {
  Listener listener(DecoderOptions{.failover_ports = {6470, 6471}});
  Conversation c(listener);
  c.open();
  c.p.data(contact(1));
  EXPECT_THAT(listener.said, IsEmpty());
  listener.packet(TcpSegment{.source = {Ipv4{1}, 6471},
                             .destination = {Ipv4{2}, 9},
                             .payload = wire::as_octets(""),
                             .payload_length = 1});
  listener.decoder.finish();
  EXPECT_EQ(listener.decoder.totals().abandoned, 1u);
}

TEST_F(DecoderTest, MalformedMessagesDoNotStopTheStream) {
  Conversation c(listener);
  c.open();
  Bytes unknown = contact(1);
  unknown[2] = 13;
  Bytes before_header = contact(2);
  before_header[3] = 11;
  c.p.data(unknown + before_header + contact(3));
  EXPECT_THAT(listener.said, ElementsAre("3/0 ", "3/0 CONTACT", "3/0 CONTACT"));
  EXPECT_EQ(totals().malformed, 2u);
}

TEST_F(DecoderTest, RepeatedOptionIsMalformed) {
  Conversation c(listener);
  c.open();
  c.p.data(testing::message(10, octets_of("00 18 00 01 02  00 18 00 01 02")));
  EXPECT_EQ(totals().malformed, 1u);
}

TEST_F(DecoderTest, FragmentsAndCutFramesAreCounted) {
  listener.packet(Fragment{testing::primary, testing::secondary});
  listener.packet(Fragment{{Ipv4{1}, 0}, {Ipv4{2}, 0}});
  listener.packet(Unread::cut);
  listener.packet(Unread::not_ours);
  EXPECT_EQ(totals().fragments, 1u);
  EXPECT_EQ(totals().cut, 1u);
}

TEST_F(DecoderTest, DhcpByItsPorts) {
  const Bytes datagram(300, 0);
  const auto send = [&](std::uint16_t from, std::uint16_t to, std::size_t wire_length) {
    listener.packet(UdpDatagram{{Ipv4{1}, from}, {Ipv4{2}, to}, datagram, wire_length});
  };
  send(68, 67, 300);
  send(67, 67, 301);
  send(53, 1000, 300);
  EXPECT_THAT(listener.said, ElementsAre("1 dhcp", "2 dhcp"));
  EXPECT_EQ(totals().datagrams, 2u);
  EXPECT_EQ(totals().malformed, 1u);
}

TEST_F(DecoderTest, ClosedConnectionsAreForgottenInTime) {
  for (std::uint32_t i = 0; i < 3 * Decoder::closed_connections_kept; ++i) {
    Conversation c(listener, 7 * i);
    c.open();
    c.p.data(contact(1));
    c.p.rst();
  }
  listener.decoder.finish();
  EXPECT_EQ(totals().messages, 3 * Decoder::closed_connections_kept);
  EXPECT_TRUE(totals().clean());
}

TEST_F(DecoderTest, ForgettingAClosedConnectionLeavesAnOpenOneWithItsPorts) {
  Conversation closed(listener, 1);
  closed.open();
  closed.p.rst();
  Conversation open(listener, 2);
  open.open();
  for (std::uint32_t i = 0; i <= Decoder::closed_connections_kept; ++i) {
    Conversation c(listener, 7 * i, Endpoint{Ipv4{0x0a4d0100 + i}, 40000});
    c.open();
    c.p.rst();
  }
  open.p.data(contact(1));
  EXPECT_THAT(listener.said.back(), ::testing::EndsWith("/1 CONTACT"));
  listener.decoder.finish();
  EXPECT_TRUE(totals().clean());
}

// Any octets on any connection: every octet is either in a message or counted as given up.
RC_GTEST_PROP(DecoderProp, EveryOctetIsAccountedFor, ()) {
  Listener listener;
  std::uint64_t decoded = 0, given_up = 0, sent = 0;
  Decoder decoder({}, [&](const Record& record) {
    if (const auto* r = std::get_if<FailoverRecord>(&record)) decoded += r->octets.size();
    if (const auto* a = std::get_if<AbandonedRecord>(&record)) given_up += a->octets_given_up;
    to_json(record);
    to_line(record);
  });
  TcpSegment segment{.source = testing::primary, .destination = testing::secondary, .syn = true};
  decoder.add({}, segment);
  segment.syn = false;
  segment.sequence = 1;
  for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
    const Bytes octets = *rc::gen::oneOf(
        wire::testing::any_octets(0, 40),
        rc::gen::map(wire::testing::valid_message(wire::isc),
                     [](const wire::testing::RawMessage& m) { return wire::testing::assemble(m); }));
    if (*rc::gen::weightedElement<bool>({{1, true}, {5, false}})) ++segment.sequence;  // an octet is lost
    segment.payload = octets;
    segment.payload_length = octets.size();
    decoder.add({}, segment);
    segment.sequence += static_cast<std::uint32_t>(octets.size());
    sent += octets.size();
  }
  decoder.finish();
  RC_ASSERT(decoded + given_up == sent);
}

}  // namespace
}  // namespace twinlease::capture
