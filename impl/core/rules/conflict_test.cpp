// Figure 7.1.3-1, cell by cell, with its time tests.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using testing::client;
using testing::lease;
using testing::noon;
using testing::primary_config;
using testing::secondary_config;
using testing::standing;
using wire::RejectReason;
using enum wire::BindingStatus;

constexpr BindingStatus statuses[] = {active, expired, released, free, backup, reset, abandoned};

int reason(const Standing& at, const Lease& own, const Lease& received) {
  const auto answer = draft_rules.update(at, {&own, &received, noon});
  EXPECT_FALSE(answer.why.empty());
  return answer.reject ? static_cast<int>(*answer.reject) : 0;
}

// One letter a cell: accepted whatever the times, by time(1), (2), (3), or rejected with 16. The two records
// are of one client.
char cell(BindingStatus own_status, BindingStatus received_status) {
  const Standing at = standing(primary_config);
  Lease own = lease(own_status, client(1)), received = lease(received_status, client(1));
  const Seconds past_s = noon - 50, future_s = noon + 50;
  own.lease_expiration_s = future_s;
  own.client_last_transaction_s = own.start_time_of_state_s = past_s;
  received.client_last_transaction_s = past_s - 1;
  const int old = reason(at, own, received);
  if (old == 0) return 'y';
  if (old == 16) return 'n';
  EXPECT_EQ(old, 15);

  Lease over = own;
  over.lease_expiration_s = past_s;
  if (reason(at, over, received) == 0) return '2';
  received.client_last_transaction_s = past_s + 1;
  own.start_time_of_state_s = future_s;
  if (reason(at, own, received) == 0) return '1';
  own.start_time_of_state_s = past_s;
  own.client_last_transaction_s = future_s;
  if (reason(at, own, received) == 0) return '3';
  return '?';
}

TEST(Update, EveryCellOfTheFigure) {
  const std::map<BindingStatus, std::string> expected = {
      // received: ACTIVE EXPIRED RELEASED FREE BACKUP RESET ABANDONED
      {active, "y2122yy"}, {expired, "1yyyyyy"}, {released, "11yyyyy"},  {free, "yyyyyyy"},
      {backup, "yyyyyyy"}, {reset, "3yyyyyy"},   {abandoned, "nnnnnyy"},
  };
  for (const auto& [own, cells] : expected) {
    std::string found;
    for (BindingStatus received : statuses) found += cell(own, received);
    EXPECT_EQ(found, cells) << wire::name(own);
  }
}

TEST(Update, TheClientsDiffer) {  // (5), A-37
  const Lease own = lease(active, client(1)), received = lease(active, client(2));
  EXPECT_EQ(reason(standing(primary_config), own, received), 2);
  EXPECT_EQ(reason(standing(secondary_config), own, received), 0);
}

TEST(Update, EqualOrMissingTimesAreNotLater) {
  const Standing at = standing(primary_config);
  Lease own = lease(active, client(1)), received = lease(released, client(1));
  const auto at_times = [&](Seconds own_s, Seconds received_s) {
    own.client_last_transaction_s = own_s;
    received.client_last_transaction_s = received_s;
    return reason(at, own, received);
  };
  EXPECT_EQ(at_times(noon, noon), 15);
  EXPECT_EQ(at_times(noon, noon + 1), 0);
  EXPECT_EQ(at_times(noon, 0), 15);
  EXPECT_EQ(at_times(0, noon), 0);
  EXPECT_EQ(at_times(0, 0), 15);

  received.status = expired;  // by the letter "later than"
  own.lease_expiration_s = noon;
  EXPECT_EQ(reason(at, own, received), 15);
  own.lease_expiration_s = noon - 1;
  EXPECT_EQ(reason(at, own, received), 0);
}

TEST(Update, ReservedThereAndNotHere) {  // the last paragraph of 7.1.3
  const Standing at = standing(secondary_config);
  Lease own = lease(free), received = lease(backup);
  received.reserved = true;
  EXPECT_EQ(reason(at, own, received), 19);
  received.status = active;
  EXPECT_EQ(reason(at, own, received), 0);
  received.status = backup;
  own.reserved = true;
  EXPECT_EQ(reason(at, own, received), 0);
}

}  // namespace
}  // namespace twinlease::core
