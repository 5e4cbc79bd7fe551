// One endpoint, and a test that plays its partner message by message.

#include "impl/core/failover/relationship.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "impl/core/testing/pair.hpp"

namespace twinlease::core {
namespace {

using enum State;
using testing::Pair;
using wire::MessageType;
using wire::OptionCode;
using wire::ServerState;

constexpr Milliseconds second_ms = 1000, minute_ms = 60 * second_ms;

// The secondary of a pair, started alone; the test is its primary.
class Partner {
 public:
  explicit Partner(Pair& pair) : pair_(&pair) {
    pair.start(1);
    pair.run(second_ms);
    connect();
  }

  void connect() {
    static const std::array<std::uint8_t, wire::hash_bucket_octets> buckets{};
    connection_ = pair_->stranger(1);
    read_ = 0;
    say(MessageType::connect, ++xid_, [](wire::MessageWriter& writer) {
      wire::Connect its;
      its.relationship_name = Pair::name;
      its.max_unacked_bndupd = 10;
      its.receive_timer_s = 60;
      its.vendor_class_identifier = "test";
      its.protocol_version = 1;
      its.tls_request = 0;
      its.mclt_s = 600;
      its.hash_bucket_assignment = wire::Octets(buckets);
      wire::write(writer, its);
    });
  }
  void say(MessageType type, std::uint32_t xid, const std::function<void(wire::MessageWriter&)>& fill = {}) {
    Bytes buffer(wire::message_length_max);
    wire::MessageWriter writer(buffer, type, static_cast<std::uint32_t>(pair_->now(1).wall_s), xid,
                               wire::draft_12);
    if (fill) fill(writer);
    const auto octets = std::get<std::span<std::uint8_t>>(writer.finish());
    pair_->say(1, connection_, {octets.begin(), octets.end()});
    pair_->run(1);
  }
  void say(MessageType type) { say(type, ++xid_); }
  void say(ServerState state, std::uint8_t flags = 0, Seconds since_s = Pair::begin_s - 1000) {
    say(MessageType::state, ++xid_, [&](wire::MessageWriter& writer) {
      wire::write(writer,
                  wire::State{static_cast<std::uint8_t>(state), flags, static_cast<std::uint32_t>(since_s)});
    });
  }
  // Time passes, and it says nothing but that it is there.
  void stay(Milliseconds for_ms) {
    constexpr Milliseconds step_ms = 5 * second_ms;
    for (Milliseconds passed_ms = 0; passed_ms < for_ms; passed_ms += step_ms) {
      pair_->run(step_ms);
      say(MessageType::contact);
    }
  }
  // What was said to it since the last call.
  std::vector<MessageType> hear() {
    const std::vector<Bytes> all = pair_->heard(connection_);
    std::vector<MessageType> types;
    for (; read_ < all.size(); ++read_) {
      last_ = all[read_];
      types.push_back(message(last_).type());
      if (types.back() == MessageType::updreq || types.back() == MessageType::updreqall)
        request_xid_ = message(last_).xid();
    }
    return types;
  }
  std::uint32_t request_xid() const { return request_xid_; }
  int last_value(OptionCode code) const {
    const auto option = message(last_).options().find(code);
    return option ? option->value[0] : -1;
  }
  bool closed() const { return pair_->closed(connection_); }

 private:
  static wire::Message message(const Bytes& octets) { return std::get<wire::Message>(wire::decode(octets)); }

