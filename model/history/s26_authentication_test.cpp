#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story tampered() {
  return Story().normal(0).add(10, Tampered{S, 7});
}

TEST(S26, OnlyTheConnectionEnds) {
  EXPECT_TRUE(held(authentication(tampered().connection(11, false).until(60), {})));
  EXPECT_TRUE(broken_by(authentication(tampered().until(60), {}), {3, 4})) << "it goes on";
  EXPECT_TRUE(broken_by(authentication(tampered().answered(11, S, X, 7).connection(12, false), {}), {3, 4}));
  EXPECT_TRUE(broken_by(authentication(tampered().state(11, S, State::potential_conflict), {}), {3, 4}));
  EXPECT_TRUE(held(authentication(tampered().connection(11, false).state(20, S, State::recover), {})))
      << "not because of it";
}

}  // namespace
}  // namespace twinlease::model::history
