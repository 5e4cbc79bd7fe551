#include "impl/wire/dhcp4_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/testing/dhcp4_sample.hpp"

namespace twinlease::wire::dhcp4 {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::counting;
using testing::discover;
using testing::join;
using testing::octets_of;
using testing::option_octets;
using testing::overloaded_ack;
using testing::request_with;
using testing::zeros;

using Finished = std::variant<std::span<std::uint8_t>, Error>;

Bytes written(const Finished& result) {
  return bytes_of(std::get<std::span<std::uint8_t>>(result));
}

Fault fault(const Finished& result) {
  return std::get<Error>(result).fault;
}

Header offer_header(const Bytes& chaddr) {
  Header header;
  header.op = Op::bootreply;
  header.xid = 0x3903f326;
  header.flags = broadcast_flag;
  header.yiaddr = {0x0a4d0101};
  header.siaddr = {0x0a4d0002};
  header.giaddr = {0x0a4d0001};
  header.chaddr = chaddr;
  header.sname = as_octets("boot");
  header.file = as_octets("/image");
  return header;
}

void write_offer(Writer& writer) {
  writer.message_type(MessageType::offer);
  writer.ipv4(OptionCode::server_identifier, {0x0a4d0002});
  writer.u32(OptionCode::ip_address_lease_time, 3600);
  writer.u16(OptionCode::interface_mtu, 1500);
  writer.u8(OptionCode::default_ip_ttl, 64);
  writer.text(OptionCode::domain_name, "ex");
}

Bytes offer_octets() {
  return join({octets_of(R"(
      02 01 06 00   # op BOOTREPLY, htype Ethernet, hlen 6, hops 0
      39 03 f3 26   # xid
      00 00 80 00   # secs, flags BROADCAST
      00 00 00 00   # ciaddr
      0a 4d 01 01   # yiaddr
      0a 4d 00 02   # siaddr
      0a 4d 00 01   # giaddr
      02 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00   # chaddr
      62 6f 6f 74   # sname "boot"
      )"),
               zeros(60), octets_of("2f 69 6d 61 67 65"), zeros(122), octets_of(R"(
      63 82 53 63         # magic cookie
      35 01 02            # DHCP message type: DHCPOFFER
      36 04 0a 4d 00 02   # server identifier
      33 04 00 00 0e 10   # IP address lease time
      1a 02 05 dc         # interface MTU
      17 01 40            # default IP time-to-live
      0f 02 65 78         # domain name
      ff                  # end
      )")});
}

TEST(Dhcp4Writer, WritesAnOfferOctetByOctet) {
  const Bytes chaddr = octets_of("02 00 00 00 00 01");
  Bytes buffer(message_octets_min);
  Writer plain(buffer, offer_header(chaddr));
  write_offer(plain);
  EXPECT_EQ(written(plain.finish(0)), offer_octets());

  Writer padded(buffer, offer_header(chaddr));
  write_offer(padded);
  Bytes expected = offer_octets();
  expected.resize(bootp_message_octets);
  EXPECT_EQ(written(padded.finish()), expected);
}

TEST(Dhcp4Writer, EveryBufferTooSmallIsMessageFull) {
  const std::size_t needed = offer_octets().size();
  for (std::size_t size = 0; size <= needed; ++size) {
    Bytes buffer(size);  // on the heap, with nothing to spare
    Writer writer(buffer, offer_header({}));
    write_offer(writer);
    const Finished result = writer.finish(0);
    if (size == needed) {
      EXPECT_EQ(written(result).size(), needed);
    } else {
      EXPECT_EQ(fault(result), Fault::message_full) << size;
    }
  }
  Bytes buffer(299);
  Writer writer(buffer, Header{});
  EXPECT_EQ(fault(writer.finish()), Fault::message_full);
}

TEST(Dhcp4Writer, AFieldGivenTooLongIsAnError) {
  Bytes buffer(576);
  for (const auto member : {&Header::chaddr, &Header::sname, &Header::file}) {
    const std::size_t size = member == &Header::chaddr ? 16 : member == &Header::sname ? 64 : 128;
    const Bytes value = counting(size + 1);
    Header header;
    header.*member = Octets(value).first(size);
    EXPECT_TRUE(std::holds_alternative<std::span<std::uint8_t>>(Writer(buffer, header).finish()));
    header.*member = value;
    EXPECT_EQ(fault(Writer(buffer, header).finish()), Fault::field_too_long);
  }
}

// RFC 3396
TEST(Dhcp4Writer, SplitsAValueIntoFragmentsOf255Octets) {
  for (const std::size_t size : {0u, 1u, 254u, 255u, 256u, 510u, 511u, 1000u}) {
    const Bytes value = counting(size);
    Bytes buffer(1500);
    Writer writer(buffer, Header{});
    writer.option(OptionCode::vendor_specific_information, value);
    const Bytes octets = written(writer.finish());
    const Message message = std::get<Message>(decode(octets));
    EXPECT_TRUE(message.errors().empty());
    const OptionValue found = message.option(OptionCode::vendor_specific_information).value();
    EXPECT_EQ(found.fragment_count(), size == 0 ? 1 : (size + 254) / 255);
    EXPECT_EQ(bytes_of(found.copy_to(buffer).value()), value);
  }
}

// RFC 3046 2.2: a server copies option 82 into its reply.
TEST(Dhcp4Writer, CopiesAnOptionFragmentByFragment) {
  const Bytes fragments = octets_of("52 06 01 04 65 74 68 30 52 00 52 03 02 01 41");
  const Bytes request = request_with(join({fragments, {255}}));
  const Message message = std::get<Message>(decode(request));
  Bytes buffer(576);
  Writer writer(buffer, Header{});
  writer.copy(relay_agent_information(message).value());
  const Bytes reply = written(writer.finish());
  EXPECT_EQ(Bytes(reply.begin() + 240, reply.begin() + 255), fragments);
}

TEST(Dhcp4Writer, WritesMistakesThatAreAskedFor) {
  Bytes buffer(576);
  Header header;
  header.hlen = 17;
  Writer writer(buffer, header);
  writer.pad(2);
  writer.raw(octets_of("0c 09 41"));
  const Bytes octets = written(writer.finish_unterminated());
  EXPECT_EQ(octets[2], 17);
  EXPECT_EQ(Bytes(octets.begin() + 240, octets.end()), octets_of("00 00 0c 09 41"));
}

TEST(Dhcp4Writer, FitsIsTrueExactlyWhenTheOptionAndTheEndFit) {
  for (const std::size_t size : {0u, 1u, 255u, 256u, 510u, 511u}) {
    for (std::size_t room = 0; room < size + 10; ++room) {
      Bytes buffer(options_offset + room);
      Writer writer(buffer, Header{});
      const bool fits = writer.fits(size);
      writer.option(OptionCode::vendor_specific_information, counting(size));
      EXPECT_EQ(fits, std::holds_alternative<std::span<std::uint8_t>>(writer.finish(0)))
          << size << ' ' << room;
    }
  }
}

RC_GTEST_PROP(Dhcp4WriterProperty, WhatIsWrittenIsRead,
              (std::uint32_t xid, std::uint16_t secs, std::uint16_t flags, std::uint32_t yiaddr)) {
  const auto options = *rc::gen::container<std::vector<std::pair<std::uint8_t, Bytes>>>(rc::gen::pair(
      rc::gen::suchThat(rc::gen::inRange<std::uint8_t>(1, 255), [](auto code) { return code != 52; }),
      rc::gen::scale(6.0, rc::gen::arbitrary<Bytes>())));
  const Bytes chaddr = *rc::gen::container<Bytes>(16, rc::gen::arbitrary<std::uint8_t>());
  const Bytes sname = *rc::gen::container<Bytes>(64, rc::gen::arbitrary<std::uint8_t>());
  const Bytes file = *rc::gen::container<Bytes>(128, rc::gen::arbitrary<std::uint8_t>());
  const Header header{.op = Op::bootreply,
                      .htype = 6,
                      .hlen = 16,
                      .hops = 3,
                      .xid = xid,
                      .secs = secs,
                      .flags = flags,
                      .ciaddr = {},
                      .yiaddr = {yiaddr},
                      .siaddr = {1},
                      .giaddr = {2},
                      .chaddr = chaddr,
                      .sname = sname,
                      .file = file};
  Bytes buffer(200000);
  Writer writer(buffer, header);
  std::map<std::uint8_t, Bytes> values;
  for (const auto& [code, value] : options) {
    writer.option(OptionCode{code}, value);
    values[code].insert(values[code].end(), value.begin(), value.end());
  }
  const Bytes octets = written(writer.finish());
  RC_ASSERT(octets.size() >= bootp_message_octets);

  const Message message = std::get<Message>(decode(octets));
  RC_ASSERT(message.errors().empty());
  const Header& read = message.header();
  RC_ASSERT(read.op == Op::bootreply && read.htype == 6 && read.hlen == 16 && read.hops == 3);
  RC_ASSERT(read.xid == xid && read.secs == secs && read.flags == flags && read.yiaddr == Ipv4{yiaddr});
  RC_ASSERT(read.ciaddr == Ipv4{} && read.siaddr == Ipv4{1} && read.giaddr == Ipv4{2});
  RC_ASSERT(bytes_of(read.chaddr) == chaddr && bytes_of(read.sname) == sname && bytes_of(read.file) == file);
  for (const auto& [code, value] : values)
    RC_ASSERT(bytes_of(message.option(OptionCode{code})->copy_to(buffer).value()) == value);
  std::size_t octets_of_options = 0;
  for (const OptionSpan& option : message.options()) {
    RC_ASSERT(values.contains(static_cast<std::uint8_t>(option.code)));
    octets_of_options += option.value.size();
  }
  for (const auto& [code, value] : values) octets_of_options -= value.size();
  RC_ASSERT(octets_of_options == 0u);
}

TEST(Dhcp4Rewrite, GivesTheSamplesAgain) {
  for (const Bytes& octets : {discover(), overloaded_ack(), request_with({}), Bytes(300), Bytes(236)}) {
    Bytes buffer(octets.size());
    EXPECT_EQ(written(rewrite(std::get<Message>(decode(octets)), buffer)), octets);
  }
}

TEST(Dhcp4Rewrite, EveryBufferTooSmallIsMessageFull) {
  const Bytes octets = overloaded_ack();
  for (std::size_t size = 0; size < octets.size(); ++size) {
    Bytes buffer(size);
    EXPECT_EQ(fault(rewrite(std::get<Message>(decode(octets)), buffer)), Fault::message_full);
  }
}

RC_GTEST_PROP(Dhcp4RewriteProperty, GivesWellFormedMessagesAgain, ()) {
  const Bytes octets = *testing::well_formed();
  Bytes buffer(octets.size());
  RC_ASSERT(written(rewrite(std::get<Message>(decode(octets)), buffer)) == octets);
}

}  // namespace
}  // namespace twinlease::wire::dhcp4
