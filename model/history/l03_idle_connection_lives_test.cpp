#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story idle() {  // the secondary's receive-timer is 30 s
  return Story().add(0, ConnectAnswered{S, 1, std::nullopt, 10, 30}).connection(0, true);
}

TEST(L3, GapsStayBelowTheReceiveTimer) {
  EXPECT_TRUE(held(idle_connection_lives(idle()
                                             .said(10, P, Word::contact)
                                             .said(10, S, Word::contact)
                                             .said(20, P, Word::contact)
                                             .said(20, S, Word::contact),
                                         {})));
  EXPECT_TRUE(broken_by(
      idle_connection_lives(
          idle().said(20, S, Word::contact).said(40, P, Word::contact).said(40, S, Word::contact), {}),
      {1, 3}));
  EXPECT_TRUE(unseen(idle_connection_lives(
      idle().fault(1, FaultKind::cut, true).said(100, P, Word::contact).said(100, S, Word::contact), {})));
}

}  // namespace
}  // namespace twinlease::model::history
