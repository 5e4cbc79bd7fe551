#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story started() {
  return Story().add(0, Pool{X, X + 9}).process(1, P, true).process(2, S, true);
}

TEST(L6, NormalWithoutAnOperator) {
  EXPECT_TRUE(held(two_new_servers_start(started().normal(60), {})));
  EXPECT_TRUE(broken_by(two_new_servers_start(started().until(400), {}), {2, 3}));
  EXPECT_TRUE(unseen(two_new_servers_start(started().add(30, PartnerDownCommanded{P}).until(400), {})));
}

}  // namespace
}  // namespace twinlease::model::history
