// 5.4, 7.6, 7.6.2, A-47, C9: how the available addresses are divided, and when it is worth a message.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using testing::relationship;
using testing::standing;

RelationshipConfig shares(int primary_percent) {
  RelationshipConfig config = relationship(Role::primary);
  config.local_share_percent = primary_percent;
  return config;
}
RelationshipConfig standby(int reserve_percent, bool primary_active = true) {
  RelationshipConfig config = relationship(Role::primary);
  config.mode = Mode::hot_standby;
  config.reserve_percent = reserve_percent;
  config.active = primary_active;
  return config;
}

std::int64_t transfer(const RelationshipConfig& config, std::int64_t free, std::int64_t backup) {
  return draft_rules.pool_transfer(standing(config), {free, backup, free + backup});
}

TEST(PoolTransfer, InitialDivision) {
  EXPECT_EQ(transfer(shares(50), 200, 0), 100);
  EXPECT_EQ(transfer(shares(70), 200, 0), 60);
  EXPECT_EQ(transfer(shares(0), 200, 0), 200);
  EXPECT_EQ(transfer(shares(100), 200, 0), 0);
  EXPECT_EQ(transfer(standby(5), 200, 0), 10);
  EXPECT_EQ(transfer(standby(5, false), 200, 0), 190);
  EXPECT_EQ(transfer(standby(0), 200, 0), 0);
  EXPECT_EQ(transfer(standby(100), 200, 0), 200);
  EXPECT_EQ(transfer(standby(5), 10, 0), 1);  // a small scope has a reserve, too
  EXPECT_EQ(transfer(standby(5), 1, 0), 0);   // but the last address is the active server's
  EXPECT_EQ(transfer(shares(50), 2, 0), 1);
  EXPECT_EQ(transfer(shares(50), 1, 0), 0);
  EXPECT_EQ(transfer(shares(50), 0, 0), 0);
  RelationshipConfig even = shares(100);
  even.even_pools = true;
  EXPECT_EQ(transfer(even, 200, 0), 100);
  EXPECT_EQ(draft_rules.pool_transfer({}, {200, 0, 200}), 0);
}

TEST(PoolTransfer, OnlyBeyondTheThreshold) {  // 5.4: half of 200 is 100, a tenth of that 10
  EXPECT_EQ(transfer(shares(50), 110, 90), 0);
  EXPECT_EQ(transfer(shares(50), 111, 89), 11);
  EXPECT_EQ(transfer(shares(50), 90, 110), 0);
  EXPECT_EQ(transfer(shares(50), 89, 111), -11);
  EXPECT_EQ(transfer(standby(5), 191, 9), 0);
  EXPECT_EQ(transfer(standby(5), 192, 8), 2);
  EXPECT_EQ(transfer(shares(100), 199, 1), -1);  // U31: nothing means nothing
  EXPECT_EQ(transfer(shares(50), 10, 0), 5);     // who has none gets some at once
  EXPECT_EQ(transfer(shares(50), 0, 2), -1);
}

TEST(PoolRequest, MirrorsThePrimarysView) {
  RelationshipConfig config = relationship(Role::secondary);
  config.local_share_percent = 30;
  const auto asks = [&](std::int64_t backup, std::int64_t free) {
    return draft_rules.pool_request(standing(config), {backup, free, backup + free});
  };
  EXPECT_TRUE(asks(0, 200));
  EXPECT_FALSE(asks(60, 140));
  EXPECT_FALSE(asks(54, 146));
  EXPECT_TRUE(asks(53, 147));
  EXPECT_FALSE(asks(200, 0));
  EXPECT_FALSE(draft_rules.pool_request({}, {0, 200, 200}));
}

RelationshipConfig any_config() {
  const int percent = *rc::gen::inRange(0, 101);
  RelationshipConfig config =
      *rc::gen::arbitrary<bool>() ? shares(percent) : standby(percent, *rc::gen::arbitrary<bool>());
  config.even_pools = *rc::gen::arbitrary<bool>();
  return config;
}

// It is done with one transfer, and asks for no more than there is.
RC_GTEST_PROP(PoolTransfer, IsFeasibleAndSettles, ()) {
  const RelationshipConfig config = any_config();
  const auto free = *rc::gen::inRange<std::int64_t>(0, 10'000),
             backup = *rc::gen::inRange<std::int64_t>(0, 10'000);
  const std::int64_t moved = transfer(config, free, backup);
  RC_ASSERT(moved <= free);
  RC_ASSERT(-moved <= backup);
  RC_ASSERT(transfer(config, free - moved, backup + moved) == 0);
}

// One lease by either server does not move an address back and forth.
RC_GTEST_PROP(PoolTransfer, DoesNotOscillate, ()) {
  const RelationshipConfig config = any_config();
  const auto available = *rc::gen::inRange<std::int64_t>(10, 10'000);
  const std::int64_t to_secondary = transfer(config, available, 0);
  const std::int64_t free = available - to_secondary, backup = to_secondary;
  RC_PRE(free > 2 && backup > 2);
  RC_ASSERT(transfer(config, free - 1, backup) == 0);
  RC_ASSERT(transfer(config, free, backup - 1) == 0);
}

}  // namespace
}  // namespace twinlease::core
