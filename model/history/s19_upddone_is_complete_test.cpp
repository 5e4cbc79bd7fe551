#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story leased() {
  return Story().acked(1, P, X, alice, 600).connection(10, true).said(11, S, Word::updreq, 5);
}

TEST(S19, EverythingThatWasPending) {
  EXPECT_TRUE(held(upddone_is_complete(
      leased().told(12, P, X, alice, 601, 700, 9).answered(13, S, X, 9).said(14, P, Word::upddone, 5), {})));
  EXPECT_TRUE(broken_by(upddone_is_complete(leased().said(14, P, Word::upddone, 5), {}), {0, 2, 3}))
      << "not sent";
  EXPECT_TRUE(broken_by(
      upddone_is_complete(leased().told(12, P, X, alice, 601, 700, 9).said(14, P, Word::upddone, 5), {}),
      {2, 3, 4}))
      << "not answered";
  EXPECT_TRUE(held(upddone_is_complete(
      leased().told(12, P, X, alice, 601, 700, 9).answered(13, S, X, 9, 15).said(14, P, Word::upddone, 5),
      {})))
      << "rejected is answered";
}

TEST(S19, UpdreqallSurvivesTheConnection) {
  const Story told = Story()
                         .acked(1, P, X, alice, 600)
                         .connection(10, true)
                         .told(11, P, X, alice, 601, 700, 1)
                         .answered(12, S, X, 1);
  EXPECT_TRUE(
      held(upddone_is_complete(Story(told).said(20, S, Word::updreq, 5).said(21, P, Word::upddone, 5), {})))
      << "nothing is pending";
  const Story all = Story(told).said(20, S, Word::updreqall, 5);
  EXPECT_TRUE(broken_by(upddone_is_complete(Story(all).said(21, P, Word::upddone, 5), {}), {2, 4, 5}));
  EXPECT_TRUE(broken_by(upddone_is_complete(Story(all)
                                                .connection(25, false)
                                                .connection(30, true)
                                                .said(31, S, Word::updreq, 6)
                                                .said(32, P, Word::upddone, 6),
                                            {}),
                        {2, 7, 8}));
}

}  // namespace
}  // namespace twinlease::model::history
