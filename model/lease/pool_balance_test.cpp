#include "model/lease/pool_balance.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "model/lease/rules.hpp"

namespace twinlease::model {
namespace {

using enum BindingStatus;
using Pool = std::vector<PoolAddress>;

TEST(PoolShare, IsThatOfTheRules) {  // C9
  const struct {
    int number;
    Sharing sharing;
    int draft, windows, isc;
  } table[] = {
      {1, {}, 50, 50, 50},
      {2, {.primary_percent = 70}, 30, 30, 50},
      {3, {.primary_percent = 100}, 0, 0, 50},
      {4, {.primary_percent = 100, .pool_percent = 40}, 40, 0, 50},
      {5, {.hot_standby = true}, 5, 5, 50},
      {6, {.hot_standby = true, .reserve_percent = 10}, 10, 10, 50},
      {7, {.hot_standby = true, .standby = Role::primary}, 95, 95, 50},
      {8, {.hot_standby = true, .pool_percent = 20}, 20, 5, 50},
  };
  for (const auto& row : table) {
    EXPECT_EQ(kDraftRules.pool_share(row.sharing), row.draft) << row.number;
    EXPECT_EQ(kWindowsRules.pool_share(row.sharing), row.windows) << row.number;
    EXPECT_EQ(kIscRules.pool_share(row.sharing), row.isc) << row.number;
  }
}

TEST(PoolBalance, OwesWhatTheTableSays) {
  const struct {
    int number;
    PoolCount pool;
    int percent, threshold_percent;
    int on_poolreq, on_change;
  } table[] = {
      {1, {100, 0}, 50, 10, 50, 50},  // the servers integrate for the first time
      {2, {50, 50}, 50, 10, 0, 0},    // even
      {3, {55, 45}, 50, 10, 5, 0},    // within the threshold: only who asks gets
      {4, {60, 40}, 50, 10, 10, 0},   // on it
      {5, {61, 39}, 50, 10, 11, 11},  // beyond it
      {6, {39, 61}, 50, 10, 0, -11},  // beyond it on the other side: nothing is taken from who asks
      {7, {101, 0}, 50, 0, 50, 50},   // what is left over stays with the primary
      {8, {1, 0}, 50, 0, 0, 0},       // one address
      {9, {2, 0}, 50, 0, 1, 1},      {10, {10, 0}, 5, 50, 1, 1},   // a reserve is never nothing
      {11, {10, 0}, 0, 0, 0, 0},                                   // unless it is configured so
      {12, {0, 10}, 95, 50, 0, -1},                                // nor is what the primary keeps
      {13, {0, 10}, 100, 0, 0, 0},   {14, {3, 0}, 50, 100, 1, 1},  // no threshold starves a server
      {15, {0, 0}, 50, 0, 0, 0},
  };
  for (const auto& row : table) {
    EXPECT_EQ(owed_on_poolreq(row.pool, row.percent), row.on_poolreq) << row.number;
    EXPECT_EQ(owed_on_change(row.pool, row.percent, row.threshold_percent), row.on_change) << row.number;
    EXPECT_EQ(owed_on_change(row.pool, row.percent, row.threshold_percent, true),  // FO-5.14-05
              std::max(0, row.on_change))
        << row.number;
  }
}

TEST(PoolBalance, CountsWhatIsAvailableForWhomeverItIsToGoTo) {
  const Pool pool = {{.status = free},
                     {.status = free, .reserved = true},
                     {.status = backup},
                     {.status = backup, .moving = Moving::to_secondary},
                     {.status = backup, .moving = Moving::to_primary},
                     {.status = active},
                     {.status = expired},
                     {.status = abandoned}};
  EXPECT_EQ(count(pool), (PoolCount{.primary = 2, .secondary = 2}));
}

TEST(PoolBalance, MovesAddressesToTheServerOfTheirLastClient) {  // FO-5.4-12, FO-5.4-13
  const HashBucketAssignment hba = bucket_assignment(128);
  const Pool primarys = {{.last_bucket = 3}, {}, {.last_bucket = 200}, {.last_bucket = 128}};
  EXPECT_EQ(chosen(primarys, 1, &hba), (std::vector<std::size_t>{2}));
  EXPECT_EQ(chosen(primarys, 9, &hba), (std::vector<std::size_t>{2, 3, 1, 0}));
  EXPECT_EQ(chosen(primarys, 3, nullptr), (std::vector<std::size_t>{0, 1, 2}));
  Pool secondarys = primarys;
  for (PoolAddress& address : secondarys) address.status = backup;
  EXPECT_EQ(chosen(secondarys, -2, &hba), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(chosen(secondarys, 2, &hba), (std::vector<std::size_t>{}));
}

TEST(PoolTimes, TheSecondaryAsksOnEntryAndThenNowAndThen) {
  PoolTimes times{.role = Role::secondary, .normal_since = 1000, .period = 300, .least_between_requests = 20};
  const auto due = [&] { return poolreq_due(PoolTrigger::request_or_change, times); };
  EXPECT_EQ(due(), 1000);  // FO-7.6-02, FO-9.8.1-02
  times.last = 1000;
  EXPECT_EQ(due(), 1300);  // FO-7.6-03
  times.more_may_come = true;
  EXPECT_EQ(due(), 1020);  // FO-7.7.2-01, A-47
  EXPECT_EQ(poolreq_due(PoolTrigger::timer, times), std::nullopt);
  std::array<PoolTimes, 3> never = {times, times, times};
  never[0].role = Role::primary;  // FO-7.6-01
  never[1].state = State::communications_interrupted;
  never[2].communications_ok = false;
  for (const PoolTimes& each : never)
    EXPECT_EQ(poolreq_due(PoolTrigger::request_or_change, each), std::nullopt);
}

TEST(PoolTimes, ThePrimaryLooksAtAChangeOrByTheTimer) {
  PoolTimes times{.normal_since = 1000, .period = 300};
  EXPECT_EQ(balancing_due(PoolTrigger::request_or_change, times, std::nullopt), std::nullopt);
  EXPECT_EQ(balancing_due(PoolTrigger::request_or_change, times, 1234), 1234);  // FO-5.4-06
  EXPECT_EQ(balancing_due(PoolTrigger::timer, times, 1234), 1300);              // MS-3.2.2.1-01
  times.last = 1300;
  EXPECT_EQ(balancing_due(PoolTrigger::timer, times, 1234), 1600);
  times.communications_ok = false;
  EXPECT_EQ(balancing_due(PoolTrigger::timer, times, 1234), std::nullopt);
  times = {.role = Role::secondary};
  EXPECT_EQ(balancing_due(PoolTrigger::request_or_change, times, 1234), std::nullopt);
}

PoolAddress any_address() {
  PoolAddress address;
  address.status = *rc::gen::element(free, free, backup, backup, active, expired, abandoned);
  if (address.status == backup)
    address.moving = *rc::gen::element(Moving::no, Moving::no, Moving::to_secondary, Moving::to_primary);
  address.reserved = *rc::gen::inRange(0, 8) == 0;
  if (*rc::gen::arbitrary<bool>()) address.last_bucket = *rc::gen::arbitrary<std::uint8_t>();
  return address;
}
Pool any_pool() {
  Pool pool(*rc::gen::inRange<std::size_t>(0, 40));
  for (PoolAddress& address : pool) address = any_address();
  return pool;
}

// What the primary's record says once the addresses are on their way.
void send(Pool& pool, int owed, const std::vector<std::size_t>& places) {
  for (std::size_t place : places) {
    pool[place].status = backup;
    pool[place].moving = owed > 0 ? Moving::to_secondary : Moving::to_primary;
  }
}
int percent() {
  return *rc::gen::inRange(0, 101);
}

RC_GTEST_PROP(PoolBalanceProperty, TheTargetDividesThePool, (std::uint16_t available)) {
  const int share = percent(), target = secondary_target(available, share);
  RC_ASSERT(target >= 0 && target <= available);
  RC_ASSERT(secondary_target(available, 0) == 0 && secondary_target(available, 100) == available);
  if (share < 100) RC_ASSERT(secondary_target(available, share + 1) >= target);  // grows with the share
  RC_ASSERT(secondary_target(available + 1, share) >= target);                   // and with the pool
  if (available > 1 && share > 0 && share < 100) RC_ASSERT(target > 0 && target < available);
  const int exact =
      available * share;  // in hundredths: less than one address off, but for the one that is kept
  RC_ASSERT(std::abs(target * 100 - exact) < 100 || target == 1);
}

RC_GTEST_PROP(PoolBalanceProperty, WhatIsOwedIsOwedOnce, ()) {  // asking ends
  Pool pool = any_pool();
  const int share = percent(), threshold = percent();
  const bool asked = *rc::gen::arbitrary<bool>();
  const auto owed = [&] {
    return asked ? owed_on_poolreq(count(pool), share) : owed_on_change(count(pool), share, threshold);
  };
  const int before = count(pool).available(), first = owed();
  const std::vector<std::size_t> places = chosen(pool, first, nullptr);
  send(pool, first, places);
  RC_ASSERT(count(pool).available() == before);  // none appears, none is lost
  if (places.size() == static_cast<std::size_t>(std::abs(first))) {
    RC_ASSERT(owed() == 0);
    if (first != 0) RC_ASSERT(count(pool).secondary == secondary_target(before, share));
  }
  send(pool, owed(), chosen(pool, owed(), nullptr));
  RC_ASSERT(chosen(pool, owed(), nullptr).empty());  // what cannot go now is not sent a second time
}

RC_GTEST_PROP(PoolBalanceProperty, OnlyAddressesAtRestGoAndTheRightOnesFirst, ()) {
  const Pool pool = any_pool();
  const int owed = *rc::gen::inRange(-45, 46);
  const HashBucketAssignment hba = bucket_assignment(*rc::gen::inRange(0, 257));
  const std::vector<std::size_t> places = chosen(pool, owed, &hba);
  std::vector<bool> goes(pool.size());
  for (std::size_t place : places) {
    RC_ASSERT(!goes[place]);
    goes[place] = true;
    RC_ASSERT(pool[place].status == (owed > 0 ? free : backup));
    RC_ASSERT(pool[place].moving == Moving::no && !pool[place].reserved);
  }
  RC_ASSERT(places.size() <= static_cast<std::size_t>(std::abs(owed)));
  // Whoever stays behind, although it might go, is no better than any that goes.
  const auto grade = [&](std::size_t place) {
    if (!pool[place].last_bucket) return 1;
    return secondary_serves(hba, *pool[place].last_bucket) == (owed > 0) ? 0 : 2;
  };
  for (std::size_t place = 0; place < pool.size(); ++place) {
    const bool might = pool[place].status == (owed > 0 ? free : backup) && pool[place].moving == Moving::no &&
                       !pool[place].reserved;
    if (!might || goes[place]) continue;
    RC_ASSERT(places.size() == static_cast<std::size_t>(std::abs(owed)));
    for (std::size_t other : places) RC_ASSERT(grade(other) <= grade(place));
  }
}

// L12: after a POOLREQ the secondary has addresses, if its share is not nothing and the pool has more than
// one that is not under way.
RC_GTEST_PROP(PoolBalanceProperty, WhoAsksIsNotLeftWithNothing, (std::uint8_t frees)) {
  Pool pool(frees);
  const int share = *rc::gen::inRange(1, 101);
  const int owed = owed_on_poolreq(count(pool), share);
  send(pool, owed, chosen(pool, owed, nullptr));
  RC_ASSERT(frees < 2 || count(pool).secondary > 0);
}

}  // namespace
}  // namespace twinlease::model
