#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story silent() {  // the secondary says nothing from 10 on; the primary's tReceive is 20 s
  return Story()
      .add(0, ConnectSaid{P, 1, 60, 10, 20})
      .connection(1, true)
      .fault(10, FaultKind::cut_from_secondary, true);
}

TEST(L2, TheConnectionEnds) {
  const Judgement judgement =
      silence_is_detected(silent().add(30, Said{P, Word::disconnect, 3, 17}).connection(30.1, false), {});
  EXPECT_TRUE(held(judgement));
  EXPECT_EQ(judgement.counts[1].number, 1u) << "DISCONNECT with reason 17";
  EXPECT_TRUE(broken_by(silence_is_detected(silent().until(40), {}), {2, 3}));
  EXPECT_TRUE(
      unseen(silence_is_detected(silent().fault(20, FaultKind::cut_from_secondary, false).until(90), {})));
}

}  // namespace
}  // namespace twinlease::model::history
