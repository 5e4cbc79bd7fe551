// Two servers in one process and in virtual time: from the first start through every way in which a pair
// comes apart and together again. Chapter 9 of the draft, seen from outside.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "impl/core/testing/pair.hpp"

namespace twinlease::core {
namespace {

using enum State;
using testing::Pair;

constexpr Milliseconds second_ms = 1000, minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms;
constexpr Milliseconds mclt_ms = 600 * second_ms;  // of testing::Pair

// The states that a side entered, in order, as its events tell.
std::vector<std::string> entered(const Pair::Side& side) {
  std::vector<std::string> states;
  for (const Event& event : side.events) {
    const auto id = static_cast<int>(event.id);
    if (id != 20251 && id != 20252 && id != 20259 && id != 20260) continue;
    const std::size_t to = event.text.find(" to ") + 4;
    states.push_back(event.text.substr(to, event.text.find(" (") - to));
  }
  return states;
}

// Running, and the events so far forgotten.
void begin_in_normal(Pair& pair) {
  pair.start_both();
  ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
  for (const int i : {0, 1}) pair.side(i).events.clear();
}

TEST(ServerPair, two_new_servers_serve_without_waiting_for_mclt) {  // 9.3.2, A-20
  Pair pair;
  pair.start_both();
  ASSERT_TRUE(pair.run_until(normal, normal, 15 * second_ms))
      << name(pair.state(0)) << " " << name(pair.state(1));
  for (const int i : {0, 1}) {
    EXPECT_EQ(pair.status(i).waits_for, "");
    EXPECT_TRUE(pair.side(i).told(EventId::link_up));
    EXPECT_TRUE(pair.side(i).told(EventId::state_change_first));
    EXPECT_FALSE(pair.side(i).record->no_record);
  }
  EXPECT_EQ(entered(pair.side(0)).back(), "NORMAL");
  EXPECT_EQ(entered(pair.side(0)).front(), "RECOVER");
  EXPECT_EQ(pair.connections(), 1u);
}

TEST(ServerPair, it_does_not_matter_who_starts_first_or_how_slow_disk_and_network_are) {
  for (const int first : {0, 1})
    for (const Milliseconds store_ms : {0, 1, 200, 1500})
      for (const Milliseconds latency_ms : {0, 100}) {
        Pair pair;
        pair.store_ms = store_ms;
        pair.latency_ms = latency_ms;
        pair.start(first);
        pair.run(3 * minute_ms);
        EXPECT_EQ(pair.state(first), recover) << "alone, and without a record";
        pair.start(1 - first);
        EXPECT_TRUE(pair.run_until(normal, normal, minute_ms))
            << first << " " << store_ms << " " << latency_ms;
      }
}

TEST(ServerPair, both_servers_divide_the_clients_between_them) {  // 12.11, C8
  Pair pair;
  pair.side(0).config.relationships[0].local_share_percent = 70;
  pair.start_both();
  ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
  const auto one = pair.status(0).standing.buckets, two = pair.status(1).standing.buckets;
  int of_primary = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i] ^ two[i], 0xff);
    of_primary += std::popcount(one[i]);
  }
  EXPECT_EQ(of_primary, 179);
}

TEST(ServerPair, the_secondary_keeps_the_mclt_of_its_primary) {  // 7.8.2 (7)
  Pair pair;
  pair.side(1).config.relationships[0].mclt_s = 86400;
  begin_in_normal(pair);
  EXPECT_EQ(pair.status(1).standing.mclt_s, 600u);
  pair.crash(0);
  pair.crash(1);
  pair.start(1);
  EXPECT_EQ(pair.status(1).standing.mclt_s, 600u);
}

