#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story returned() {
  return Story().connection(0, true).state(0, P, State::partner_down).state(60, S, State::recover_done);
}

TEST(L18, NormalWhenThePartnerIsDone) {
  EXPECT_TRUE(held(partner_down_ends(returned().state(61, P, State::normal), {})));
  EXPECT_TRUE(broken_by(partner_down_ends(returned().until(100), {}), {2, 3}));
  EXPECT_TRUE(unseen(partner_down_ends(returned().connection(61, false).until(100), {})));
}

}  // namespace
}  // namespace twinlease::model::history
