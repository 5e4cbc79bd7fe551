// Two links that talk to each other, and one that is told whatever a test likes.

#include "impl/core/failover/link.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "impl/core/rules.hpp"

namespace twinlease::core {
namespace {

using wire::MessageType;
using wire::OptionCode;
using wire::RejectReason;

constexpr Seconds begin_s = 1'000'000'000;

RelationshipConfig config_of(Role role) {
  RelationshipConfig config;
  config.name = "pair";
  config.role = role;
  config.receive_timer_s = role == Role::primary ? 30 : 60;
  config.max_unacked_bndupd = role == Role::primary ? 20 : 40;
  return config;
}

// A link, its user, and what leaves it.
struct End final : LinkUser {
  explicit End(const RelationshipConfig& its) : config(its), ledger(core, 7) {
    ledger.set_now({begin_s, 5000});
    link = std::make_unique<Link>(ledger, config, *this, 1,
                                  config.dialect != nullptr ? *config.dialect : wire::draft_12);
  }

  std::optional<RejectReason> judge(const wire::Connect& connect, Seconds sent_s) override {
    judged_mclt_s = *connect.mclt_s;
    judged_sent_s = sent_s;
    return verdict;
  }
  void on_established() override { ++established; }
  void on_message(const wire::Message& message) override { heard.push_back(message.type()); }
  void on_ended(const Ending& ending) override { endings.push_back(ending); }

  void advance(Milliseconds ms) {
    Now now = ledger.now();
    now.monotonic_ms += ms;
    now.wall_s = begin_s + skew_s + (now.monotonic_ms - 5000) / 1000;
    ledger.set_now(now);
  }
  // What was said since the last call; closed notes whether the connection was closed after it.
  std::vector<Bytes> take() {
    Outputs outputs;
    ledger.journal().seal(ledger.now(), outputs);
    std::vector<Bytes> messages;
    for (Output& output : outputs) {
      if (auto* octets = std::get_if<SendOctets>(&output)) messages.push_back(std::move(octets->octets));
      if (const auto* event = std::get_if<Event>(&output)) events.push_back(event->id);
      closed = closed || std::holds_alternative<CloseConnection>(output);
    }
    return messages;
  }
  bool told(EventId id) const { return std::ranges::find(events, id) != events.end(); }

  RelationshipConfig config;
  Config core;
  Ledger ledger;
  std::unique_ptr<Link> link;
  std::optional<RejectReason> verdict;
  std::uint32_t judged_mclt_s = 0;
  Seconds judged_sent_s = 0;
  Seconds skew_s = 0;
  int established = 0;
  bool closed = false;
  std::vector<MessageType> heard;
  std::vector<Ending> endings;
  std::vector<EventId> events;
};

wire::Message read(const Bytes& octets) {
  return std::get<wire::Message>(wire::decode(octets));
}
std::uint8_t reason_of(const Bytes& octets) {
  const auto option = read(octets).options().find(OptionCode::reject_reason);
  return option ? option->value[0] : 0;
}

// Both ends, and octets carried until nobody has more to say.
struct Pair {
  Pair(const RelationshipConfig& one, const RelationshipConfig& two) : primary(one), secondary(two) {}
  Pair() : Pair(config_of(Role::primary), config_of(Role::secondary)) {}

  void carry() {
    for (bool moved = true; moved;) {
      moved = false;
      for (End* from : {&primary, &secondary})
        for (const Bytes& message : from->take()) {
          moved = true;
          (from == &primary ? secondary : primary).link->receive(message);
        }
    }
  }
  void open() {
    primary.link->connect({.mclt_s = 3600});
    carry();
  }
  void advance(Milliseconds ms) {
    primary.advance(ms);
    secondary.advance(ms);
  }