TEST(ServerPair, a_broken_connection_is_noticed_at_once_and_made_again) {  // 8.6, 9.9.3
  Pair pair;
  begin_in_normal(pair);
  pair.reset();
  for (const int i : {0, 1}) {
    EXPECT_EQ(pair.state(i), communications_interrupted);
    EXPECT_TRUE(pair.side(i).told(EventId::state_change_bad));
    EXPECT_TRUE(pair.side(i).told(EventId::link_down));
    EXPECT_NE(pair.status(i).waits_for, "");
  }
  EXPECT_TRUE(pair.run_until(normal, normal, 10 * second_ms));
}

TEST(ServerPair, a_silent_network_is_noticed_within_the_receive_timer) {  // 8.3, C25
  Pair pair;
  begin_in_normal(pair);
  pair.run(10 * minute_ms);
  EXPECT_EQ(pair.state(0), normal) << "CONTACT keeps it";
  pair.cut();
  pair.run(61 * second_ms);
  EXPECT_EQ(pair.state(0), communications_interrupted);
  EXPECT_EQ(pair.state(1), communications_interrupted);
  pair.run(24 * hour_ms);
  EXPECT_EQ(pair.state(0), communications_interrupted) << "no safe period is configured (C10)";
  pair.heal();
  EXPECT_TRUE(pair.run_until(normal, normal, 2 * minute_ms));
}

TEST(ServerPair,
     who_worked_on_after_the_partner_was_told_that_it_is_down_is_in_a_conflict) {  // 9.3.2, A-28
  for (const bool worked_on : {true, false}) {
    Pair pair;
    pair.start_both();
    ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
    pair.run(20 * second_ms);
    pair.cut();
    pair.run(80 * second_ms);
    ASSERT_EQ(pair.state(1), communications_interrupted);
    if (!worked_on) pair.crash(1);
    pair.command(0, Command::partner_down);
    pair.run(10 * second_ms);
    if (worked_on) pair.crash(1);
    pair.side(1).events.clear();
    pair.start(1);
    pair.heal();
    EXPECT_TRUE(pair.run_until(normal, normal, 20 * minute_ms));
    EXPECT_EQ(entered(pair.side(1)).front(), worked_on ? "POTENTIAL-CONFLICT" : "RECOVER");
  }
}

TEST(ServerPair, a_restart_of_either_server_ends_in_normal) {  // 9.3
  for (const int i : {0, 1}) {
    Pair pair;
    begin_in_normal(pair);
    pair.crash(i);
    EXPECT_EQ(pair.state(1 - i), communications_interrupted);
    pair.run(20 * second_ms);
    pair.start(i);
    EXPECT_EQ(pair.state(i), startup);
    EXPECT_TRUE(pair.run_until(normal, normal, 90 * second_ms)) << i;
    EXPECT_FALSE(std::ranges::count(entered(pair.side(i)), "RECOVER"));
  }
}

TEST(ServerPair, a_server_that_starts_alone_goes_on_from_where_it_was) {  // 9.3.2 (6), 5.9
  Pair pair;
  begin_in_normal(pair);
  pair.crash(0);
  pair.crash(1);
  pair.start(0);
  pair.run(9 * second_ms);
  EXPECT_EQ(pair.state(0), startup);
  pair.run(2 * second_ms);
  EXPECT_EQ(pair.state(0), communications_interrupted);
  const Seconds entered_s = pair.status(0).standing.entered_s;
  pair.crash(0);
  pair.run(hour_ms);
  pair.start(0);
  pair.run(29 * second_ms);
  EXPECT_EQ(pair.state(0), startup) << "longer: the partner may have given us up (5.9)";
  pair.run(2 * second_ms);
  EXPECT_EQ(pair.state(0), communications_interrupted);
  EXPECT_EQ(pair.status(0).standing.entered_s, entered_s) << "a restart begins no state anew (A-32)";
}

