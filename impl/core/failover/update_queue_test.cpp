#include "impl/core/failover/update_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinlease::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Ipv4 one{1}, two{2}, three{3};

TEST(UpdateQueue, FirstInFirstOutAndOnce) {
  UpdateQueue queue;
  queue.add(two, false);
  queue.add(one, false);
  queue.add(two, true);
  EXPECT_EQ(queue.queued(), 2U);
  const auto first = queue.take();
  EXPECT_EQ(first->address, two);
  EXPECT_TRUE(first->forced);
  EXPECT_TRUE(queue.in_flight(two));
  queue.put_back(two, true);
  EXPECT_FALSE(queue.in_flight(two));
  EXPECT_EQ(queue.take()->address, two);
  EXPECT_EQ(queue.take()->address, one);
  EXPECT_FALSE(queue.take());
  EXPECT_FALSE(queue.answered(one));
  EXPECT_FALSE(queue.answered(two));
  EXPECT_FALSE(queue.answered(three));
  EXPECT_TRUE(queue.empty());
}

TEST(UpdateQueue, AChangeInFlightWaitsForTheAnswer) {
  UpdateQueue queue;
  queue.add(one, false);
  queue.take();
  queue.add(one, false);
  EXPECT_FALSE(queue.take());
  EXPECT_TRUE(queue.answered(one));
  EXPECT_EQ(queue.take()->address, one);
  queue.add(one, false);
  queue.rest(one, 50, false);  // another update than the rejected one: at once
  EXPECT_EQ(queue.take()->address, one);
}

TEST(UpdateQueue, RestsAndWakes) {
  UpdateQueue queue;
  queue.add(one, false);
  queue.add(two, false);
  queue.take();
  queue.take();
  queue.rest(one, 100, false);
  queue.rest(two, 50, false);
  queue.rest(three, 200, true);
  EXPECT_EQ(queue.next_wake_ms(), 50);
  EXPECT_EQ(queue.rejects(one), 1U);
  queue.wake(99);
  EXPECT_EQ(queue.take()->address, two);
  EXPECT_FALSE(queue.take());
  queue.rest(two, 300, false);
  EXPECT_EQ(queue.rejects(two), 2U);
  queue.add(one, false);  // it changed: due
  EXPECT_EQ(queue.take()->address, one);
  queue.wake_all();
  EXPECT_EQ(queue.take()->address, three);
  EXPECT_EQ(queue.take()->address, two);
  EXPECT_FALSE(queue.next_wake_ms());
}

TEST(UpdateQueue, RequestsWaitForWhatWasThere) {
  UpdateQueue queue;
  queue.add(one, false);
  queue.take();
  queue.add(one, false);
  queue.add(two, false);
  ASSERT_TRUE(queue.request(7, false));
  queue.add(three, false);
  queue.answered(one);
  EXPECT_EQ(queue.take()->address, two);
  queue.answered(two);
  EXPECT_THAT(queue.take_done(), IsEmpty());  // one changed before the request
  queue.take();
  queue.take();
  queue.answered(one);
  EXPECT_THAT(queue.take_done(), ElementsAre(7));
}

TEST(UpdateQueue, NoRequestOvertakesAWalk) {  // 7.4.2
  UpdateQueue queue;
  ASSERT_TRUE(queue.request(7, true));
  ASSERT_TRUE(queue.request(8, false));
  EXPECT_TRUE(queue.walking());
  EXPECT_FALSE(queue.walked_to());
  queue.walk_adds(one);
  queue.walked(two);
  EXPECT_EQ(queue.walked_to(), two);
  EXPECT_TRUE(queue.take()->forced);
  queue.answered(one);
  EXPECT_THAT(queue.take_done(), IsEmpty());
  queue.walk_ended();
  EXPECT_TRUE(queue.all_asked());
  EXPECT_THAT(queue.take_done(), ElementsAre(7, 8));
  EXPECT_FALSE(queue.all_asked());
}

TEST(UpdateQueue, RequestsAreBounded) {
  UpdateQueue queue;
  queue.add(one, false);
  std::uint32_t accepted = 0;
  while (accepted < 1000 && queue.request(accepted, false)) ++accepted;
  EXPECT_LT(accepted, 1000U);
  queue.take();
  queue.answered(one);
  EXPECT_EQ(queue.take_done().size(), accepted);
}

TEST(UpdateQueue, ABrokenConnectionPutsBackAndForgetsRequests) {
  UpdateQueue queue;
  queue.add(one, false);
  queue.add(two, true);
  queue.request(7, true);
  queue.take();
  queue.add(one, false);
  queue.disconnected();
  EXPECT_FALSE(queue.walking());
  EXPECT_EQ(queue.queued(), 2U);
  EXPECT_FALSE(queue.take()->forced);
  queue.take();
  EXPECT_FALSE(queue.answered(one));
  EXPECT_FALSE(queue.answered(two));
  EXPECT_TRUE(queue.empty());
  EXPECT_THAT(queue.take_done(), IsEmpty());
}

}  // namespace
}  // namespace twinlease::core
