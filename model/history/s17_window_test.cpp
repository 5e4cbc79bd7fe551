#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story announced(std::uint32_t window_size) {
  return Story().add(0, ConnectAnswered{S, 1, std::nullopt, window_size, 30}).connection(0, true);
}

TEST(S17, AsManyAsThePartnerTakes) {
  const Story two =
      announced(2).updated(1, P, X, BindingStatus::free, 1).updated(2, P, Y, BindingStatus::free, 2);
  EXPECT_TRUE(held(window(two, {})));
  EXPECT_TRUE(broken_by(window(Story(two).updated(3, P, X + 5, BindingStatus::free, 3), {}), {0, 4}));
  EXPECT_TRUE(
      held(window(Story(two).answered(2.5, S, X, 1).updated(3, P, X + 5, BindingStatus::free, 3), {})));
}

TEST(S17, WhichCameFirstNobodyKnowsWithinEps) {
  const Story three = announced(2)
                          .updated(1, P, X, BindingStatus::free, 1)
                          .updated(2, P, Y, BindingStatus::free, 2)
                          .updated(3, P, X + 5, BindingStatus::free, 3);
  EXPECT_TRUE(held(window(Story(three).answered(3.1, S, X, 1), {})));
  EXPECT_TRUE(broken_by(window(Story(three).answered(30, S, X, 1), {}), {0, 4}));
}

TEST(S17, MessagesCountAndNoughtIsOne) {
  EXPECT_TRUE(held(window(
      announced(0).updated(1, P, X, BindingStatus::free, 1).updated(1, P, Y, BindingStatus::free, 1), {})));
  EXPECT_TRUE(broken_by(
      window(announced(0).updated(1, P, X, BindingStatus::free, 1).updated(2, P, Y, BindingStatus::free, 2),
             {}),
      {0, 3}));
}

}  // namespace
}  // namespace twinlease::model::history
