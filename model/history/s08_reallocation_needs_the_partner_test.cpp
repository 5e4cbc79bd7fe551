#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story over() {
  return Story().normal(0).acked(1, P, X, alice, 60);
}
Story reported() {
  return over().updated(70, P, X, BindingStatus::expired);
}

TEST(S8, AfterTheReportWasAcknowledged) {
  EXPECT_TRUE(
      held(reallocation_needs_the_partner(reported().answered(71, S, X).acked(80, P, X, bob, 60), {})));
  EXPECT_TRUE(broken_by(reallocation_needs_the_partner(over().acked(80, P, X, bob, 60), {}), {3, 4}));
  EXPECT_TRUE(broken_by(reallocation_needs_the_partner(
                            over().updated(70, S, X, BindingStatus::expired).acked(80, P, X, bob, 60), {}),
                        {3, 5}))
      << "not acknowledged";
  EXPECT_TRUE(broken_by(
      reallocation_needs_the_partner(
          over().updated(70, S, X, BindingStatus::expired).answered(71, P, X, 1, 15).acked(80, P, X, bob, 60),
          {}),
      {3, 6}))
      << "rejected";
}

TEST(S8, ABndackAtTheSameTimeCounts) {
  EXPECT_TRUE(held(reallocation_needs_the_partner(
      over().updated(70, S, X, BindingStatus::expired).acked(70.5, P, X, bob, 60).answered(70.6, P, X), {})));
  EXPECT_TRUE(broken_by(
      reallocation_needs_the_partner(
          over().updated(70, S, X, BindingStatus::expired).acked(70.5, P, X, bob, 60).answered(80, P, X), {}),
      {3, 5}));
}

TEST(S8, NotEvenTheFirstClientInBetween) {
  EXPECT_TRUE(broken_by(reallocation_needs_the_partner(reported().acked(80, P, X, alice, 60), {}), {4, 5}));
  EXPECT_TRUE(
      held(reallocation_needs_the_partner(reported().answered(71, S, X).acked(80, P, X, alice, 60), {})));
}

TEST(S8, PartnerDownIsNotJudged) {
  EXPECT_TRUE(unseen(reallocation_needs_the_partner(
      over().add(65, PartnerDownCommanded{P}).normal(200).acked(300, P, X, bob, 60), {})));
}

}  // namespace
}  // namespace twinlease::model::history
