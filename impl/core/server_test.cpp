// One server, and whoever else may connect to it: strangers, the hostile, and the operator.

#include "impl/core/server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "impl/core/event_limit.hpp"
#include "impl/core/failover/strangers.hpp"
#include "impl/core/testing/pair.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::core {
namespace {

using enum State;
using testing::Pair;
using wire::MessageType;
using wire::OptionCode;

constexpr Milliseconds second_ms = 1000, minute_ms = 60 * second_ms;

void begin_in_normal(Pair& pair) {
  pair.start_both();
  ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
  for (const int i : {0, 1}) pair.side(i).events.clear();
}

Bytes message(MessageType type, Seconds time_s, const std::function<void(wire::MessageWriter&)>& fill = {}) {
  Bytes buffer(wire::message_length_max);
  wire::MessageWriter writer(buffer, type, static_cast<std::uint32_t>(time_s), 9, wire::draft_12);
  if (fill) fill(writer);
  const auto octets = std::get<std::span<std::uint8_t>>(writer.finish());
  return {octets.begin(), octets.end()};
}

Bytes connect(std::string_view name, Seconds time_s) {
  static const std::array<std::uint8_t, wire::hash_bucket_octets> buckets{};
  wire::Connect its;
  its.relationship_name = name;
  its.max_unacked_bndupd = 10;
  its.receive_timer_s = 60;
  its.vendor_class_identifier = "test";
  its.protocol_version = 1;
  its.tls_request = 0;
  its.mclt_s = 5;
  its.hash_bucket_assignment = wire::Octets(buckets);
  return message(MessageType::connect, time_s,
                 [&](wire::MessageWriter& writer) { wire::write(writer, its); });
}

int reason_of(const Bytes& octets) {
  const auto decoded = std::get<wire::Message>(wire::decode(octets));
  const auto option = decoded.options().find(OptionCode::reject_reason);
  return option ? option->value[0] : 0;
}

TEST(Server, names_are_compared_octet_by_octet) {
  EXPECT_TRUE(same_name("a-b", "a-b"));
  EXPECT_TRUE(same_name("a-b", std::string_view("a-b\0", 4)));
  EXPECT_FALSE(same_name("a-b", "A-b"));
  EXPECT_FALSE(same_name("a-b", std::string_view("a-b\0\0", 5)));
}

TEST(Server, a_connect_that_is_nobodys_is_rejected_with_8) {  // 7.8.2 (5), A-16
  Pair pair;
  begin_in_normal(pair);
  const struct {
    int side;
    const char* name;
  } cases[] = {{1, "nobody"}, {1, ""}, {0, "nobody"}, {0, Pair::name}};
  for (const auto& c : cases) {
    const ConnectionId connection = pair.stranger(c.side);
    pair.say(c.side, connection, connect(c.name, pair.now(c.side).wall_s));
    ASSERT_EQ(pair.heard(connection).size(), 1u) << c.side << c.name;
    EXPECT_EQ(reason_of(pair.heard(connection)[0]), 8);
    EXPECT_TRUE(pair.closed(connection));
    EXPECT_TRUE(pair.side(c.side).told(EventId::connect_rejected_by_us));
  }
  EXPECT_EQ(pair.state(0), normal);
  EXPECT_EQ(pair.state(1), normal);
}

TEST(Server, a_second_connection_of_a_living_partner_is_one_too_many) {  // 8.2, S28
  Pair pair;
  begin_in_normal(pair);
  const ConnectionId connection = pair.stranger(1);
  pair.say(1, connection, connect(Pair::name, pair.now(1).wall_s));
  EXPECT_EQ(reason_of(pair.heard(connection).at(0)), 7);
  EXPECT_TRUE(pair.closed(connection));
  EXPECT_EQ(pair.state(1), normal);
  EXPECT_EQ(pair.status(1).standing.mclt_s, 600u) << "its terms do not count";
}

TEST(Server, a_partner_that_comes_back_replaces_a_connection_that_died_unnoticed) {  // 8.2
  Pair pair;
  begin_in_normal(pair);
  pair.cut();
  pair.run(30 * second_ms);
  EXPECT_EQ(pair.state(1), normal) << "not noticed yet";
  const ConnectionId connection = pair.stranger(1);
  pair.say(1, connection, connect(Pair::name, pair.now(1).wall_s));
  pair.run(1);
  ASSERT_EQ(pair.heard(connection).size(), 2u);
  EXPECT_EQ(reason_of(pair.heard(connection)[0]), 0);
  EXPECT_EQ(std::get<wire::Message>(wire::decode(pair.heard(connection)[1])).type(), MessageType::state);
  EXPECT_EQ(pair.state(1), communications_interrupted);
}

TEST(Server, a_connect_cannot_be_played_again) {  // 11.1, A-22
  Pair pair;
  for (const int i : {0, 1}) pair.side(i).config.relationships[0].secrets = {{"s"}};
  begin_in_normal(pair);
  const Seconds first_s = pair.side(1).record->connect_sent_s;
  EXPECT_GT(first_s, 0);
  pair.reset();
  ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
  EXPECT_GT(pair.side(1).record->connect_sent_s, first_s) << "at least 2 seconds later";
}

TEST(Server, three_hundred_strangers_change_nothing) {
  for (const int i : {0, 1}) {
    Pair pair;
    begin_in_normal(pair);
    std::vector<ConnectionId> strangers;
    for (int n = 0; n < 300; ++n) {
      strangers.push_back(pair.stranger(i));
      const Bytes noise(static_cast<std::size_t>(n % 40), static_cast<std::uint8_t>(n));
      if (n % 3 == 1) pair.say(i, strangers.back(), noise);
      if (n % 3 == 2) pair.say(i, strangers.back(), message(MessageType::state, pair.now(i).wall_s));
    }
    EXPECT_GE(std::ranges::count_if(strangers, [&](ConnectionId id) { return pair.closed(id); }),
              300 - static_cast<int>(Strangers::most));
    pair.run(Strangers::wait_ms + second_ms);
    for (const ConnectionId id : strangers) EXPECT_TRUE(pair.closed(id));
    EXPECT_EQ(pair.state(0), normal);
    EXPECT_EQ(pair.state(1), normal);
    EXPECT_FALSE(pair.side(i).told(EventId::link_down));
    EXPECT_LE(pair.side(i).events.size(), static_cast<std::size_t>(EventLimit::a_second + 1));
    pair.reset();
    EXPECT_TRUE(pair.run_until(normal, normal, 15 * second_ms)) << "and the partner gets in among them";
  }
}

TEST(Server, strangers_do_not_keep_a_partner_out) {
  Pair pair;
  pair.start_both();
  for (int n = 0; n < 40; ++n) {
    for (int k = 0; k < 50; ++k) pair.stranger(1);
    pair.run(500);
  }
  EXPECT_EQ(pair.state(1), normal);
}

TEST(Server, octets_that_follow_connect_at_once_are_not_lost) {
  Pair pair;
  pair.start(1);
  pair.run(second_ms);
  const ConnectionId connection = pair.stranger(1);
  const Seconds now_s = pair.now(1).wall_s;
  Bytes octets = connect(Pair::name, now_s);
  const Bytes state = message(MessageType::state, now_s, [&](wire::MessageWriter& writer) {
    wire::write(writer, wire::State{static_cast<std::uint8_t>(wire::ServerState::partner_down), 0,
                                    static_cast<std::uint32_t>(now_s - 50)});
  });
  octets.insert(octets.end(), state.begin(), state.end());
  for (const std::uint8_t octet : octets) pair.say(1, connection, {octet});
  EXPECT_EQ(pair.status(1).standing.partner_state, partner_down);
  EXPECT_EQ(pair.status(1).standing.mclt_s, 5u);
  EXPECT_TRUE(pair.status(1).standing.communications_ok);
}

TEST(Server, nothing_is_listened_to_before_state) {  // 8.2, 8.3
  Pair pair;
  pair.start(1);
  pair.run(second_ms);
  const ConnectionId connection = pair.stranger(1);
  pair.say(1, connection, connect(Pair::name, pair.now(1).wall_s));
  pair.say(1, connection, message(MessageType::updreq, pair.now(1).wall_s));
  pair.run(1);
  EXPECT_TRUE(pair.closed(connection));
  EXPECT_EQ(pair.status(1).standing.partner_state, startup);
}

TEST(Server, a_state_is_read_as_the_dialects_have_it) {  // 12.24
  const struct {
    int number;
    State partner;
  } cases[] = {{2, normal},         {6, recover},   {12, recover_wait},
               {254, recover_wait}, {200, recover}, {1, startup}};
  for (const auto& c : cases) {
    Pair pair;
    pair.start(1);
    pair.run(second_ms);
    const ConnectionId connection = pair.stranger(1);
    const Seconds now_s = pair.now(1).wall_s;
    pair.say(1, connection, connect(Pair::name, now_s));
    pair.say(1, connection, message(MessageType::state, now_s, [&](wire::MessageWriter& writer) {
               wire::write(writer, wire::State{static_cast<std::uint8_t>(c.number), 0, 0U});
             }));
    EXPECT_EQ(pair.status(1).standing.partner_state, c.partner) << c.number;
    EXPECT_FALSE(pair.closed(connection)) << c.number;
  }
}

// ---- the operator

TEST(Server, commands_that_cannot_be_carried_out_are_refused) {
  Pair pair;
  begin_in_normal(pair);
  pair.give(0, OperatorCommand{Command::pause, "nobody", 0, false});
  EXPECT_TRUE(pair.side(0).told(EventId::command_refused));
  EXPECT_EQ(pair.state(0), normal);
  pair.side(0).events.clear();
  pair.command(0, Command::resume);
  EXPECT_TRUE(pair.side(0).told(EventId::command_refused));
}

TEST(Server, a_new_configuration_leaves_alone_what_it_does_not_change) {
  Pair pair;
  begin_in_normal(pair);
  Config config = pair.side(0).config;
  Scope more = config.scopes[0];
  more.name = "more";
  more.subnet = {0x0a4d0200};
  more.ranges = {{{0x0a4d020a}, {0x0a4d0213}}};
  more.relationship.clear();
  config.scopes.push_back(more);
  EXPECT_TRUE(pair.reconfigure(0, config).empty());
  EXPECT_EQ(pair.state(0), normal);
  EXPECT_TRUE(pair.side(0).server->book().find({0x0a4d020a}));
  pair.run(5 * minute_ms);
  EXPECT_EQ(pair.state(1), normal);
}

TEST(Server, a_changed_relationship_keeps_its_state_and_connects_again) {
  Pair pair;
  begin_in_normal(pair);
  Config config = pair.side(0).config;
  config.relationships[0].max_unacked_bndupd = 17;
  EXPECT_TRUE(pair.reconfigure(0, config).empty());
  EXPECT_EQ(pair.state(0), startup);
  EXPECT_TRUE(pair.side(0).told(EventId::link_down));
  EXPECT_EQ(pair.status(0).record.state, communications_interrupted);
  EXPECT_TRUE(pair.run_until(normal, normal, minute_ms));
}

TEST(Server, a_configuration_that_is_wrong_changes_nothing) {
  Pair pair;
  begin_in_normal(pair);
  Config other_role = pair.side(0).config;
  other_role.relationships[0].role = Role::secondary;
  EXPECT_EQ(pair.reconfigure(0, other_role).size(), 1u);
  Config wrong = pair.side(0).config;
  wrong.relationships[0].mclt_s = 0;
  EXPECT_FALSE(pair.reconfigure(0, wrong).empty());
  EXPECT_EQ(pair.state(0), normal);
}

// ---- events

TEST(EventLimit, tells_so_many_a_second_and_how_many_it_left_out) {
  EventLimit limit;
  const auto events = [&](int count, Milliseconds now_ms) {
    Outputs outputs;
    for (int i = 0; i < count; ++i)
      outputs.emplace_back(Event{EventId::malformed_dhcp, Level::debug, {}, {}});
    outputs.emplace_back(Event{EventId::state_change, Level::info, {}, {}});
    outputs.emplace_back(Connect{"a"});
    limit.apply(outputs, 0, now_ms);
    return outputs;
  };
  EXPECT_EQ(events(EventLimit::a_second, 5000).size(), EventLimit::a_second + 2u);
  EXPECT_EQ(limit.next_deadline(), never);
  EXPECT_EQ(events(30, 5500).size(), 2u) << "a change of state is told, and what is no event";
  EXPECT_EQ(limit.next_deadline(), 6000);
  const Outputs next = events(1, 6000);
  ASSERT_EQ(next.size(), 4u);
  EXPECT_EQ(std::get<Event>(next.back()).id, EventId::dropped);
  EXPECT_EQ(std::get<Event>(next.back()).text, "30 events were left out");
}

}  // namespace
}  // namespace twinlease::core