TEST(ServerPair, partner_down_and_the_partners_return) {  // 9.4, 9.5, 9.6, 9.7
  for (const int survivor : {0, 1}) {
    const int returning = 1 - survivor;
    Pair pair;
    begin_in_normal(pair);
    pair.run(30 * second_ms);
    pair.crash(returning);
    pair.run(5 * second_ms);
    pair.command(survivor, Command::partner_down);
    EXPECT_EQ(pair.state(survivor), partner_down);
    EXPECT_TRUE(pair.side(survivor).told(EventId::state_change_bad));
    pair.run(2 * minute_ms);
    pair.side(returning).events.clear();
    pair.start(returning);
    pair.run(mclt_ms - 3 * minute_ms);
    EXPECT_EQ(pair.state(returning), recover_wait) << survivor;
    EXPECT_EQ(pair.state(survivor), partner_down);
    ASSERT_TRUE(pair.run_until(normal, normal, 4 * minute_ms))
        << "MCLT from the last time of operation (9.6.2)";
    const std::vector<std::string> path = entered(pair.side(returning));
    EXPECT_EQ(path, (std::vector<std::string>{"RECOVER", "RECOVER-WAIT", "RECOVER-DONE", "NORMAL"}));
  }
}

TEST(ServerPair, after_mclt_the_partners_return_takes_no_time) {  // 9.6.2
  Pair pair;
  begin_in_normal(pair);
  pair.crash(1);
  pair.command(0, Command::partner_down);
  pair.run(2 * mclt_ms);
  pair.start(1);
  EXPECT_TRUE(pair.run_until(normal, normal, minute_ms));
}

TEST(ServerPair, two_servers_in_partner_down_resolve_their_conflict) {  // 9.10, 9.12
  Pair pair;
  begin_in_normal(pair);
  pair.cut();
  pair.run(2 * minute_ms);
  for (const int i : {0, 1}) {
    pair.command(i, Command::partner_down);
    pair.side(i).events.clear();
  }
  pair.heal();
  ASSERT_TRUE(pair.run_until(normal, normal, 2 * minute_ms))
      << name(pair.state(0)) << " " << name(pair.state(1));
  EXPECT_EQ(entered(pair.side(0)),
            (std::vector<std::string>{"POTENTIAL-CONFLICT", "CONFLICT-DONE", "NORMAL"}));
  EXPECT_EQ(entered(pair.side(1)), (std::vector<std::string>{"POTENTIAL-CONFLICT", "NORMAL"}));
}

// Broken at every moment of it, a reintegration ends well all the same.
TEST(ServerPair, a_conflict_survives_connections_that_break) {  // 9.11
  for (Milliseconds after_ms = 0; after_ms < 60; ++after_ms) {
    Pair pair;
    pair.latency_ms = 3;
    pair.store_ms = 2;
    begin_in_normal(pair);
    pair.cut();
    pair.run(2 * minute_ms);
    for (const int i : {0, 1}) pair.command(i, Command::partner_down);
    pair.heal();
    for (Milliseconds waited_ms = 0; pair.state(1) == partner_down && waited_ms < 2 * minute_ms; ++waited_ms)
      pair.run(1);
    pair.run(after_ms);
    pair.reset();
    for (const int i : {0, 1}) EXPECT_NE(pair.state(i), potential_conflict) << after_ms;
    EXPECT_TRUE(pair.run_until(normal, normal, 2 * minute_ms))
        << after_ms << " " << name(pair.state(0)) << " " << name(pair.state(1));
  }
}

TEST(ServerPair, what_a_server_says_of_itself_it_has_stored) {  // 9.2
  for (Milliseconds crash_ms = 0; crash_ms < 4000; crash_ms += 130) {
    Pair pair;
    pair.store_ms = 300;
    pair.latency_ms = 5;
    pair.start_both();
    for (Milliseconds passed_ms = 0; passed_ms < crash_ms; passed_ms += 10) {
      pair.run(10);
      for (const int i : {0, 1}) {
        const auto& record = pair.side(i).record;
        const State believed = pair.status(1 - i).standing.partner_state;
        if (believed == normal) ASSERT_TRUE(record && record->state == normal) << passed_ms;
        if (believed == recover_done)
          ASSERT_TRUE(record && (record->state == recover_done || record->state == normal));
      }
    }
    pair.crash(crash_ms / 130 % 2);
    pair.start(crash_ms / 130 % 2);
    EXPECT_TRUE(pair.run_until(normal, normal, 2 * minute_ms + mclt_ms)) << crash_ms;
  }
}

