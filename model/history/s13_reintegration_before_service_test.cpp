#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story recovering() {
  return Story().connection(0, true).state(0, P, State::partner_down).state(0, S, State::recover);
}

TEST(S13, OutOfRecover) {
  const Story asked = recovering().said(1, S, Word::updreqall, 7);
  EXPECT_TRUE(held(reintegration_before_service(
      Story(asked).said(2, P, Word::upddone, 7).state(60, S, State::recover_done), {})));
  EXPECT_TRUE(
      broken_by(reintegration_before_service(Story(asked).state(60, S, State::recover_done), {}), {2, 4}));
  EXPECT_TRUE(broken_by(
      reintegration_before_service(Story(asked).said(2, P, Word::upddone, 8).state(60, S, State::normal), {}),
      {2, 5}))
      << "for another request";
}

TEST(S13, OutOfPotentialConflict) {
  const Story conflict = Story()
                             .connection(0, true)
                             .state(0, P, State::potential_conflict)
                             .state(0, S, State::potential_conflict)
                             .said(1, P, Word::updreq, 3);
  EXPECT_TRUE(held(reintegration_before_service(
      Story(conflict).said(2, S, Word::upddone, 3).state(3, P, State::conflict_done), {})));
  EXPECT_TRUE(
      broken_by(reintegration_before_service(Story(conflict).state(3, P, State::conflict_done), {}), {1, 4}));
  EXPECT_TRUE(
      unseen(reintegration_before_service(Story(conflict).state(3, P, State::resolution_interrupted), {})));
}

}  // namespace
}  // namespace twinlease::model::history
