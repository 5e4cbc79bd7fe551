// Chapter 9 of the draft, written down a second time as what it says of each pair of states.

#include "impl/core/failover/machine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twinlease::core {
namespace {

using enum State;

constexpr State partners[] = {normal,        communications_interrupted,
                              partner_down,  potential_conflict,
                              recover,       recover_wait,
                              recover_done,  resolution_interrupted,
                              conflict_done, paused,
                              shutdown};
constexpr State serving_or_waiting[] = {
    normal,       communications_interrupted, partner_down,           recover,      recover_wait,
    recover_done, potential_conflict,         resolution_interrupted, conflict_done};

Facts connected(Role role, State partner) {
  Facts facts;
  facts.role = role;
  facts.communications_ok = true;
  facts.partner = partner;
  return facts;
}
State said(State own, State partner, Role role = Role::primary) {
  return react(own, Occasion::partner_said, connected(role, partner)).next;
}

struct Pair {
  State own;
  std::vector<State> next;  // in the order of `partners`
  const char* clause;
};

TEST(Machine, partner_states_when_communications_are_ok) {
  constexpr State C = communications_interrupted, P = partner_down, X = potential_conflict,
                  I = resolution_interrupted;
  // partner:     N, C-I, P-D, P-C, R, R-W, R-D, R-I, C-D, PAUSED, SHUTDOWN
  const std::vector<Pair> pairs = {
      {partner_down, {X, X, X, X, P, P, normal, X, X, P, P}, "9.4.3"},
      {recover, {recover, recover, recover, X, recover, recover, recover, X, X, recover, recover}, "9.5.2"},
      {recover_wait, std::vector<State>(11, recover_wait), "9.6.2"},
      {recover_done,
       {normal, recover_done, recover_done, X, C, C, normal, X, X, recover_done, recover_done},
       "9.7.2, A-26"},
      {normal, {normal, normal, X, X, C, C, normal, X, X, C, P}, "9.8.4, 9.2"},
      {communications_interrupted, {normal, normal, X, X, C, C, normal, X, X, C, P}, "9.9.3, A-24, A-25"},
      {potential_conflict, {X, X, X, X, X, X, X, X, X, I, I}, "9.10.3, A-25"},
      {resolution_interrupted, std::vector<State>(11, X), "9.11.3"},
      {conflict_done,
       {normal, conflict_done, X, conflict_done, conflict_done, conflict_done, conflict_done, conflict_done,
        conflict_done, conflict_done, conflict_done},
       "9.12.3, A-29"},
  };
  for (const Pair& pair : pairs)
    for (std::size_t i = 0; i < std::size(partners); ++i)
      EXPECT_EQ(said(pair.own, partners[i]), pair.next[i])
          << name(pair.own) << " with partner " << name(partners[i]) << ": " << pair.clause;
}

TEST(Machine, a_secondary_expects_conflict_done_of_its_primary_and_stays_in_normal) {
  EXPECT_EQ(said(normal, conflict_done, Role::secondary), normal);
  EXPECT_EQ(said(normal, conflict_done, Role::primary), potential_conflict);
}

TEST(Machine, the_startup_bit_moves_nothing_but_resolution_interrupted) {  // 9.4.3, A-18
  for (const State own : serving_or_waiting)
    for (const State partner : partners) {
      Facts facts = connected(Role::primary, partner);
      facts.partner_starting = true;
      const Move move = react(own, Occasion::partner_said, facts);
      EXPECT_EQ(move.next, own == resolution_interrupted ? potential_conflict : own)
          << name(own) << " " << name(partner);
      EXPECT_EQ(move.request, own == resolution_interrupted || own == potential_conflict) << name(own);
    }
}

// 9.3.2 (5)

State startup_with(State previous, State partner, bool later, bool starting = false) {
  Facts facts = connected(Role::primary, partner);
  facts.previous = previous;
  facts.partner_down_after_us = later;
  facts.partner_starting = starting;
  return react(startup, Occasion::partner_said, facts).next;
}

TEST(Machine, startup_against_a_partner_in_partner_down) {
  for (const bool later : {true, false})
    for (const State previous : {partner_down, resolution_interrupted, conflict_done})
      EXPECT_EQ(startup_with(previous, partner_down, later), potential_conflict) << name(previous);
  EXPECT_EQ(startup_with(communications_interrupted, partner_down, true), recover);
  EXPECT_EQ(startup_with(communications_interrupted, partner_down, false), potential_conflict);
  for (const State previous : {recover, recover_wait, recover_done})
    EXPECT_EQ(startup_with(previous, partner_down, false), previous);
  EXPECT_EQ(startup_with(recover_done, partner_down, true), recover);
}

TEST(Machine, startup_goes_on_from_the_previous_state_for_any_other_partner) {
  EXPECT_EQ(startup_with(communications_interrupted, normal, false), normal);
  EXPECT_EQ(startup_with(communications_interrupted, communications_interrupted, false), normal);
  EXPECT_EQ(startup_with(communications_interrupted, recover, false), communications_interrupted);
  EXPECT_EQ(startup_with(partner_down, recover_done, false), normal);
  EXPECT_EQ(startup_with(recover, potential_conflict, false), potential_conflict);
  EXPECT_EQ(startup_with(recover_done, recover_done, false), normal);
}

TEST(Machine, two_servers_in_startup_both_leave_it_and_wait_for_the_bit_to_clear) {
  for (const State previous : {communications_interrupted, recover, recover_wait, recover_done, partner_down})
    EXPECT_EQ(startup_with(previous, communications_interrupted, false, true), previous);
  EXPECT_EQ(startup_with(resolution_interrupted, normal, false, true), potential_conflict);
}

TEST(Machine, startup_time_over_without_the_partner) {  // 9.3.2 (1), (6)
  Facts facts;
  facts.previous = communications_interrupted;
  EXPECT_EQ(react(startup, Occasion::startup_over, facts).next, communications_interrupted);
  facts.proceed_at_startup = false;
  EXPECT_EQ(react(startup, Occasion::startup_over, facts).next, startup);
  facts.partner_down_at_startup = true;
  EXPECT_EQ(react(startup, Occasion::startup_over, facts).next, partner_down);
  EXPECT_EQ(react(normal, Occasion::startup_over, facts).next, normal);
}

TEST(Machine, previous_state_of_a_record) {  // 9.3.2 (1), (2), 9.13.2, 9.14.2
  RelationshipRecord record;
  EXPECT_EQ(previous_state(record), recover);
  for (const auto& [stored, previous] : {std::pair{normal, communications_interrupted},
                                         {potential_conflict, resolution_interrupted},
                                         {partner_down, partner_down},
                                         {conflict_done, conflict_done},
                                         {recover_wait, recover_wait},
                                         {recover_done, recover_done},
                                         {communications_interrupted, communications_interrupted}}) {
    record.state = stored;
    EXPECT_EQ(previous_state(record), previous) << name(stored);
  }
  record.stop_saw_partner_down = true;
  EXPECT_EQ(previous_state(record), recover);
}

// Requests and their answers

TEST(Machine, who_asks_for_updates) {  // 9.5.2, 9.10.1, A-33, A-34
  const auto asks = [](State own, State partner, Role role) {
    return react(own, Occasion::partner_said, connected(role, partner)).request;
  };
  for (const State partner : partners) {
    const bool conflict = said(recover, partner) == potential_conflict;
    EXPECT_TRUE(asks(recover, partner, Role::primary)) << name(partner);
    EXPECT_EQ(asks(recover, partner, Role::secondary), !conflict || partner == conflict_done)
        << name(partner);
  }
  EXPECT_TRUE(asks(communications_interrupted, partner_down, Role::primary));
  EXPECT_FALSE(asks(communications_interrupted, partner_down, Role::secondary));
  EXPECT_TRUE(asks(communications_interrupted, conflict_done, Role::secondary)) << "level, not edge (A-33)";
  EXPECT_TRUE(asks(potential_conflict, conflict_done, Role::secondary));
  EXPECT_FALSE(asks(potential_conflict, potential_conflict, Role::secondary));

  Facts facts = connected(Role::secondary, potential_conflict);
  facts.both_request = true;
  EXPECT_TRUE(react(potential_conflict, Occasion::partner_said, facts).request);
  facts.request_outstanding = true;
  EXPECT_FALSE(react(potential_conflict, Occasion::partner_said, facts).request);
}

TEST(Machine, the_answer_moves_on) {  // 9.5.2, 9.10.3
  const auto done = [](State own, State partner, Role role) {
    return react(own, Occasion::updates_done, connected(role, partner)).next;
  };
  EXPECT_EQ(done(recover, partner_down, Role::primary), recover_wait);
  EXPECT_EQ(done(potential_conflict, potential_conflict, Role::primary), conflict_done);
  EXPECT_EQ(done(potential_conflict, conflict_done, Role::secondary), normal);
  EXPECT_EQ(done(potential_conflict, normal, Role::primary), normal) << "through CONFLICT-DONE (A-34)";
  EXPECT_EQ(done(normal, normal, Role::primary), normal);
}

TEST(Machine, recover_wait_ends_with_its_time) {  // 9.6.2
  Facts facts;
  EXPECT_EQ(react(recover_wait, Occasion::wait_over, facts).next, recover_done);
  facts.wait_offline = true;
  EXPECT_EQ(react(recover_wait, Occasion::wait_over, facts).next, recover_wait);
  facts = connected(Role::primary, partner_down);
  facts.wait_over = true;
  EXPECT_EQ(react(recover_wait, Occasion::partner_said, facts).next, recover_done);
  EXPECT_EQ(react(recover_wait, Occasion::wait_over, connected(Role::primary, recover_done)).next, normal);
  EXPECT_EQ(react(recover_wait, Occasion::wait_over, connected(Role::primary, potential_conflict)).next,
            potential_conflict);
}

TEST(Machine, communications_lost) {  // Figure 9.2-1
  for (const State own : serving_or_waiting) {
    const State next = react(own, Occasion::communications_lost, Facts{}).next;
    EXPECT_EQ(next, own == normal               ? communications_interrupted
                    : own == potential_conflict ? resolution_interrupted
                                                : own);
  }
}

TEST(Machine, the_safe_period_ends_one_state_only) {  // 9.9.3, 10
  for (const State own : serving_or_waiting)
    EXPECT_EQ(react(own, Occasion::safe_period_over, Facts{}).next,
              own == communications_interrupted ? partner_down : own);
}

// Commands

TEST(Machine, the_partner_down_command) {  // 9.8.4, 9.9.3, 9.11.3, A-30
  for (const State own :
       {startup, normal, communications_interrupted, resolution_interrupted, recover_done, conflict_done}) {
    const Move move = react(own, Occasion::partner_down, Facts{});
    EXPECT_EQ(move.next, partner_down) << name(own);
    EXPECT_TRUE(move.refused.empty());
  }
  for (const State own : {potential_conflict, recover_wait, partner_down, paused, shutdown, recover}) {
    const Move move = react(own, Occasion::partner_down, Facts{});
    EXPECT_EQ(move.next, own);
    EXPECT_FALSE(move.refused.empty()) << name(own);
  }
  Facts facts;
  facts.confirmed = true;
  EXPECT_EQ(react(recover, Occasion::partner_down, facts).next, partner_down);
  EXPECT_EQ(react(potential_conflict, Occasion::partner_down, facts).next, potential_conflict);
}

TEST(Machine, paused_closes_and_shutdown_waits_for_its_partner) {  // 9.13, 9.14.2
  const Facts facts = connected(Role::primary, normal);
  const Move pause = react(normal, Occasion::pause, facts);
  EXPECT_EQ(pause.next, paused);
  EXPECT_TRUE(pause.close && pause.stop);
  const Move shut = react(normal, Occasion::shutdown, facts);
  EXPECT_EQ(shut.next, shutdown);
  EXPECT_FALSE(shut.close || shut.stop);
  EXPECT_TRUE(react(shutdown, Occasion::stop_over, facts).stop);
  EXPECT_TRUE(react(shutdown, Occasion::partner_said, connected(Role::primary, partner_down)).stop);
  EXPECT_TRUE(react(communications_interrupted, Occasion::shutdown, Facts{}).stop) << "nobody to wait for";
  EXPECT_FALSE(react(paused, Occasion::shutdown, facts).refused.empty());
  for (const State partner : partners) EXPECT_EQ(said(paused, partner), paused);
  EXPECT_EQ(react(shutdown, Occasion::resume, facts).next, startup);
  EXPECT_FALSE(react(normal, Occasion::resume, facts).refused.empty());
}

TEST(Machine, a_restored_database_is_recovered) {
  for (const State own : serving_or_waiting) {
    EXPECT_EQ(react(own, Occasion::database_restored, Facts{}).next, recover);
    EXPECT_TRUE(react(own, Occasion::database_restored, connected(Role::primary, normal)).request);
    EXPECT_EQ(react(own, Occasion::database_restored, connected(Role::primary, potential_conflict)).next,
              own == recover ? recover : potential_conflict);
  }
}

// Every state, every occasion, every partner: PARTNER-DOWN has the doors that the header names and no other;
// NORMAL is never reached without the partner.
TEST(Machine, the_doors_of_partner_down_and_normal) {
  for (int own_number = 0; own_number < state_count; ++own_number)
    for (int occasion = 0; occasion <= static_cast<int>(Occasion::database_restored); ++occasion)
      for (const State partner : partners)
        for (const bool ok : {true, false}) {
          const auto own = static_cast<State>(own_number);
          const auto what = static_cast<Occasion>(occasion);
          if (what == Occasion::partner_said && !ok) continue;
          if ((own == normal || own == potential_conflict) && !ok && what != Occasion::communications_lost)
            continue;
          if (what == Occasion::updates_done && !ok) continue;
          Facts facts = connected(Role::secondary, partner);
          facts.communications_ok = ok;
          facts.previous = communications_interrupted;
          const Move move = react(own, what, facts);
          if (move.next == partner_down && own != partner_down)
            EXPECT_TRUE(what == Occasion::partner_down || what == Occasion::safe_period_over ||
                        (what == Occasion::partner_said && partner == shutdown))
                << name(own) << " " << occasion << " " << name(partner);
          if (move.next == normal && own != normal) EXPECT_TRUE(ok) << name(own) << " " << occasion;
          if (what == Occasion::communications_lost) continue;
          if (!ok) EXPECT_FALSE(move.request) << name(own) << " " << occasion;
        }
}

}  // namespace
}  // namespace twinlease::core
