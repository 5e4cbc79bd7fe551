#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story whole_pool() {
  return Story().add(0, Pool{X, X + 9});
}

Story given_to_secondary() {
  return whole_pool().updated(1, P, X, BindingStatus::backup).answered(2, S, X);
}

TEST(S6, EachFromItsOwnPool) {
  const Judgement judgement =
      disjoint_pools(given_to_secondary().offered(10, S, alice, 1, X).offered(11, P, bob, 2, Y), {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.examined, 2u);
}

TEST(S6, BothServersGaveOneAddress) {
  const Judgement judgement =
      disjoint_pools(Story().offered(10, S, alice, 1, X).offered(11, P, bob, 2, X), {});
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].events, (std::vector<std::size_t>{0, 1}));
}

TEST(S6, ThePrimaryAfterItsBackup) {
  const Story sent = whole_pool().updated(1, P, X, BindingStatus::backup);
  EXPECT_EQ(disjoint_pools(Story(sent).acked(10, P, X, alice, 60), {}).outcome(), Outcome::broken)
      << "not acknowledged: it leaves the address alone all the same";
  EXPECT_EQ(disjoint_pools(Story(sent).answered(2, S, X, 1, 15).acked(10, P, X, alice, 60), {}).outcome(),
            Outcome::held)
      << "rejected";
  EXPECT_EQ(disjoint_pools(given_to_secondary()
                               .updated(3, P, X, BindingStatus::free, 2)
                               .answered(4, S, X, 2)
                               .acked(10, P, X, alice, 60),
                           {})
                .outcome(),
            Outcome::held)
      << "taken back";
  EXPECT_EQ(disjoint_pools(
                given_to_secondary().updated(3, P, X, BindingStatus::free, 2).acked(10, P, X, alice, 60), {})
                .outcome(),
            Outcome::broken)
      << "asked back, not answered";
}

TEST(S6, TheSecondaryWithoutBackup) {
  EXPECT_EQ(disjoint_pools(whole_pool().offered(10, S, alice, 1, X), {}).outcome(), Outcome::broken);
  EXPECT_EQ(disjoint_pools(given_to_secondary()
                               .updated(3, S, X, BindingStatus::expired, 2)
                               .answered(4, P, X, 2)
                               .offered(10, S, alice, 1, X),
                           {})
                .outcome(),
            Outcome::broken)
      << "an address whose lease ended is the primary's";
}

TEST(S6, AnOldClientIsNoNewOne) {
  const Judgement judgement = disjoint_pools(
      given_to_secondary().acked(10, S, X, alice, 60).offered(90, P, alice, 1, X).acked(91, P, X, alice, 60),
      {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.examined, 1u);
}

TEST(S6, PartnerDownIsNotJudged) {
  const Judgement judgement =
      disjoint_pools(given_to_secondary().add(5, PartnerDownCommanded{P}).acked(90, P, X, alice, 60), {});
  EXPECT_EQ(judgement.outcome(), Outcome::unseen);
}

TEST(S6, AnUpdateAndAnOfferAtOnceAreNotOrdered) {
  EXPECT_EQ(disjoint_pools(given_to_secondary().offered(2.5, P, alice, 1, X), {}).outcome(), Outcome::unseen);
}

}  // namespace
}  // namespace twinlease::model::history
