#include "model/history/event.hpp"

#include <gtest/gtest.h>

#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

TEST(Event, IsDescribedInOneLine) {
  EXPECT_EQ(describe({0, Acked{S, alice, X, Request::rebinding, 60, 0}}),
            "secondary acked 10.77.1.1 to 02:77:00:00:00:01 REBINDING for 60 s");
  EXPECT_EQ(describe({0, Updated{P, 7, Y, BindingStatus::active, bob, 0, 0}}),
            "primary BNDUPD xid 7 10.77.1.2 ACTIVE of 02:77:00:00:00:02");
  EXPECT_EQ(describe({0, Acknowledged{S, 7, Y, std::uint8_t{15}}}),
            "secondary BNDACK xid 7 10.77.1.2 reject-reason 15");
  EXPECT_EQ(describe({0, StateSaid{P, State::recover_wait, true}}), "primary STATE RECOVER-WAIT STARTUP");
  EXPECT_EQ(describe({0, Fault{FaultKind::cut, false}}), "connection cut: over");
  EXPECT_EQ(describe({0, Ended{bob, Y, Ending::lapsed}}),
            "02:77:00:00:00:02 stopped at the end of 10.77.1.2");
}

TEST(Event, NamesOfNothingKnownAreHarmless) {
  EXPECT_EQ(name(static_cast<State>(200)), "no state");
  EXPECT_EQ(name(static_cast<BindingStatus>(0)), "no status");
}

TEST(Acked, IsHeldFromTheRequestOn) {
  EXPECT_EQ((Acked{P, alice, X, Request::selecting, 60, 5'000}).held_until_ms(), 65'000);
}

TEST(Servers, AreASet) {
  EXPECT_TRUE(holds(Servers::both, P) && holds(Servers::both, S));
  EXPECT_TRUE(holds(Servers::secondary, S) && !holds(Servers::secondary, P));
  EXPECT_FALSE(holds(Servers::none, P));
}

}  // namespace
}  // namespace twinlease::model::history