  End primary;
  End secondary;
};

Bytes message(
    MessageType type, std::uint32_t xid, Seconds time_s = begin_s,
    const std::function<void(wire::MessageWriter&)>& fill = [](wire::MessageWriter&) {}) {
  Bytes buffer(wire::message_length_max);
  wire::MessageWriter writer(buffer, type, static_cast<std::uint32_t>(time_s), xid, wire::draft_12);
  fill(writer);
  const auto octets = std::get<std::span<std::uint8_t>>(writer.finish());
  return {octets.begin(), octets.end()};
}

wire::Connect good_connect() {
  static const std::array<std::uint8_t, wire::hash_bucket_octets> buckets{};
  wire::Connect connect;
  connect.relationship_name = "pair";
  connect.max_unacked_bndupd = 10;
  connect.receive_timer_s = 60;
  connect.vendor_class_identifier = "test";
  connect.protocol_version = 1;
  connect.tls_request = 0;
  connect.mclt_s = 600;
  connect.hash_bucket_assignment = wire::Octets(buckets);
  return connect;
}
Bytes connect_message(const wire::Connect& connect, Seconds time_s = begin_s) {
  return message(MessageType::connect, 77, time_s,
                 [&](wire::MessageWriter& writer) { wire::write(writer, connect); });
}

TEST(Link, connects_and_agrees_on_window_batch_and_clock) {  // 7.8, 7.9, 5.10, A-44
  Pair pair;
  pair.secondary.skew_s = -40;
  pair.secondary.advance(0);
  pair.open();
  EXPECT_EQ(pair.primary.established, 1);
  EXPECT_EQ(pair.secondary.established, 1);
  EXPECT_EQ(pair.primary.link->agreement().window, 40u);
  EXPECT_EQ(pair.secondary.link->agreement().window, 20u);
  EXPECT_EQ(pair.primary.link->agreement().batch, 16u);
  EXPECT_EQ(pair.primary.link->agreement().partner_clock_s, 40);
  EXPECT_EQ(pair.secondary.link->agreement().partner_clock_s, -40);
  EXPECT_EQ(pair.secondary.judged_mclt_s, 3600u);
  EXPECT_EQ(pair.secondary.judged_sent_s, begin_s);
}

TEST(Link, any_segmentation_of_the_octets_is_the_same) {  // 6.1
  End end(config_of(Role::secondary));
  for (const std::uint8_t octet : connect_message(good_connect())) end.link->receive({&octet, 1});
  EXPECT_EQ(end.established, 1);
}

struct Bad {
  const char* what;
  void (*spoil)(wire::Connect&);
  RejectReason reason;
};

TEST(Link, connect_is_rejected_with_the_reason_of_its_flaw) {  // 7.8.2
  const Bad bads[] = {
      {"another version", [](wire::Connect& c) { c.protocol_version = 2; },
       RejectReason::protocol_version_mismatch},
      {"no version", [](wire::Connect& c) { c.protocol_version.reset(); },
       RejectReason::protocol_version_mismatch},
      {"TLS required", [](wire::Connect& c) { c.tls_request = 2; }, RejectReason::tls_not_supported},
      {"MCLT 0", [](wire::Connect& c) { c.mclt_s = 0; }, RejectReason::invalid_mclt},
      {"no MCLT", [](wire::Connect& c) { c.mclt_s.reset(); }, RejectReason::invalid_mclt},
      {"no buckets", [](wire::Connect& c) { c.hash_bucket_assignment.reset(); },
       RejectReason::hash_bucket_assignment_conflict},
      {"no window", [](wire::Connect& c) { c.max_unacked_bndupd.reset(); }, RejectReason::unknown_error},
      {"no timer", [](wire::Connect& c) { c.receive_timer_s.reset(); }, RejectReason::unknown_error},
  };
  for (const Bad& bad : bads) {
    End end(config_of(Role::secondary));
    wire::Connect connect = good_connect();
    bad.spoil(connect);
    end.link->receive(connect_message(connect));
    const auto out = end.take();
    ASSERT_EQ(out.size(), 1u) << bad.what;
    const wire::Message ack = read(out[0]);
    EXPECT_EQ(ack.type(), MessageType::connectack);
    EXPECT_EQ(ack.xid(), 77u);
    EXPECT_EQ(reason_of(out[0]), static_cast<int>(bad.reason)) << bad.what;
    EXPECT_TRUE(ack.options().find(OptionCode::relationship_name));
    EXPECT_TRUE(ack.options().find(OptionCode::protocol_version));
    EXPECT_TRUE(ack.options().find(OptionCode::message));
    for (const auto code : {OptionCode::receive_timer, OptionCode::max_unacked_bndupd, OptionCode::mclt})
      EXPECT_FALSE(ack.options().find(code)) << "Table 7.9-1";
    EXPECT_TRUE(end.closed) << bad.what;
    EXPECT_EQ(end.established, 0);
    ASSERT_EQ(end.endings.size(), 1u);
    EXPECT_TRUE(end.endings[0].refused);
  }
}

TEST(Link, a_desired_tls_is_declined_and_the_connection_goes_on) {  // 7.8.2 (3)
  End end(config_of(Role::secondary));
  wire::Connect connect = good_connect();
  connect.tls_request = 1;
  end.link->receive(connect_message(connect));
  const auto out = end.take();
  EXPECT_EQ(read(out.at(0)).options().find(OptionCode::tls_reply)->value[0], 0);
  EXPECT_EQ(end.established, 1);
}

TEST(Link, the_users_verdict_is_the_reject_reason) {
  End end(config_of(Role::secondary));
  end.verdict = RejectReason::duplicate_connection;
  end.link->receive(connect_message(good_connect()));
  EXPECT_EQ(reason_of(end.take().at(0)), 7);
  EXPECT_TRUE(end.told(EventId::connect_rejected_by_us));
}

TEST(Link, clocks_too_far_apart) {  // 7.8.2 (6), 7.9.2 (6), 5.10, C13
  End end(config_of(Role::secondary));
  end.link->receive(connect_message(good_connect(), begin_s - 61));
  EXPECT_EQ(reason_of(end.take().at(0)), 4);
  EXPECT_TRUE(end.told(EventId::clock_skew));

  RelationshipConfig tolerant = config_of(Role::secondary);
  tolerant.max_skew_s = 0;
  End any(tolerant);
  any.link->receive(connect_message(good_connect(), begin_s - 86400));
  EXPECT_EQ(any.established, 1);
  EXPECT_EQ(any.link->agreement().partner_clock_s, 86400);
}

TEST(Link, a_skewed_connectack_is_answered_with_disconnect) {  // 7.9.2 (6)
  RelationshipConfig tolerant = config_of(Role::secondary);
  tolerant.max_skew_s = 0;
  Pair pair(config_of(Role::primary), tolerant);
  pair.secondary.skew_s = 100;
  pair.secondary.advance(0);
  pair.open();
  EXPECT_EQ(pair.primary.established, 0);
  ASSERT_EQ(pair.primary.endings.size(), 1u);
  EXPECT_TRUE(pair.primary.endings[0].refused && pair.primary.endings[0].disconnect);
  ASSERT_EQ(pair.secondary.endings.size(), 1u);
  EXPECT_NE(pair.secondary.endings[0].reason.find("reason 4"), std::string::npos);
}

TEST(Link, an_established_connection_ends_when_a_clock_is_set_too_far) {  // C13, MS-DHCPF 3.1.5
  Pair pair;
  pair.open();
  pair.primary.skew_s = 3;
  pair.advance(100);
  pair.primary.link->send(MessageType::contact, pair.primary.link->new_xid(), [](wire::MessageWriter&) {});
  pair.carry();
  EXPECT_EQ(pair.secondary.link->agreement().partner_clock_s, 0) << "smoothed (5.10)";
  pair.primary.skew_s = 50;
  pair.advance(100);
  pair.primary.link->send(MessageType::contact, pair.primary.link->new_xid(), [](wire::MessageWriter&) {});
  pair.carry();
  EXPECT_EQ(pair.secondary.link->agreement().partner_clock_s, -50) << "begun anew (5.10)";
  EXPECT_TRUE(pair.secondary.told(EventId::clock_skew));
  pair.primary.skew_s = 61;
  pair.advance(100);
  pair.primary.link->send(MessageType::contact, pair.primary.link->new_xid(), [](wire::MessageWriter&) {});
  pair.carry();
  ASSERT_EQ(pair.primary.endings.size(), 1u);
  EXPECT_NE(pair.primary.endings[0].reason.find("reason 4"), std::string::npos)
      << pair.primary.endings[0].reason;
}

// ---- secrets (11.1)

RelationshipConfig with_secrets(RelationshipConfig config, std::vector<Secret> secrets) {
  config.secrets = std::move(secrets);
  return config;
}

TEST(Link, a_secret_can_be_replaced_in_steps) {
  const std::vector<std::vector<Secret>> steps = {
      {{"old"}}, {{"old"}, {"new"}}, {{"new"}, {"old"}}, {{"new"}}};
  for (std::size_t i = 0; i + 1 < steps.size(); ++i)
    for (const auto& [one, two] : {std::pair{i, i + 1}, std::pair{i + 1, i}, std::pair{i, i}}) {
      Pair pair(with_secrets(config_of(Role::primary), steps[one]),
                with_secrets(config_of(Role::secondary), steps[two]));
      pair.open();
      EXPECT_EQ(pair.primary.established, 1) << one << " " << two;
      EXPECT_EQ(pair.secondary.established, 1) << one << " " << two;
    }
}

TEST(Link, every_message_is_signed_and_the_digest_is_first) {
  Pair pair(with_secrets(config_of(Role::primary), {{"s"}}),
            with_secrets(config_of(Role::secondary), {{"s"}}));
  pair.primary.link->connect({.mclt_s = 3600});
  const auto out = pair.primary.take();
  const wire::OptionSpan first = *read(out.at(0)).options().begin();
  EXPECT_EQ(first.code, static_cast<int>(OptionCode::message_digest));
  EXPECT_EQ(first.value.size(), 17u);
}

TEST(Link, what_is_not_authentic_is_refused) {  // reasons 20, 21, 12, 13 (12.21)
  struct Case {
    std::vector<Secret> ours, theirs;
    std::optional<wire::DigestType> their_type;
    int reason;
    EventId event;
  };
  const Case cases[] = {
      {{{"a"}}, {{"b"}}, std::nullopt, 20, EventId::digest_connect},
      {{{"a"}}, {}, std::nullopt, 21, static_cast<EventId>(20266)},
      {{{"a"}}, {{"a"}}, wire::DigestType::hmac_sha256, 12, EventId::digest_algorithm},
      {{}, {{"a"}}, std::nullopt, 13, static_cast<EventId>(20265)},
  };
  for (const Case& c : cases) {
    RelationshipConfig theirs = with_secrets(config_of(Role::primary), c.theirs);
    theirs.digest_type = c.their_type;
    Pair pair(theirs, with_secrets(config_of(Role::secondary), c.ours));
    pair.primary.link->connect({.mclt_s = 3600});
    for (const Bytes& octets : pair.primary.take()) pair.secondary.link->receive(octets);
    const auto out = pair.secondary.take();
    ASSERT_EQ(out.size(), 1u) << c.reason;
    EXPECT_EQ(reason_of(out[0]), c.reason);
    EXPECT_TRUE(pair.secondary.told(c.event)) << c.reason;
    EXPECT_TRUE(pair.secondary.closed);
    pair.primary.link->receive(out[0]);
    EXPECT_TRUE(pair.primary.link->ended());
    EXPECT_TRUE(pair.primary.endings.at(0).refused);
  }
}

TEST(Link, a_forged_message_ends_the_connection_and_does_nothing_else) {
  Pair pair(with_secrets(config_of(Role::primary), {{"s"}}),
            with_secrets(config_of(Role::secondary), {{"s"}}));
  pair.open();
  pair.secondary.link->receive(message(MessageType::updreq, 1U << 31));
  EXPECT_TRUE(pair.secondary.heard.empty());
  EXPECT_TRUE(pair.secondary.link->ended());
  pair.carry();
  EXPECT_TRUE(pair.secondary.told(static_cast<EventId>(20278))) << "no digest in UPDREQ";
}

TEST(Link, a_message_cannot_be_played_again) {  // 11.1, A-21
  Pair pair(with_secrets(config_of(Role::primary), {{"s"}}),
            with_secrets(config_of(Role::secondary), {{"s"}}));
  pair.open();
  pair.primary.link->send(MessageType::updreq, pair.primary.link->new_xid(), [](wire::MessageWriter&) {});
  const auto out = pair.primary.take();
  pair.secondary.link->receive(out.at(0));
  EXPECT_EQ(pair.secondary.heard.size(), 1u);
  pair.secondary.link->receive(out.at(0));
  EXPECT_EQ(pair.secondary.heard.size(), 1u);
  EXPECT_TRUE(pair.secondary.link->ended());
}

TEST(Link, answers_keep_the_xid_of_their_request_and_are_no_replay) {
  Pair pair(with_secrets(config_of(Role::primary), {{"s"}}),
            with_secrets(config_of(Role::secondary), {{"s"}}));
  pair.open();
  for (int i = 0; i < 2; ++i) pair.primary.link->send(MessageType::upddone, 1, [](wire::MessageWriter&) {});
  pair.carry();
  EXPECT_EQ(pair.secondary.heard.size(), 2u);
}

// ---- CONNECTACK (7.9.2)

Bytes connectack_of(std::string_view vendor, std::uint32_t xid) {
  return message(MessageType::connectack, xid, begin_s, [&](wire::MessageWriter& writer) {
    wire::ConnectAck accepted;
    accepted.relationship_name = "pair";
    accepted.max_unacked_bndupd = 0;
    accepted.receive_timer_s = 60;
    accepted.vendor_class_identifier = vendor;
    accepted.protocol_version = 1;
    wire::write(writer, accepted);
  });
}

TEST(Link, a_connectack_with_another_xid_is_ignored) {
  End end(config_of(Role::primary));
  end.link->connect({.mclt_s = 3600});
  const std::uint32_t xid = read(end.take().at(0)).xid();
  end.link->receive(connectack_of("test", xid + 1));
  EXPECT_EQ(end.established, 0);
  EXPECT_FALSE(end.link->ended());
  end.link->receive(connectack_of("test", xid));
  EXPECT_EQ(end.established, 1);
  EXPECT_EQ(end.link->agreement().window, 1u) << "0 is 1 (A-41)";
}

TEST(Link, buckets_that_were_misread_are_said_again_in_the_dialect_of_the_partner) {  // 12.11
  End end(config_of(Role::primary));
  const Terms terms{.mclt_s = 3600, .secondary_buckets = buckets_of(Role::secondary, 30)};
  const auto first_bucket = [](const wire::Message& connect) {
    return connect.options().find(OptionCode::hash_bucket_assignment)->value[0] & 1;
  };
  end.link->connect(terms);
  const Bytes octets = end.take().at(0);
  EXPECT_EQ(first_bucket(read(octets)), 0) << "the secondary does not serve it";
  end.link->receive(connectack_of("isc-4.4.3-P1", read(octets).xid()));
  ASSERT_EQ(end.endings.size(), 1u);
  EXPECT_TRUE(end.endings[0].misread && !end.endings[0].refused && !end.endings[0].established);
  EXPECT_EQ(end.established, 0);
  EXPECT_EQ(read(end.take().at(0)).type(), MessageType::disconnect)
      << "for the partner it is established (7.12)";

  end.link = std::make_unique<Link>(end.ledger, end.config, end, 2, *end.link->agreement().dialect);
  end.link->connect(terms);
  const Bytes again = end.take().at(0);
  EXPECT_EQ(first_bucket(read(again)), 1) << "the primary serves it";
  end.link->receive(connectack_of("isc-4.4.3-P1", read(again).xid()));
  EXPECT_EQ(end.established, 1);
  EXPECT_EQ(end.link->agreement().dialect, &wire::isc) << "told by its vendor class";
  EXPECT_EQ(end.link->agreement().batch, 1u);
}

TEST(Link, nothing_but_a_connectack_opens_the_connection) {
  End end(config_of(Role::primary));
  end.link->connect({.mclt_s = 3600});
  end.take();
  end.link->receive(message(MessageType::state, 5));
  EXPECT_TRUE(end.link->ended());
  EXPECT_TRUE(end.heard.empty());
  EXPECT_TRUE(end.take().empty()) << "no DISCONNECT before the connection is established (A-45)";
}

TEST(Link, an_unfinished_handshake_times_out) {  // 7.8.2, 7.9.2
  for (const Role role : {Role::primary, Role::secondary}) {
    End end(config_of(role));
    if (role == Role::primary) end.link->connect({.mclt_s = 3600});
    EXPECT_EQ(end.link->next_deadline(), 5000 + Link::handshake_ms);
    end.advance(Link::handshake_ms - 1);
    end.link->on_tick();
    EXPECT_FALSE(end.link->ended());
    end.advance(1);
    end.link->on_tick();
    EXPECT_TRUE(end.link->ended());
  }
}

// ---- an established connection

TEST(Link, contact_goes_out_before_the_partner_could_miss_it) {  // 8.3, A-15
  Pair pair;
  pair.open();
  EXPECT_EQ(pair.primary.link->next_deadline(), 5000 + 12'000) << "20 percent of 60 s";
  EXPECT_EQ(pair.secondary.link->next_deadline(), 5000 + 10'000) << "33 percent of 30 s";
  pair.advance(10'000);
  pair.secondary.link->on_tick();
  const auto out = pair.secondary.take();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(read(out[0]).type(), MessageType::contact);
  EXPECT_EQ(pair.secondary.link->next_deadline(), 5000 + 20'000);
}

TEST(Link, silence_ends_the_connection_with_reason_17) {  // 8.3
  Pair pair;
  pair.open();
  pair.advance(29'999);
  pair.primary.link->on_tick();
  EXPECT_FALSE(pair.primary.link->ended());
  EXPECT_TRUE(pair.primary.link->silent());
  pair.primary.take();
  pair.advance(1);
  pair.primary.link->on_tick();
  const auto out = pair.primary.take();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(read(out[0]).type(), MessageType::disconnect);
  EXPECT_EQ(reason_of(out[0]), 17);
  EXPECT_TRUE(pair.primary.closed);
  EXPECT_FALSE(pair.primary.endings.at(0).refused);
}

TEST(Link, message_types_that_are_not_known) {  // 6.1, A-43
  Pair pair;
  pair.open();
  for (const int type : {128, 129, 255})
    pair.primary.link->receive(message(static_cast<MessageType>(type), 1));
  EXPECT_FALSE(pair.primary.link->ended());
  pair.primary.link->receive(message(static_cast<MessageType>(13), 2));
  const auto out = pair.primary.take();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(reason_of(out[0]), 254);
  EXPECT_TRUE(pair.primary.link->ended());
}

TEST(Link, bad_framing_ends_the_connection) {
  Pair pair;
  pair.open();
  const Bytes short_length = {0, 3, 1};
  pair.primary.link->receive(short_length);
  EXPECT_EQ(reason_of(pair.primary.take().at(0)), 254);
  EXPECT_TRUE(pair.primary.told(EventId::partner_protocol_error));
  pair.primary.link->receive(message(MessageType::updreq, 9));
  EXPECT_TRUE(pair.primary.heard.empty());
}

TEST(Link, disconnect_is_not_answered) {  // 7.12
  Pair pair;
  pair.open();
  pair.primary.link->end(RejectReason::unknown_error, "enough");
  pair.carry();
  ASSERT_EQ(pair.secondary.endings.size(), 1u);
  EXPECT_TRUE(pair.secondary.endings[0].disconnect);
  EXPECT_NE(pair.secondary.endings[0].reason.find("enough"), std::string::npos);
  EXPECT_TRUE(pair.secondary.take().empty());
  EXPECT_FALSE(pair.secondary.link->send(MessageType::contact, 1, [](wire::MessageWriter&) {}));
}

TEST(Link, the_end_is_told_once) {
  Pair pair;
  pair.open();
  pair.primary.link->lost("reset by peer");
  pair.primary.link->end(RejectReason::unknown_error, "again");
  pair.primary.link->lost("again");
  EXPECT_EQ(pair.primary.endings.size(), 1u);
  EXPECT_EQ(pair.primary.link->next_deadline(), never);
}

TEST(Link, both_servers_may_send_connect_where_the_dialect_says_so) {  // A-16, MS-DHCPF 3.2.7.1
  RelationshipConfig one = config_of(Role::primary), two = config_of(Role::secondary);
  one.dialect = two.dialect = &wire::microsoft;
  Pair pair(one, two);
  pair.primary.link->connect({.mclt_s = 3600});
  pair.secondary.link->connect({.mclt_s = 3600});
  pair.carry();
  EXPECT_EQ(pair.primary.established, 1);
  EXPECT_EQ(pair.secondary.established, 1);
  EXPECT_FALSE(pair.primary.link->ended() || pair.secondary.link->ended());

  Pair draft;
  draft.open();
  draft.secondary.link->receive(connect_message(good_connect()));
  EXPECT_TRUE(draft.secondary.link->ended());
}

TEST(Link, xids_only_grow) {  // 6.1
  End end(config_of(Role::primary));
  std::uint32_t last = end.link->new_xid();
  for (int i = 0; i < 100; ++i) {
    const std::uint32_t next = end.link->new_xid();
    EXPECT_GT(next, last);
    last = next;
  }
}

TEST(Link, what_does_not_fit_is_not_sent) {
  Pair pair;
  pair.open();
  const Bytes large(3000);
  EXPECT_FALSE(pair.primary.link->send(MessageType::bndupd, 1, [&](wire::MessageWriter& writer) {
    writer.octets(OptionCode::message, large);
  }));
  EXPECT_TRUE(pair.primary.take().empty());
}

}  // namespace
}  // namespace twinlease::core