  Pair* pair_;
  ConnectionId connection_ = 0;
  std::uint32_t xid_ = 100;
  std::uint32_t request_xid_ = 0;
  std::size_t read_ = 0;
  Bytes last_;
};

using Types = std::vector<MessageType>;

TEST(Relationship, the_first_state_says_what_was_recorded_with_the_startup_bit) {  // 9.3.1, 7.9.1
  Pair pair;
  Partner partner(pair);
  EXPECT_EQ(partner.hear(), (Types{MessageType::connectack, MessageType::state}));
  EXPECT_EQ(partner.last_value(OptionCode::server_state), static_cast<int>(ServerState::recover));
  EXPECT_EQ(partner.last_value(OptionCode::server_flags), 1);
}

TEST(Relationship, recovery_message_by_message) {  // Figure 9.5.2-1, A-20
  Pair pair;
  Partner partner(pair);
  partner.hear();
  partner.say(ServerState::partner_down);
  EXPECT_EQ(partner.hear(), (Types{MessageType::state, MessageType::updreqall}));
  EXPECT_EQ(pair.state(1), recover);
  EXPECT_TRUE(pair.status(1).waits_for.find("UPDDONE") != std::string::npos);
  partner.say(MessageType::upddone, partner.request_xid() + 1);
  EXPECT_EQ(pair.state(1), recover) << "of no request (A-23)";
  partner.say(MessageType::upddone, partner.request_xid());
  EXPECT_EQ(partner.hear(), Types{MessageType::state});
  EXPECT_EQ(partner.last_value(OptionCode::server_state), static_cast<int>(ServerState::recover_done));
  partner.say(ServerState::normal);
  EXPECT_EQ(partner.hear().front(), MessageType::state);
  EXPECT_EQ(pair.state(1), normal);
}

TEST(Relationship, a_state_that_is_the_same_as_the_last_has_no_effect) {
  Pair pair;
  Partner partner(pair);
  partner.say(ServerState::partner_down);
  partner.hear();
  partner.say(ServerState::partner_down);
  EXPECT_EQ(partner.hear(), Types{});
  partner.say(ServerState::partner_down, 1);
  partner.say(ServerState::partner_down, 0);
  EXPECT_EQ(partner.hear(), Types{}) << "one request is outstanding";
}

TEST(Relationship, updates_are_asked_for_when_the_startup_bit_is_clear) {
  Pair pair;
  Partner partner(pair);
  partner.hear();
  partner.say(ServerState::communications_interrupted, 1);
  EXPECT_EQ(partner.hear(), Types{MessageType::state});
  EXPECT_EQ(pair.state(1), recover);
  EXPECT_TRUE(pair.status(1).standing.communications_ok);
  partner.say(ServerState::communications_interrupted, 0);
  EXPECT_EQ(partner.hear(), Types{MessageType::updreqall});
}

TEST(Relationship, a_request_is_made_again_on_the_next_connection) {  // 9.5.2
  Pair pair;
  Partner partner(pair);
  partner.say(ServerState::partner_down);
  partner.hear();
  const std::uint32_t before = partner.request_xid();
  partner.say(MessageType::disconnect, 9000,
              [](wire::MessageWriter& writer) { wire::write(writer, wire::Disconnect{254, "bye"}); });
  EXPECT_EQ(pair.state(1), recover);
  partner.connect();
  partner.say(ServerState::partner_down);
  EXPECT_EQ(partner.hear(), (Types{MessageType::connectack, MessageType::state, MessageType::updreqall}));
  partner.say(MessageType::upddone, before);
  EXPECT_EQ(pair.state(1), recover) << "an answer of the lost connection (8.6)";
}

TEST(Relationship, an_update_that_does_not_come_ends_the_connection) {  // 9.5.2
  Pair pair;
  Partner partner(pair);
  partner.say(ServerState::partner_down);
  partner.hear();
  partner.stay(Relationship::stalled_ms - 5 * second_ms);
  EXPECT_FALSE(partner.closed());
  pair.run(6 * second_ms);
  EXPECT_TRUE(partner.closed());
  const Types types = partner.hear();
  EXPECT_EQ(types.back(), MessageType::disconnect);
}

TEST(Relationship, a_bndack_may_take_minutes_but_not_for_ever) {  // 8.3, A-61
  Pair pair;
  const Ipv4 address{0x0a4d010a};
  pair.side(1).leases[address] = {
      .address = address, .status = BindingStatus::abandoned, .start_time_of_state_s = Pair::begin_s - 500};
  Partner partner(pair);
  partner.say(ServerState::partner_down);
  partner.hear();
  partner.say(MessageType::upddone, partner.request_xid());
  partner.say(ServerState::normal);
  partner.say(MessageType::updreqall);
  const Types types = partner.hear();
  ASSERT_EQ(std::ranges::count(types, MessageType::bndupd), 1);
  partner.stay(4 * minute_ms);
  EXPECT_FALSE(partner.closed());
  partner.stay(2 * minute_ms);
  EXPECT_TRUE(partner.closed());
}

TEST(Relationship, a_state_without_what_it_needs_ends_the_connection) {  // Table 7.10-1, A-43
  using Option = std::pair<OptionCode, std::vector<std::uint8_t>>;
  const std::vector<Option> whole = {{OptionCode::server_state, {2}},
                                     {OptionCode::server_flags, {0}},
                                     {OptionCode::start_time_of_state, {0, 0, 0, 1}}};
  for (const Option& spoilt : whole)
    for (const std::size_t octets : {0, 2}) {  // 0: it is not there
      Pair pair;
      Partner partner(pair);
      partner.hear();
      partner.say(MessageType::state, 5000, [&](wire::MessageWriter& writer) {
        for (const auto& [code, value] : whole) {
          if (code != spoilt.first)
            writer.octets(code, wire::Octets(value));
          else if (octets != 0)
            writer.octets(code, wire::Octets(std::vector<std::uint8_t>(octets)));
        }
      });
      EXPECT_TRUE(partner.closed()) << static_cast<int>(spoilt.first) << ' ' << octets;
      EXPECT_FALSE(pair.status(1).standing.communications_ok);
    }
}

TEST(Relationship, storage_lost_and_the_partner_in_a_conflict) {
  Pair pair;
  pair.side(1).config.relationships[0].storage_lost = true;
  Partner partner(pair);
  partner.hear();
  partner.say(ServerState::conflict_done);
  EXPECT_EQ(partner.hear(), (Types{MessageType::state, MessageType::updreqall}));
  EXPECT_EQ(pair.state(1), potential_conflict);
  partner.say(MessageType::upddone, partner.request_xid());
  EXPECT_EQ(pair.state(1), normal);
  EXPECT_EQ(pair.status(1).standing.new_clients_from_s, pair.begin_s + 1 + 600) << "MCLT after the start";
  EXPECT_FALSE(pair.side(1).record->storage_lost);
  pair.crash(1);
  pair.side(1).config.relationships[0].storage_lost = false;
  pair.start(1);
  EXPECT_EQ(pair.status(1).standing.new_clients_from_s, pair.begin_s + 1 + 600)
      << "a restart does not shorten it";
}

TEST(Relationship, an_updreqall_is_owed_until_it_is_answered) {  // 7.4.2
  Pair pair;
  Partner partner(pair);
  partner.say(ServerState::partner_down);
  partner.say(MessageType::updreqall, 700);
  const Types types = partner.hear();
  EXPECT_EQ(types.back(), MessageType::upddone) << "there is nothing to send";
  EXPECT_FALSE(pair.side(1).record->all_updates_owed);
}

TEST(Relationship, roles_of_a_hot_standby) {  // A-35, C17
  for (const bool primary_active : {true, false}) {
    Pair pair;
    for (const int i : {0, 1}) {
      pair.side(i).config.relationships[0].mode = Mode::hot_standby;
      pair.side(i).config.relationships[0].active = (i == 0) == primary_active;
    }
    pair.start_both();
    ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
    for (const int i : {0, 1})
      for (const std::uint8_t octet : pair.status(i).standing.buckets)
        EXPECT_EQ(octet, (i == 0) == primary_active ? 0xff : 0);
  }
}

TEST(Relationship, each_bucket_is_served_by_one_server_in_every_dialect) {  // 12.11
  for (const wire::Dialect* dialect : wire::all_dialects()) {
    Pair pair;
    for (const int i : {0, 1}) {
      pair.side(i).config.relationships[0].dialect = dialect;
      pair.side(i).config.relationships[0].local_share_percent = i == 0 ? 70 : 30;
    }
    pair.start_both();
    ASSERT_TRUE(pair.run_until(normal, normal, 2 * minute_ms)) << dialect->name;
    EXPECT_EQ(pair.status(0).standing.buckets, buckets_of(Role::primary, 70)) << dialect->name;
    EXPECT_EQ(pair.status(1).standing.buckets, buckets_of(Role::secondary, 30)) << dialect->name;
    const auto connect = std::get<wire::Message>(wire::decode(pair.first_octets(0)));
    const auto bits = connect.options().find(OptionCode::hash_bucket_assignment);
    EXPECT_EQ(bits->value[0], dialect->bucket_bits_of_primary ? 0xff : 0) << dialect->name;
  }
}

TEST(Relationship, every_dialect_gets_to_normal) {
  for (const wire::Dialect* dialect : wire::all_dialects())
    for (const bool told_to_both : {true, false}) {
      Pair pair;
      pair.side(0).config.relationships[0].dialect = dialect;
      if (told_to_both) pair.side(1).config.relationships[0].dialect = dialect;
      pair.start_both();
      EXPECT_TRUE(pair.run_until(normal, normal, 2 * minute_ms)) << dialect->name << told_to_both;
      EXPECT_EQ(pair.connections(), 1u) << dialect->name << told_to_both;
      pair.reset();
      EXPECT_TRUE(pair.run_until(normal, normal, 2 * minute_ms)) << dialect->name << told_to_both;
      pair.run(5 * second_ms);
      EXPECT_EQ(pair.connections(), 1u) << dialect->name << told_to_both;
    }
}

TEST(Relationship, a_first_server_may_begin_alone) {  // 9.3.2 (1)
  for (const bool so_configured : {true, false}) {
    Pair pair;
    pair.side(0).config.relationships[0].partner_down_at_first_start = so_configured;
    pair.start(0);
    pair.run(12 * second_ms);
    EXPECT_EQ(pair.state(0), so_configured ? partner_down : recover);
    pair.start(1);
    EXPECT_TRUE(pair.run_until(normal, normal, 3 * minute_ms));
  }
}

TEST(Relationship, a_server_told_to_wait_waits_in_startup) {  // 9.3.2 (6)
  Pair pair;
  pair.side(0).config.relationships[0].proceed_at_startup = false;
  pair.start(0);
  pair.run(60 * minute_ms);
  EXPECT_EQ(pair.state(0), startup);
  pair.start(1);
  EXPECT_TRUE(pair.run_until(normal, normal, 3 * minute_ms));
}

TEST(Relationship, recover_in_vain_needs_a_confirmed_command) {
  Pair pair;
  pair.start(0);
  pair.run(minute_ms);
  pair.command(0, Command::partner_down);
  EXPECT_EQ(pair.state(0), recover);
  EXPECT_TRUE(pair.side(0).told(EventId::command_refused));
  pair.command(0, Command::partner_down, 0, true);
  EXPECT_EQ(pair.state(0), partner_down);
}

TEST(Relationship, a_connect_that_was_heard_before_is_rejected_where_there_is_a_secret) {  // 11.1, A-22
  for (const bool secret : {true, false}) {
    Pair pair;
    for (const int i : {0, 1})
      if (secret) pair.side(i).config.relationships[0].secrets = {{"s"}};
    pair.start_both();
    ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
    const Bytes old = pair.first_octets(0);
    pair.cut();
    pair.run(30 * second_ms);
    const ConnectionId connection = pair.stranger(1);
    pair.say(1, connection, old);
    pair.run(1);
    const std::vector<Bytes> heard = pair.heard(connection);
    ASSERT_FALSE(heard.empty());
    const auto ack = std::get<wire::Message>(wire::decode(heard[0]));
    const auto reason = ack.options().find(OptionCode::reject_reason);
    EXPECT_EQ(reason ? reason->value[0] : 0, secret ? 4 : 0);
  }
}

TEST(Relationship, the_time_of_operation_is_recorded_while_there_is_one) {  // 9.3.2, 9.6.2
  Pair pair;
  pair.start_both();
  ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
  pair.run(60 * minute_ms);
  EXPECT_LE(pair.now(0).wall_s - pair.side(0).record->last_operation_s, Relationship::operation_stamp_s);
}

// ---- when to connect again

TEST(Reconnect, attempts_become_rarer_and_never_stop) {  // 8.2, 8.6
  Random random(1);
  Reconnect reconnect;
  reconnect.begin(0);
  EXPECT_EQ(reconnect.due_ms(), 0);
  Milliseconds now_ms = 0, longest_ms = 0;
  for (int i = 0; i < 20; ++i) {
    reconnect.asked(now_ms);
    reconnect.failed(now_ms, random);
    EXPECT_GE(reconnect.due_ms() - now_ms, Reconnect::least_ms);
    longest_ms = std::max(longest_ms, reconnect.due_ms() - now_ms);
    now_ms = reconnect.due_ms();
  }
  EXPECT_LE(longest_ms, Reconnect::most_ms + Reconnect::least_ms);
  reconnect.settled(now_ms);
  reconnect.lost(now_ms + 60'000);
  EXPECT_EQ(reconnect.due_ms(), now_ms + 60'000) << "at once after a loss (8.6)";
}

TEST(Reconnect, a_refusal_is_waited_out_and_a_disconnect_when_it_comes_again) {  // 7.9, 7.12
  Random random(1);
  Reconnect reconnect;
  reconnect.refused(0, true, random);
  EXPECT_GE(reconnect.due_ms(), Reconnect::patience_ms);
  reconnect.stimulus(1000);
  EXPECT_GE(reconnect.due_ms(), Reconnect::patience_ms);
  Reconnect other;
  other.refused(0, false, random);
  EXPECT_LT(other.due_ms(), Reconnect::patience_ms);
  other.refused(10'000, false, random);
  EXPECT_GE(other.due_ms(), 10'000 + Reconnect::patience_ms);
  other.stimulus(20'000);
  EXPECT_EQ(other.due_ms(), 20'000) << "the partner is there (8.2)";
  other.settled(20'000);
  other.refused(20'000 + Reconnect::forgotten_ms + 1, false, random);
  EXPECT_LT(other.due_ms(), 20'000 + Reconnect::forgotten_ms + Reconnect::patience_ms);
}

TEST(Reconnect, an_attempt_without_outcome_is_given_up) {
  Reconnect reconnect;
  reconnect.begin(0);
  reconnect.asked(0);
  EXPECT_EQ(reconnect.due_ms(), Reconnect::answer_ms);
}

}  // namespace
}  // namespace twinlease::core
