#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story parted() {
  return Story()
      .connection(0, true)
      .state(1, P, State::potential_conflict)
      .state(1, S, State::potential_conflict)
      .connection(10, false)
      .discovered(60, alice, 1, Servers::primary);
}

TEST(L8, ClientsAreServed) {
  EXPECT_TRUE(held(service_returns(parted().offered(60.1, P, alice, 1), {})));
  EXPECT_TRUE(broken_by(service_returns(parted().discovered(75, alice, 2, Servers::primary), {}), {3, 4, 5}));
  EXPECT_TRUE(unseen(service_returns(parted().connection(70, true).discovered(75, alice, 2), {})));
}

}  // namespace
}  // namespace twinlease::model::history
