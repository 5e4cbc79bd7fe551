#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Updated told_at(TimeMs until_s, TimeMs potential_s, TimeMs contact_s) {
  return {P,
          1,
          X,
          BindingStatus::active,
          alice,
          static_cast<std::uint32_t>(begin_s + until_s),
          static_cast<std::uint32_t>(begin_s + potential_s),
          static_cast<std::uint32_t>(begin_s + contact_s)};
}
Story leased() {
  return Story().add(9, ClientSent{alice, ClientMessage::request_selecting, X}).acked(10, P, X, alice, 60);
}

TEST(S24, TheTimesAreTrue) {
  EXPECT_TRUE(held(reported_times(leased().add(11, told_at(70, 70, 10)), {})));
  EXPECT_TRUE(broken_by(reported_times(leased().add(11, told_at(40, 70, 10)), {}), {1, 2})) << "too short";
  EXPECT_TRUE(broken_by(reported_times(leased().add(11, told_at(99, 99, 10)), {}), {1, 2})) << "too long";
  EXPECT_TRUE(broken_by(reported_times(leased().add(11, told_at(70, 60, 10)), {}), {1, 2})) << "A-13";
  EXPECT_TRUE(broken_by(reported_times(leased().add(40, told_at(70, 70, 35)), {}), {1, 2}))
      << "no contact then";
}

TEST(S24, OnTheClockOfTheSender) {
  EXPECT_TRUE(
      held(reported_times(leased().add(10.5, ClockSet{P, 3600}).add(11, told_at(3670, 3670, 3610)), {})));
}

TEST(S24, WhatWasNotToldIsNotHeldAgainstIt) {
  const Story lost = leased().add(30, ClientSent{alice, ClientMessage::request_renewing, X});
  EXPECT_TRUE(held(reported_times(Story(lost).add(31, told_at(90, 90, 30)), {})))
      << "an ACK that she did not take";
  EXPECT_TRUE(held(reported_times(Story().acked(10, P, X, alice, 60).add(31, told_at(90, 90, 30)), {})));
}

TEST(S24, AnothersLeaseIsNotCompared) {
  EXPECT_TRUE(unseen(reported_times(Story().acked(10, S, X, alice, 60).add(11, told_at(40, 40, 10)), {})));
}

}  // namespace
}  // namespace twinlease::model::history