TEST(ServerPair, pause_lets_the_partner_serve_everybody_and_comes_back) {  // 9.13
  for (const int i : {0, 1}) {
    Pair pair;
    begin_in_normal(pair);
    pair.command(i, Command::pause);
    EXPECT_EQ(pair.state(i), paused);
    pair.run(100);
    EXPECT_EQ(pair.state(1 - i), communications_interrupted);
    EXPECT_EQ(pair.status(1 - i).record.partner_state, paused);
    EXPECT_EQ(pair.side(i).record->state, normal) << "the state before (9.13.1)";
    EXPECT_TRUE(pair.side(i).record->stored_by_stop);
    EXPECT_FALSE(pair.side(i).stopped) << "only this relationship was meant";
    pair.run(5 * minute_ms);
    EXPECT_EQ(pair.state(i), paused);
    pair.command(i, Command::resume);
    EXPECT_TRUE(pair.run_until(normal, normal, 3 * minute_ms)) << i;
  }
}

TEST(ServerPair, shutdown_hands_everything_over) {  // 9.14
  for (const int i : {0, 1}) {
    Pair pair;
    begin_in_normal(pair);
    pair.give(i, OperatorCommand{Command::shutdown, {}, 0, false});
    EXPECT_EQ(pair.state(i), shutdown);
    EXPECT_FALSE(pair.side(i).stopped) << "a few seconds for the partner (9.14.2)";
    pair.run(5 * second_ms);
    EXPECT_EQ(pair.state(1 - i), partner_down);
    EXPECT_TRUE(pair.side(i).stopped);
    EXPECT_TRUE(pair.side(i).record->stop_saw_partner_down);
    pair.crash(i);
    pair.run(2 * mclt_ms);
    pair.side(i).events.clear();
    pair.start(i);
    ASSERT_TRUE(pair.run_until(normal, normal, minute_ms));
    EXPECT_EQ(entered(pair.side(i)).front(), "RECOVER") << "9.14.2";
  }
}

TEST(ServerPair, the_safe_period_ends_where_it_is_configured) {  // 9.9.3, 10, A-32
  Pair pair;
  for (const int i : {0, 1}) pair.side(i).config.relationships[0].safe_period_s = 3600;
  begin_in_normal(pair);
  pair.crash(1);
  pair.run(hour_ms - 5 * second_ms);
  EXPECT_EQ(pair.state(0), communications_interrupted);
  pair.run(6 * second_ms);
  EXPECT_EQ(pair.state(0), partner_down);
}

TEST(ServerPair, the_safe_period_does_not_run_while_the_partner_refuses) {  // C13, 5.10
  Pair pair;
  for (const int i : {0, 1}) {
    pair.side(i).config.relationships[0].safe_period_s = 3600;
    pair.side(i).config.relationships[0].secrets = {{"one"}};
  }
  begin_in_normal(pair);
  pair.crash(1);
  pair.side(1).config.relationships[0].secrets = {{"another"}};
  pair.start(1);
  pair.run(12 * hour_ms);
  EXPECT_EQ(pair.state(0), communications_interrupted);
  EXPECT_EQ(pair.state(1), communications_interrupted);
  EXPECT_TRUE(pair.side(1).told(EventId::digest_connect));
  EXPECT_LT(std::ranges::count(pair.side(1).events, EventId::digest_connect, &Event::id), 12 * 60)
      << "not more often than once a minute (7.9)";
  pair.crash(1);
  pair.run(2 * hour_ms);
  EXPECT_EQ(pair.state(0), partner_down) << "now it may be gone";
}

