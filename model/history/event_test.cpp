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

TEST(Event, EveryKindHasALine) {
  EXPECT_EQ(describe({0, ClientSent{alice, ClientMessage::request_renewing, X}}),
            "02:77:00:00:00:01 DHCPREQUEST RENEWING 10.77.1.1");
  EXPECT_EQ(describe({0, Refused{P, alice, X}}), "primary refused 10.77.1.1 to 02:77:00:00:00:01");
  EXPECT_EQ(describe({0, ConnectSaid{P, 3, 60, 10, 30}}), "primary CONNECT xid 3 MCLT 60 s");
  EXPECT_EQ(describe({0, ConnectAnswered{S, 3, std::uint8_t{5}, 10, 30}}),
            "secondary CONNECTACK xid 3 reject-reason 5");
  EXPECT_EQ(describe({0, Said{S, Word::disconnect, 4, 17}}), "secondary DISCONNECT xid 4 17");
  EXPECT_EQ(describe({0, Said{P, Word::upddone, 9}}), "primary UPDDONE xid 9");
  EXPECT_EQ(describe({0, Process{P, true, true}}), "primary started without its storage");
  EXPECT_EQ(describe({0, Entered{S, State::recover_wait}}), "secondary is in RECOVER-WAIT");
  EXPECT_EQ(describe({0, Stored{P, X, BindingStatus::active, bob}}),
            "primary has stored 10.77.1.1 ACTIVE of 02:77:00:00:00:02");
  EXPECT_EQ(describe({0, AssumptionBroken{3}}), "AS3 no longer holds");
  EXPECT_EQ(describe({0, DnsUpdated{P, X, true}}), "primary added the name of 10.77.1.1");
  EXPECT_EQ(describe({0, Commanded{S, Command::shutdown}}), "operator: shut down at the secondary");
}

TEST(Event, FailoverMessagesHaveASender) {
  EXPECT_EQ(sender({0, StateSaid{S, State::normal}}), S);
  EXPECT_EQ(sender({0, Said{P, Word::contact}}), P);
  EXPECT_EQ(sender({0, ConnectAnswered{S, 1, std::nullopt, 10, 30}}), S);
  EXPECT_FALSE(sender({0, Attempted{P}}) || sender({0, Offered{P, alice, 1, X}}));
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
