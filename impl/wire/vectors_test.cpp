// One message of each type, octet by octet, as sections 6.1, 7 and 12 of the draft draw it. Every vector is
// written from typed fields and read back into them.

#include <gtest/gtest.h>

#include <array>
#include <variant>

#include "impl/wire/testing/octet_text.hpp"
#include "impl/wire/testing/typed_text.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::wire {
namespace {

using testing::Bytes;
using testing::hex_of;
using testing::octets_of;
using testing::text_of;

constexpr std::uint32_t sent = 0x6a0219f3;
using Buffer = std::array<std::uint8_t, message_length_max>;

std::string written(MessageWriter& writer) {
  const auto finished = writer.finish();
  if (const Error* error = std::get_if<Error>(&finished)) return to_string(*error);
  return hex_of(std::get<std::span<std::uint8_t>>(finished));
}

template <class Typed>
std::string written(MessageType type, std::uint32_t xid, const Typed& typed) {
  Buffer buffer;
  MessageWriter writer(buffer, type, sent, xid, draft_12);
  write(writer, typed);
  return written(writer);
}

// The message in octets, whose header is this and which has nothing after its last option.
Message read(const Bytes& octets, MessageType type, std::uint32_t xid) {
  const auto decoded = decode(octets);
  if (const Error* error = std::get_if<Error>(&decoded)) {
    ADD_FAILURE() << to_string(*error);
    return {};
  }
  const Message message = std::get<Message>(decoded);
  EXPECT_EQ(message.header(), (Header{static_cast<std::uint16_t>(octets.size()), type, 12, sent, xid}));
  EXPECT_FALSE(message.tail_error());
  return message;
}

// 7.3, 7.4, 7.5, 7.6, 7.11: a header is the whole message.
TEST(Vectors, MessagesWithoutOptions) {
  const std::pair<MessageType, Bytes> vectors[] = {
      {MessageType::poolreq, octets_of("00 0c 01 0c 6a 02 19 f3 00 00 00 07")},
      {MessageType::updreqall, octets_of("00 0c 07 0c 6a 02 19 f3 00 00 00 07")},
      {MessageType::upddone, octets_of("00 0c 08 0c 6a 02 19 f3 00 00 00 07")},
      {MessageType::updreq, octets_of("00 0c 09 0c 6a 02 19 f3 00 00 00 07")},
      {MessageType::contact, octets_of("00 0c 0b 0c 6a 02 19 f3 00 00 00 07")},
  };
  for (const auto& [type, octets] : vectors) {
    Buffer buffer;
    MessageWriter writer(buffer, type, sent, 7, draft_12);
    EXPECT_EQ(written(writer), hex_of(octets));
    EXPECT_TRUE(read(octets, type, 7).options().empty());
  }
}

TEST(Vectors, PoolResp) {
  const Bytes octets = octets_of(R"(
    00 14          # message length: 20
    02             # msg type: 2 POOLRESP
    0c             # payload offset: 12
    6a 02 19 f3    # time
    00 00 00 07    # xid, that of the POOLREQ
    00 01 00 04    # addresses-transferred, 4 octets
    00 00 01 00    #   256 addresses
  )");
  EXPECT_EQ(written(MessageType::poolresp, 7, PoolResp{256}), hex_of(octets));
  Errors errors;
  EXPECT_EQ(read_poolresp(read(octets, MessageType::poolresp, 7), draft_12, errors).addresses_transferred,
            256u);
  EXPECT_TRUE(errors.empty());
}

TEST(Vectors, BndUpdActive) {
  const Bytes octets = octets_of(R"(
    00 81 03 0c    # message length 129, msg type 3 BNDUPD, payload offset 12
    6a 02 19 f3    # time
    00 00 00 2a    # xid
    00 02 00 04    # assigned-IP-address, first of the transaction
    0a 4d 01 01    #   10.77.1.1
    00 0c 00 02    # IP-flags: 16 bits (A-04)
    00 03          #   R = 1 and B = 2, from the least significant bit (A-05)
    00 03 00 01    # binding-status
    02             #   ACTIVE
    00 04 00 07    # client-identifier: the content of DHCP option 61
    01             #   type
    02 00 00 00 00 01
    00 05 00 07    # client-hardware-address
    01             #   htype: Ethernet
    02 00 00 00 00 02
    00 0d 00 04    # lease-expiration-time
    6a 02 28 03    #   absolute
    00 12 00 04    # potential-expiration-time
    6a 02 36 13
    00 19 00 04    # start-time-of-state, of the lease
    6a 02 19 e0
    00 06 00 04    # client-last-transaction-time
    6a 02 19 f1
    00 09 00 0e    # DDNS
    00 05          #   C = 1 and D = 4
    02 70 63       #   "pc"
    07 65 78 61 6d 70 6c 65   # "example"
    00             #   root
    00 08 00 08    # client-request-options
    63 82 53 63    #   magic number 99.130.83.99
    0c 02 70 63    #   host-name "pc"
    00 07 00 0a    # client-reply-options
    63 82 53 63
    3a 04 00 00 07 08   # renewal-time 1800
  )");
  const Bytes client = octets_of("01 02 00 00 00 00 01");
  const Bytes hardware = octets_of("01 02 00 00 00 00 02");
  const Bytes request = octets_of("63 82 53 63 0c 02 70 63");
  const Bytes reply = octets_of("63 82 53 63 3a 04 00 00 07 08");
  const Bytes name = octets_of("00 05 02 70 63 07 65 78 61 6d 70 6c 65 00");
  BindingUpdate update;
  update.address = Ipv4{0x0a4d0101};
  update.ip_flags = ip_flag_reserved | ip_flag_bootp;
  update.binding_status = static_cast<std::uint8_t>(BindingStatus::active);
  update.client_identifier = client;
  update.client_hardware_address = hardware;
  update.lease_expiration_time_s = 0x6a022803;
  update.potential_expiration_time_s = 0x6a023613;
  update.start_time_of_state_s = 0x6a0219e0;
  update.client_last_transaction_time_s = 0x6a0219f1;
  update.ddns = name;
  update.client_request_options = request;
  update.client_reply_options = reply;

  Buffer buffer;
  MessageWriter writer(buffer, MessageType::bndupd, sent, 42, draft_12);
  write(writer, update, draft_12);
  EXPECT_EQ(written(writer), hex_of(octets));

  const Message message = read(octets, MessageType::bndupd, 42);
  EXPECT_TRUE(message.transactions().leading().empty());
  Errors errors;
  const BindingUpdate got = read_binding_update(*message.transactions().begin(), draft_12, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(text_of(got), text_of(update));
}

// 6.3: a reject-reason follows the address that is rejected; an address without one is accepted.
TEST(Vectors, BndAckOfABatch) {
  const Bytes octets = octets_of(R"(
    00 2b 04 0c    # message length 43, msg type 4 BNDACK, payload offset 12
    6a 02 19 f3    # time
    00 00 00 2a    # xid, that of the BNDUPD
    00 02 00 04    # assigned-IP-address: accepted
    0a 4d 01 01
    00 02 00 04    # assigned-IP-address
    0a 4d 01 02
    00 15 00 01    # reject-reason
    0f             #   15: outdated binding information
    00 10 00 06    # message
    6f 6c 64 65 72 21   # "older!"
  )");
  Buffer buffer;
  MessageWriter writer(buffer, MessageType::bndack, sent, 42, draft_12);
  const BindingAck accepted{Ipv4{0x0a4d0101}, {}, {}, false};
  const BindingAck rejected{Ipv4{0x0a4d0102}, 15, "older!", true};
  write(writer, accepted);
  write(writer, rejected);
  EXPECT_EQ(written(writer), hex_of(octets));

  const Message message = read(octets, MessageType::bndack, 42);
  Errors errors;
  auto transaction = message.transactions().begin();
  EXPECT_EQ(text_of(read_binding_ack(*transaction, draft_12, errors)), text_of(accepted));
  EXPECT_EQ(text_of(read_binding_ack(*++transaction, draft_12, errors)), text_of(rejected));
  EXPECT_EQ(++transaction, message.transactions().end());
  EXPECT_TRUE(errors.empty());
}

TEST(Vectors, Connect) {
  const Bytes octets = octets_of(R"(
    00 6a 05 0c    # message length 106, msg type 5 CONNECT, payload offset 12
    6a 02 19 f3    # time
    00 00 00 01    # xid
    00 16 00 07    # relationship-name
    66 6f 2d 70 61 69 72   # "fo-pair"
    00 0e 00 04    # max-unacked-bndupd
    00 00 00 0a    #   10
    00 13 00 04    # receive-timer
    00 00 00 3c    #   60 s
    00 1c 00 04    # vendor-class-identifier
    74 77 69 6e    #   "twin"
    00 14 00 01    # protocol-version
    01
    00 1b 00 01    # TLS-request
    00             #   no TLS
    00 0f 00 04    # MCLT
    00 00 0e 10    #   3600 s
    00 0b 00 20    # hash-bucket-assignment: 256 bits, a one for the secondary
    aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ff
    00 0a 00 01    # delayed-service-parameter
    05             #   5 s
  )");
  Bytes buckets(16, 0xaa);
  buckets.resize(31);
  buckets.push_back(0xff);
  const Connect connect{.relationship_name = "fo-pair",
                        .max_unacked_bndupd = 10,
                        .receive_timer_s = 60,
                        .vendor_class_identifier = "twin",
                        .protocol_version = protocol_version_current,
                        .tls_request = 0,
                        .mclt_s = 3600,
                        .hash_bucket_assignment = buckets,
                        .delayed_service_parameter_s = 5};
  EXPECT_EQ(written(MessageType::connect, 1, connect), hex_of(octets));

  Errors errors;
  const Connect got = read_connect(read(octets, MessageType::connect, 1), draft_12, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(text_of(got), text_of(connect));
}

TEST(Vectors, ConnectAckAccepting) {
  const Bytes octets = octets_of(R"(
    00 38 06 0c    # message length 56, msg type 6 CONNECTACK, payload offset 12
    6a 02 19 f3    # time
    00 00 00 01    # xid, that of the CONNECT
    00 16 00 07    # relationship-name
    66 6f 2d 70 61 69 72
    00 0e 00 04    # max-unacked-bndupd
    00 00 00 14    #   20
    00 13 00 04    # receive-timer
    00 00 00 1e    #   30 s
    00 1c 00 03    # vendor-class-identifier
    49 53 43       #   "ISC"
    00 14 00 01    # protocol-version
    01
    00 1a 00 01    # TLS-reply
    00             #   no TLS
  )");
  const ConnectAck ack{"fo-pair", 20, 30, "ISC", std::uint8_t{1}, std::uint8_t{0}, {}, {}};
  EXPECT_EQ(written(MessageType::connectack, 1, ack), hex_of(octets));
  Errors errors;
  const ConnectAck got = read_connectack(read(octets, MessageType::connectack, 1), draft_12, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(text_of(got), text_of(ack));
}

TEST(Vectors, ConnectAckRejecting) {
  const Bytes octets = octets_of(R"(
    00 28 06 0c 6a 02 19 f3 00 00 00 01   # message length 40, CONNECTACK
    00 16 00 02 66 6f   # relationship-name "fo"
    00 14 00 01 01      # protocol-version
    00 15 00 01 08      # reject-reason 8: invalid failover partner
    00 10 00 08         # message "not you."
    6e 6f 74 20 79 6f 75 2e
  )");
  const ConnectAck ack{"fo", {}, {}, {}, std::uint8_t{1}, {}, std::uint8_t{8}, "not you.", true};
  EXPECT_EQ(written(MessageType::connectack, 1, ack), hex_of(octets));
  Errors errors;
  const ConnectAck got = read_connectack(read(octets, MessageType::connectack, 1), draft_12, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(text_of(got), text_of(ack));
}

TEST(Vectors, State) {
  const Bytes octets = octets_of(R"(
    00 1e 0a 0c    # message length 30, msg type 10 STATE, payload offset 12
    6a 02 19 f3    # time
    00 00 00 09    # xid: meaningless, but supplied
    00 18 00 01    # server-state
    03             #   COMMUNICATIONS-INTERRUPTED
    00 17 00 01    # server-flags
    01             #   S, the least significant bit: the server is in STARTUP
    00 19 00 04    # start-time-of-state, of the failover state
    6a 02 00 00
  )");
  const State state{3, server_flag_startup, 0x6a020000};
  EXPECT_EQ(written(MessageType::state, 9, state), hex_of(octets));
  Errors errors;
  const State got = read_state(read(octets, MessageType::state, 9), draft_12, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(text_of(got), text_of(state));
}

TEST(Vectors, Disconnect) {
  const Bytes octets = octets_of(R"(
    00 1a 0c 0c    # message length 26, msg type 12 DISCONNECT, payload offset 12
    6a 02 19 f3    # time
    00 00 00 0a    # xid
    00 15 00 01    # reject-reason, here without an address (A-14)
    11             #   17: no traffic within sufficient time
    00 10 00 05    # message
    71 75 69 65 74 #   "quiet"
  )");
  const Disconnect disconnect{17, "quiet"};
  EXPECT_EQ(written(MessageType::disconnect, 10, disconnect), hex_of(octets));
  Errors errors;
  const Disconnect got = read_disconnect(read(octets, MessageType::disconnect, 10), draft_12, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(text_of(got), text_of(disconnect));
}

}  // namespace
}  // namespace twinlease::wire
