#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story dealt() {  // Y is the secondary's, the rest the primary's
  return Story().add(0, Pool{X, X + 9}).normal(0).updated(1, P, Y, BindingStatus::backup).answered(2, S, Y);
}

TEST(S7, EachItsOwn) {
  const Judgement judgement = own_pool_only(dealt().offered(10, P, alice, 1, X).acked(11, S, Y, bob, 60), {});
  EXPECT_TRUE(held(judgement));
  EXPECT_EQ(judgement.examined, 2u);
}

TEST(S7, ThePartners) {
  EXPECT_TRUE(broken_by(own_pool_only(dealt().offered(10, P, alice, 1, Y), {}), {4, 6}));
  EXPECT_TRUE(broken_by(own_pool_only(dealt().connection(5, false).acked(10, S, X, alice, 60), {}), {0, 7}))
      << "nor when the two are apart";
}

TEST(S7, WhatIsNotJudged) {
  EXPECT_TRUE(unseen(own_pool_only(dealt().add(5, PartnerDownCommanded{P}).acked(200, P, Y, alice, 60), {})));
  EXPECT_TRUE(unseen(own_pool_only(Story().acked(10, P, X, alice, 60), {}))) << "nobody knows whose it is";
}

}  // namespace
}  // namespace twinlease::model::history
