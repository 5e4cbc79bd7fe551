// Exact keys: nothing of a world in normal form is lost, and exchanges of names do not count.
#include "model/explore/packer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "model/explore/normal_form.hpp"
#include "model/explore/text.hpp"

namespace twinlease::model::explore {
namespace {

Scope busy() {  // as much as possible happens in it
  Scope scope = *find_scope("large");
  scope.crashes = scope.cuts = scope.losses = scope.commands = scope.stops = scope.restores = kWithoutEnd;
  scope.timers = scope.every_setting = scope.new_mclts = true;
  return scope;
}

struct Walk {
  explicit Walk(const Scope& of)
      : scope(of), configs(scope), packer(scope), world(first_world(scope, configs, kNow)) {}

  void normal() { normalise(scope, configs, world); }
  bool go(const Step& step) {
    Choices choices;
    World after = world;
    if (take(scope, configs, after, step, choices, effects) != Taken::yes) return false;
    world = after;
    return true;
  }
  void random_step() {
    const Steps possible = steps(scope, configs, world);
    go(possible.all[*rc::gen::inRange<std::size_t>(0, possible.size)]);
  }

  Scope scope;
  Configs configs;
  Packer packer;
  World world;
  Effects effects;
};

RC_GTEST_PROP(PackerTest, EveryWorldComesBackFromItsKey, ()) {
  Walk walk(busy());
  for (int step = 0; step < 200; ++step) {
    walk.normal();
    const Pieces key = walk.packer.pack(walk.world);
    const World back = walk.packer.unpack(key);
    for (Side side : {kPrimary, kSecondary}) {
      RC_ASSERT(back.endpoint[side] == walk.world.endpoint[side]);
      RC_ASSERT(back.to[side].size() == walk.world.to[side].size());
      RC_ASSERT(back.deaf[side] == walk.world.deaf[side]);
      RC_ASSERT(back.lost[side] == walk.world.lost[side]);
      RC_ASSERT(back.restored[side] == walk.world.restored[side]);
      RC_ASSERT(back.backup.of(side) == walk.world.backup.of(side));
    }
    if (back.backup.any()) RC_ASSERT(back.backup.storage() == walk.world.backup.storage());
    RC_ASSERT(back.client == walk.world.client);
    RC_ASSERT(back.left == walk.world.left);
    RC_ASSERT(back.ghosts == walk.world.ghosts);
    RC_ASSERT(walk.packer.pack(back) == key);
    walk.random_step();
  }
}

// The claim of normal_form.hpp: what is possible in a world, and where it leads, is possible in its normal
// form and leads to the same.
RC_GTEST_PROP(NormalFormTest, AWorldAndItsNormalFormTakeTheSameSteps, ()) {
  Walk walk(busy());
  for (int step = 0; step < 60; ++step) {
    Walk normal = walk;
    normal.normal();
    const Steps here = steps(walk.scope, walk.configs, walk.world);
    const Steps there = steps(walk.scope, walk.configs, normal.world);
    RC_ASSERT(std::equal(here.begin(), here.end(), there.begin(), there.end()));
    for (const Step& each : here) {
      Walk a = walk, b = normal;
      RC_ASSERT(a.go(each) == b.go(each));
      a.normal();
      b.normal();
      RC_ASSERT(a.packer.pack(a.world) == b.packer.pack(b.world));
    }
    walk.random_step();
  }
}

// The short way to a normal form comes to the same, and a server that it says nothing of is as it was.
RC_GTEST_PROP(NormalFormTest, AfterAStepTheShortWayComesToTheSame, ()) {
  Walk walk(busy());
  for (int step = 0; step < 60; ++step) {
    walk.normal();
    const Pieces before = walk.packer.pack(walk.world);
    for (const Step& each : steps(walk.scope, walk.configs, walk.world)) {
      Walk full = walk;
      if (!full.go(each)) continue;
      World after = full.world;
      full.normal();
      const Changed changed = renormalise(walk.scope, walk.configs, after, each);
      const Pieces pieces = walk.packer.pack(after);
      RC_ASSERT(pieces == full.packer.pack(full.world));
      for (Piece side : {kPrimaryPiece, kSecondaryPiece})
        RC_ASSERT(changed[side] || pieces[side] == before[side]);
    }
    walk.random_step();
  }
}

// The primary that is asked for addresses picks one of two: whichever it is, the worlds have one key.
TEST(PackerTest, WorldsThatDifferInTheNamesOfAddressesAreOne) {
  Scope scope = *find_scope("pools");
  scope.from_normal = false;
  Walk walk(scope);
  for (int step = 0; step < 50; ++step) {
    walk.normal();
    for (const Step& each : steps(walk.scope, walk.configs, walk.world)) {
      const bool prepares = each.kind == Step::Kind::start || each.kind == Step::Kind::connect ||
                            each.kind == Step::Kind::deliver || each.kind == Step::Kind::timer_mclt;
      if (!prepares) continue;
      std::vector<World> worlds;
      Choices choices;
      do {
        choices.begin();
        worlds.push_back(walk.world);
        ASSERT_EQ(take(scope, walk.configs, worlds.back(), each, choices, walk.effects), Taken::yes);
        normalise(scope, walk.configs, worlds.back());
      } while (choices.next());
      walk.world = worlds.front();
      if (worlds.size() == 1) break;
      EXPECT_FALSE(walk.packer.pack(worlds[0]) == walk.packer.pack(worlds[1]));
      EXPECT_TRUE(walk.packer.canonical(worlds[0]) == walk.packer.canonical(worlds[1]));
      return;
    }
  }
  FAIL() << "the pool was never divided";
}

TEST(PackerTest, ClientsOfDifferentBucketsAreNotExchanged) {
  Walk one(*find_scope("small")), other(*find_scope("small"));
  for (auto [walk, client] : {std::pair(&one, ClientId{1}), std::pair(&other, ClientId{2})}) {
    ASSERT_TRUE(walk->go({Step::Kind::crash, kSecondary}));
    ASSERT_TRUE(walk->go({Step::Kind::notice, kPrimary}));
    ASSERT_TRUE(walk->go({Step::Kind::discover, kPrimary, client, 0}));
    walk->normal();
  }
  EXPECT_FALSE(one.packer.canonical(one.world) == other.packer.canonical(other.world));
}

TEST(StepTest, EveryStepHasItsTextAndItsSixteenBits) {
  Walk walk(busy());
  for (const Step& step : steps(walk.scope, walk.configs, walk.world)) {
    EXPECT_EQ(Step::unpacked(step.packed()), step);
    EXPECT_EQ(parse_step(to_text(step)), step) << to_text(step);
  }
  for (const char* line : {"", "discovr primary", "tick tack", "renew primary client=9", "crash client"})
    EXPECT_EQ(parse_step(line), std::nullopt) << line;
}

}  // namespace
}  // namespace twinlease::model::explore
