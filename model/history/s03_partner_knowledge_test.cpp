#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Stored record(Server server, TimeMs sent_s, TimeMs acked_s, TimeMs received_s) {
  const auto at = [](TimeMs s) { return static_cast<std::uint32_t>(s == 0 ? 0 : begin_s + s); };
  return {server, X, BindingStatus::active, alice, at(60), at(sent_s), at(acked_s), at(received_s)};
}

TEST(S3, WhatOneCountsOnTheOtherHas) {
  EXPECT_TRUE(
      held(partner_knowledge(Story().add(1, record(S, 0, 0, 200)).add(2, record(P, 200, 200, 0)), {})));
  EXPECT_TRUE(broken_by(
      partner_knowledge(Story().add(1, record(S, 0, 0, 100)).add(2, record(P, 200, 200, 0)), {}), {0, 1}));
  EXPECT_TRUE(broken_by(
      partner_knowledge(Story().add(1, record(S, 0, 0, 200)).add(2, record(P, 100, 0, 0)), {}), {0, 1}));
}

TEST(S3, NeedsBothStores) {
  EXPECT_TRUE(undecided(partner_knowledge(Story().normal(0), {})));
  EXPECT_TRUE(undecided(partner_knowledge(Story().add(1, record(P, 200, 200, 0)), {})));
}

}  // namespace
}  // namespace twinlease::model::history
