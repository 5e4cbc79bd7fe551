#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

TEST(S16, OneAnswerEach) {
  const Story batch = Story()
                          .connection(0, true)
                          .updated(1, P, X, BindingStatus::backup, 7)
                          .updated(1, P, Y, BindingStatus::backup, 7);
  EXPECT_TRUE(held(message_pairing(Story(batch).answered(2, S, X, 7).answered(2, S, Y, 7, 15), {})));
  EXPECT_TRUE(broken_by(message_pairing(Story(batch).answered(2, S, X, 7), {}), {1, 2, 3}))
      << "one is missing";
  EXPECT_TRUE(broken_by(
      message_pairing(Story(batch).answered(2, S, X, 7).answered(2, S, Y, 7).answered(3, S, X, 7), {}), {5}))
      << "twice";
  EXPECT_TRUE(broken_by(message_pairing(Story(batch).answered(2, S, X, 8), {}), {3})) << "another xid";
}

TEST(S16, XidsAreUniqueOnAConnection) {
  const Story used = Story().connection(0, true).said(1, S, Word::updreq, 7);
  EXPECT_TRUE(broken_by(message_pairing(Story(used).updated(2, S, X, BindingStatus::free, 7), {}), {1, 2}));
  EXPECT_TRUE(held(message_pairing(
      Story(used).connection(3, false).connection(4, true).updated(5, S, X, BindingStatus::free, 7), {})));
}

}  // namespace
}  // namespace twinlease::model::history
