#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story conflict() {
  return Story()
      .connection(0, true)
      .state(1, P, State::potential_conflict)
      .state(2, S, State::potential_conflict);
}

TEST(L7, NormalInTheEnd) {
  EXPECT_TRUE(held(potential_conflict_ends(
      conflict().state(10, P, State::conflict_done).state(20, S, State::normal).state(20, P, State::normal),
      {})));
  EXPECT_TRUE(broken_by(potential_conflict_ends(conflict().state(10, P, State::conflict_done).until(200), {}),
                        {2, 4}));
  EXPECT_TRUE(unseen(potential_conflict_ends(conflict().connection(10, false).until(200), {})));
}

}  // namespace
}  // namespace twinlease::model::history
