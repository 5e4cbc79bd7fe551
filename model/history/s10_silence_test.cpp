#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story recovering() {
  return Story().connection(0, true).state(0, S, State::recover).state(0, P, State::partner_down);
}

TEST(S10, NoAnswer) {
  const Story asked = recovering().discovered(10, alice, 1);
  EXPECT_TRUE(held(silence(Story(asked).offered(10.1, P, alice, 1).until(60), {})));
  EXPECT_TRUE(broken_by(silence(Story(asked).offered(10.1, S, alice, 1).until(60), {}), {1, 4}));
  EXPECT_TRUE(
      held(silence(Story(asked).offered(10.1, S, alice, 1).state(10.2, S, State::normal).until(60), {})))
      << "it was on its way to NORMAL";
}

TEST(S10, RecoverDoneRenews) {
  const Story done =
      recovering().state(5, S, State::recover_done).add(10, ClientSent{alice, ClientMessage::inform});
  EXPECT_TRUE(held(silence(Story(done).acked(20, S, X, alice, 60, Request::renewing).until(60), {})));
  EXPECT_TRUE(
      broken_by(silence(Story(done).acked(20, S, X, alice, 60, Request::init_reboot).until(60), {}), {3, 5}));
}

TEST(S10, NothingIsRemembered) {
  const Story asked = recovering().add(10, ClientSent{alice, ClientMessage::release, X, Servers::secondary});
  EXPECT_TRUE(broken_by(silence(Story(asked).told(20, S, X, alice, 60, 60), {}), {3, 4}));
  EXPECT_TRUE(held(silence(Story(asked).told(15, P, X, alice, 60, 60, 4).told(20, S, X, alice, 60, 60), {})))
      << "the partner told of her";
  EXPECT_TRUE(held(silence(
      Story(asked).state(12, S, State::normal).discovered(15, alice, 2).told(20, S, X, alice, 60, 60), {})));
}

}  // namespace
}  // namespace twinlease::model::history
