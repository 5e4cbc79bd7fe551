#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story update(std::optional<std::uint8_t> reject_reason = {}) {
  return Story().normal(0).told(1, P, X, alice, 60, 60, 7).answered(1.2, S, X, 7, reject_reason);
}

TEST(S18, NoEcho) {
  EXPECT_TRUE(held(no_echo_and_no_storm(update().until(60), {})));
  EXPECT_TRUE(broken_by(no_echo_and_no_storm(update().told(2, S, X, alice, 60, 60, 3), {}), {3, 4, 5}));
  EXPECT_TRUE(
      held(no_echo_and_no_storm(update().said(1.5, P, Word::updreqall).told(2, S, X, alice, 60, 60, 3), {})))
      << "it was asked";
  EXPECT_TRUE(held(no_echo_and_no_storm(
      update().acked(1.5, S, X, alice, 60, Request::rebinding).told(2, S, X, alice, 60, 60, 3), {})));
}

TEST(S18, NoStorm) {
  EXPECT_TRUE(held(no_echo_and_no_storm(update(15).told(30, P, X, alice, 60, 60, 8), {})));
  EXPECT_TRUE(broken_by(no_echo_and_no_storm(update(15).told(2, P, X, alice, 60, 60, 8), {}), {3, 4, 5}));
}

}  // namespace
}  // namespace twinlease::model::history
