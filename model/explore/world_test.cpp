// What becomes of two servers that are left to themselves after something happened.
#include "model/explore/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/explore/normal_form.hpp"
#include "model/explore/text.hpp"

namespace twinlease::model::explore {
namespace {

// No leases: what states the two go through.
Scope states_only(std::optional<Broken> one = std::nullopt, std::optional<Broken> two = std::nullopt) {
  Scope scope;
  scope.addresses = scope.clients = 0;
  scope.any_command = true;
  for (const auto& rule : {one, two})
    if (rule) scope.broken.add(*rule);
  return scope;
}

struct Pair {
  explicit Pair(const Scope& of) : scope(of), configs(scope), world(first_world(scope, configs, kNow)) {}

  void go(std::initializer_list<const char*> lines) {
    for (const char* line : lines) take(*parse_step(line));
  }
  void take(const Step& step) {
    Choices choices;
    Effects effects;
    ASSERT_EQ(explore::take(scope, configs, world, step, choices, effects), Taken::yes) << to_text(step);
  }
  // Messages arrive and time passes; returns how many messages that took.
  int calm_down(int most) {
    int delivered = 0;
    for (int seconds = 0; seconds < 10 && delivered < most;) {
      const Steps possible = steps(scope, configs, world);
      const auto next = std::ranges::find_if(possible, [](const Step& step) {
        return step.kind == Step::Kind::deliver || step.kind == Step::Kind::timer_mclt;
      });
      const bool waits = next == possible.end();
      take(waits ? Step{Step::Kind::tick} : *next);
      delivered += !waits && next->kind == Step::Kind::deliver;
      seconds += waits;
    }
    return delivered;
  }
  State state(Side side) const { return world.endpoint[side].state(); }

