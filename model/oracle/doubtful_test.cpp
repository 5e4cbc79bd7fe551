// What the partner sends amiss is an input like any other: the endpoint may read it or leave it, and what it
// says afterwards is explained either way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/oracle/oracle.hpp"
#include "model/oracle/testing/watched.hpp"

namespace twinlease::model::oracle {
namespace {

using enum State;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Watched;

constexpr Role P = Role::primary;

StateSaid said(State state, bool startup = false) {
  return {Side::partner, 0, state, startup};
}

TEST(Doubtful, AStateMayBeReadOrLeft) {
  for (bool read : {false, true}) {
    Watched watched(P);
    watched.normal().doubtful(said(potential_conflict));
    if (read) watched.says(potential_conflict);
    const Report report = watched.wait(200).contact().finish();
    EXPECT_EQ(report.verdict, Verdict::pass) << read;
  }
  Watched sound(P);
  sound.normal().hears(potential_conflict);
  for (int quarters = 0; quarters < 10; ++quarters) sound.wait(15).contact();
  EXPECT_THAT(sound.finish().findings, SizeIs(1));  // it has to be read, and said
}

TEST(Doubtful, ADoubtfulStateExplainsNothingElse) {
  Watched watched(P);
  EXPECT_THAT(watched.normal().doubtful(said(recover)).says(shutdown).finish().findings, SizeIs(1));
}

TEST(Doubtful, WhatFollowsUnreadableOctetsMayBeLeft) {
  Watched watched(P);
  watched.normal().event(Unreadable{}).hears(potential_conflict).wait(100).contact().wait(100).contact();
  const Report report = watched.done(77).finish();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.verdict, Verdict::pass);  // nothing was missed: it is the partner that spoke so
}

TEST(Doubtful, TheNextConnectionIsSoundAgain) {
  Watched watched(P);
  watched.normal().event(Unreadable{}).down().up().hears(normal).says(communications_interrupted);
  EXPECT_THAT(watched.says(normal).done(77).finish().findings, SizeIs(1));
}

TEST(Doubtful, AnAnswerToAnUnreadableUpdateStaysOnItsConnection) {  // 7.2
  Watched watched(P);
  watched.normal().event(Unreadable{7}).down().up().hears(normal).says(communications_interrupted);
  const Report report = watched.says(normal).acks(7).finish();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].clauses.front(), "FO-7.2-10");
}

TEST(Doubtful, ARequestElsewhereIsAnsweredThereOrNotAtAll) {  // 8.6
  Watched watched(P);
  const Report report = watched.normal().event(RequestedElsewhere{7}).done(7).finish();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].clauses.front(), "FO-8.6-02");
}

TEST(Doubtful, AnUpdateMayBeAnsweredAsItLikes) {
  for (int reason : {0, 3, 16}) {
    Watched watched(P);
    Transaction t = watched.about(BindingStatus::active, testing::kBob);
    watched.normal().tells(t, 400).acked(400).doubtful(Updated{Side::partner, 9, {t}});
    EXPECT_THAT(watched.acks(9, static_cast<std::uint8_t>(reason), testing::kX + 1).finish().findings,
                IsEmpty())
        << reason;
  }
}

TEST(Doubtful, ASecondConnectMayBeTakenOrLeft) {  // 8.2
  for (bool taken : {false, true}) {
    Watched watched(P);
    watched.normal().doubtful(ConnectionUp{60, 10});
    if (taken) watched.says(communications_interrupted).hears(normal).says(normal);
    const Report report = watched.wait(200).contact().finish();
    EXPECT_THAT(report.findings, IsEmpty()) << taken;
  }
}

TEST(Doubtful, WhatAConnectionStillHeldIsLost) {  // 8.6
  Watched watched(P);
  watched.normal().hears(potential_conflict).down().up().hears(communications_interrupted);
  EXPECT_THAT(watched.says(communications_interrupted).says(normal).finish().findings, IsEmpty());
}

TEST(Doubtful, AStoreReplacedBeginsWithTheNextState) {
  Watched watched(P);
  watched.normal().down().event(Process{true, Storage::replaced}).up().says(partner_down, true);
  const Report report = watched.finish();
  EXPECT_EQ(report.verdict, Verdict::pass);
  Watched kept(P);
  kept.normal().down().event(Process{true, Storage::kept}).up().says(partner_down, true);
  EXPECT_THAT(kept.finish().findings, SizeIs(1));
}

// After a finding the endpoint may be where it said, or where it should be: what follows from either is not
// held against it a second time.
TEST(Doubtful, AFindingHasNoSequel) {
  for (State next : {communications_interrupted, resolution_interrupted}) {
    Watched watched(P);
    watched.normal().says(potential_conflict).down().up().says(next);
    EXPECT_THAT(watched.finish().findings, SizeIs(1)) << to_string(next);
  }
}

}  // namespace
}  // namespace twinlease::model::oracle