TEST(ServerPair, clocks_that_differ) {  // 5.10, C13
  Pair pair;
  pair.side(1).clock_s = 45;
  begin_in_normal(pair);
  EXPECT_EQ(pair.status(0).record.partner_entered_s - pair.status(1).standing.entered_s, -45);

  Pair apart;
  apart.side(1).clock_s = 100;
  apart.start_both();
  apart.run(5 * minute_ms);
  EXPECT_EQ(apart.state(0), recover);
  EXPECT_TRUE(apart.side(1).told(EventId::clock_skew));

  Pair tolerant;
  tolerant.side(1).clock_s = -86400;
  for (const int i : {0, 1}) tolerant.side(i).config.relationships[0].max_skew_s = 0;
  begin_in_normal(tolerant);
}

TEST(ServerPair, lost_storage_is_recovered_in_full_and_waited_for) {  // 9.3.2 (1), 9.5.2, A-20
  Pair pair;
  begin_in_normal(pair);
  pair.crash(1);
  pair.run(minute_ms);
  pair.side(1).leases.clear();
  pair.side(1).record.reset();
  pair.side(1).config.relationships[0].storage_lost = true;
  pair.start(1);
  pair.run(mclt_ms - second_ms);
  EXPECT_EQ(pair.state(1), recover_wait);
  EXPECT_FALSE(pair.status(1).record.storage_lost) << "UPDREQALL was answered";
  EXPECT_EQ(pair.state(0), communications_interrupted);
  EXPECT_TRUE(pair.run_until(normal, normal, 30 * second_ms));
}

TEST(ServerPair, a_restored_database_is_recovered_while_the_server_runs) {
  Pair pair;
  begin_in_normal(pair);
  pair.command(0, Command::database_restored);
  pair.run(second_ms);
  EXPECT_EQ(pair.state(0), recover_wait);
  EXPECT_EQ(pair.state(1), communications_interrupted);
  EXPECT_TRUE(pair.run_until(normal, normal, mclt_ms + 2 * minute_ms));
}

TEST(ServerPair, partner_down_since_a_time_that_was_not) {  // U34 of the field: a wrong date makes duplicates
  Pair pair;
  begin_in_normal(pair);
  pair.run(10 * minute_ms);
  pair.crash(1);
  pair.run(10 * minute_ms);
  const Seconds now_s = pair.now(0).wall_s;
  for (const Seconds since_s : {now_s + 1, now_s - 601}) {
    pair.side(0).events.clear();
    pair.command(0, Command::partner_down, since_s);
    EXPECT_EQ(pair.state(0), communications_interrupted);
    EXPECT_TRUE(pair.side(0).told(EventId::command_refused));
  }
  pair.command(0, Command::partner_down, now_s - 599);
  EXPECT_EQ(pair.state(0), partner_down);
  EXPECT_EQ(pair.status(0).standing.entered_s, now_s - 599) << "A-10";
}

TEST(ServerPair, a_disk_that_fails_stops_what_depends_on_it_and_recovers) {
  Pair pair;
  begin_in_normal(pair);
  pair.disk_broken = true;
  pair.reset();
  pair.run(5 * second_ms);
  EXPECT_TRUE(pair.side(0).server->storage_failing());
  EXPECT_TRUE(pair.side(0).told(EventId::storage_failed));
  EXPECT_NE(pair.status(1).standing.partner_state, communications_interrupted) << "not stored, so not said";
}

TEST(ServerPair, equal_histories_are_equal) {
  const auto history = [] {
    Pair pair;
    pair.store_ms = 7;
    pair.start_both();
    pair.run(30 * second_ms);
    pair.reset();
    pair.run(30 * second_ms);
    std::string text = std::to_string(pair.octets_sent());
    for (const int i : {0, 1})
      for (const Event& event : pair.side(i).events) text += event.text;
    return text;
  };
  EXPECT_EQ(history(), history());
}

}  // namespace
}  // namespace twinlease::core