  Scope scope;
  Configs configs;
  World world;
};

// 9.10: both in PARTNER-DOWN by mistake; the primary has its UPDDONE, the secondary has not asked yet.
void meet_in_conflict(Pair& pair) {
  pair.go({"partner-down primary", "deliver secondary", "deliver primary", "deliver secondary",
           "deliver secondary", "deliver primary"});
  ASSERT_EQ(pair.state(kPrimary), State::conflict_done);
  ASSERT_EQ(pair.state(kSecondary), State::potential_conflict);
}

TEST(ScopeTest, StandardIsAListOfPartsThatCanBeFoundByName) {
  const std::vector<Scope> all = parts("standard");
  EXPECT_GT(all.size(), 10u);
  for (const Scope& part : all) {
    ASSERT_EQ(parts(part.name).size(), 1u) << part.name;
    EXPECT_EQ(parts(part.name).front().name, part.name);
    EXPECT_EQ(std::ranges::count(all, part.name, &Scope::name), 1) << part.name;
  }
  EXPECT_TRUE(parts("tiny").empty());
}

TEST(WorldTest, AConflictEndsInNormal) {
  Pair pair(states_only());
  meet_in_conflict(pair);
  pair.calm_down(50);
  EXPECT_EQ(pair.state(kPrimary), State::normal);
  EXPECT_EQ(pair.state(kSecondary), State::normal);
}

// the secondary recovers from a backup while the primary is in CONFLICT-DONE.
TEST(WorldTest, RecoverDoneLeavesAPartnerInConflictDoneOnlyByTheFigure) {
  for (const bool stays : {false, true}) {
    Pair pair(states_only(stays ? std::optional(Broken::recover_done_stays) : std::nullopt));
    meet_in_conflict(pair);
    pair.go({"deliver secondary", "restore secondary"});  // it has heard of CONFLICT-DONE
    pair.calm_down(50);
    EXPECT_EQ(pair.state(kPrimary), stays ? State::conflict_done : State::normal);
    EXPECT_EQ(pair.state(kSecondary), stays ? State::recover_done : State::normal);
  }
}

// the secondary dies.
TEST(WorldTest, ConflictDoneEndsByTheCommandOnlyIfItMay) {
  for (const bool stays : {false, true}) {
    Pair pair(states_only(stays ? std::optional(Broken::conflict_done_stays) : std::nullopt));
    meet_in_conflict(pair);
    pair.go({"crash secondary", "notice primary", "partner-down primary"});
    EXPECT_EQ(pair.state(kPrimary), stays ? State::conflict_done : State::partner_down);
  }
}

// L17, A-31: announcing the states in between goes on for ever once a server in NORMAL hears of one; so it
// does where a STATE with the STARTUP bit counts at once.
TEST(WorldTest, AnnouncingWhatIsInBetweenNeverEnds) {
  for (const bool all : {false, true}) {
    Pair pair(all ? states_only(Broken::announces_intermediate, Broken::startup_bit_unheeded)
                  : states_only(Broken::startup_bit_unheeded));
    pair.go({"crash primary", "notice secondary", "start primary", "connect"});
    EXPECT_EQ(pair.calm_down(500) == 500, all);
  }
}

TEST(WorldTest, AServerThatPausesComesBackToWhereItWas) {  // 9.13.2
  Pair pair(states_only());
  pair.go({"pause primary", "deliver secondary", "start primary"});
  EXPECT_EQ(pair.state(kPrimary), State::startup);
  EXPECT_EQ(pair.state(kSecondary), State::communications_interrupted);
  pair.go({"notice secondary", "connect"});
  pair.calm_down(50);
  EXPECT_EQ(pair.state(kPrimary), State::normal);
  EXPECT_EQ(pair.state(kSecondary), State::normal);
}

TEST(WorldTest, AfterAShutdownThePartnerServesAloneAndTheServerRecovers) {  // 9.14, 9.3.2 step 5
  Pair pair(states_only());
  pair.go({"shutdown primary", "deliver secondary", "deliver primary", "timer-stop primary"});
  EXPECT_EQ(pair.state(kSecondary), State::partner_down);
  pair.go({"notice secondary", "start primary", "connect"});
  pair.calm_down(50);
  EXPECT_EQ(pair.state(kPrimary), State::normal);
  EXPECT_EQ(pair.state(kSecondary), State::normal);
}

// 7.8.2: the new MCLT of the primary reaches the secondary with the next CONNECT, and no earlier.
TEST(WorldTest, ANewMcltComesWithTheConnection) {
  Scope scope = states_only();
  scope.new_mclts = true;
  Pair pair(scope);
  const auto mclt = [&](Side side) { return pair.world.endpoint[side].mclt(pair.configs.of[side]); };
  pair.go({"cut", "notice primary", "notice secondary", "new-mclt"});
  EXPECT_EQ(mclt(kPrimary), scope.mclt + 1);
  EXPECT_EQ(mclt(kSecondary), scope.mclt);
  pair.go({"connect"});
  EXPECT_EQ(mclt(kSecondary), scope.mclt + 1);
}

// a running server whose bindings are those of a backup asks for everything, and waits MCLT (9.6.2).
TEST(WorldTest, ABackupIsFollowedByARecoveryAndAWait) {
  Scope scope;
  scope.addresses = 1;
  scope.restores = 1;
  Pair pair(scope);
  pair.go({"back-up primary", "discover primary client=1 address=0", "deliver secondary", "deliver primary",
           "restore primary"});
  EXPECT_EQ(pair.state(kPrimary), State::recover);
  EXPECT_EQ(pair.world.endpoint[kPrimary].binding(0).client, 0u) << "as it was then";
  const Seconds then = pair.world.now;
  while (pair.state(kPrimary) != State::recover_done && pair.world.now < then + 10) {
    const Steps possible = steps(pair.scope, pair.configs, pair.world);
    const auto next = std::ranges::find_if(possible, [](const Step& step) {
      return step.kind == Step::Kind::deliver || step.kind == Step::Kind::timer_mclt;
    });
    if (pair.state(kPrimary) == State::recover_wait)
      EXPECT_EQ(pair.world.endpoint[kPrimary].binding(0).client, 1u);
    if (pair.state(kPrimary) == State::normal) break;
    pair.take(next == possible.end() ? Step{Step::Kind::tick} : *next);
  }
  EXPECT_GE(pair.world.now, then + scope.mclt);
}

}  // namespace
}  // namespace twinlease::model::explore
