// What an endpoint owes on a connection that lives, and what it only should have done.
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

constexpr Role P = Role::primary, S = Role::secondary;

// Two minutes in which it speaks.
Watched& talks(Watched& watched) {
  for (int quarters = 0; quarters < 8; ++quarters) watched.wait(15).contact();
  return watched;
}

void expect_one(Watched& watched, const std::string& clause, Level level) {
  const Report report = watched.finish();
  ASSERT_THAT(report.findings, SizeIs(1)) << clause;
  EXPECT_EQ(report.findings[0].clauses.front(), clause);
  EXPECT_EQ(report.findings[0].level, level) << clause;
}

TEST(Due, AnUpddoneThatNeverComes) {  // 7.3.2
  Watched watched(P);
  expect_one(talks(watched.normal().asked(7)), "FO-7.3.2-03", Level::must);
}

TEST(Due, NoUpddoneWhileAnUpdateIsUnanswered) {
  for (bool answered : {false, true}) {
    Watched watched(P);
    watched.normal().asked(7).tells(watched.about(BindingStatus::free), 500);
    if (answered) watched.acked(500);
    EXPECT_THAT(talks(watched).finish().findings, SizeIs(answered ? 1 : 0));
  }
}

TEST(Due, NothingIsOwedBySilenceOrOnALostConnection) {
  Watched silent(P);
  EXPECT_THAT(silent.normal().asked(7).wait(300).contact().finish().findings, IsEmpty());
  Watched lost(P);
  lost.normal().asked(7).down().up().says(communications_interrupted).hears(normal).says(normal);
  EXPECT_THAT(talks(lost).finish().findings, IsEmpty());
}

TEST(Due, NothingIsOwedToADoubtfulRequest) {
  Watched watched(P);
  EXPECT_THAT(talks(watched.normal().doubtful(Requested{Side::partner, 7, false})).finish().findings,
              IsEmpty());
}

TEST(Due, APoolrespMayBeDeferredButNotForEver) {  // 7.6.2
  Watched watched(P);
  expect_one(talks(watched.normal().event(PoolRequested{Side::partner, 7})), "FO-7.6.2-03", Level::should);
  Watched answers(P);
  answers.normal().event(PoolRequested{Side::partner, 7}).wait(20).event(PoolAnswered{Side::endpoint, 7});
  EXPECT_THAT(talks(answers).finish().findings, IsEmpty());
}

TEST(Due, ASecondaryInNormalAsksForAddresses) {  // 7.6
  Watched watched(S);
  expect_one(talks(watched.normal()), "FO-7.6-02", Level::should);
  Watched asks(S);
  asks.normal().event(PoolRequested{Side::endpoint, 600}).event(PoolAnswered{Side::partner, 600});
  EXPECT_THAT(talks(asks).finish().findings, IsEmpty());
}

// Branches that miss a SHOULD: a finding only when no other is left.

TEST(Due, AConflictWithoutUpdreqMissesAShould) {  // 9.10.1
  Watched watched(P);
  watched.normal().hears(potential_conflict).says(potential_conflict);
  expect_one(talks(talks(watched)), "FO-9.10.1-01", Level::should);
  Watched asks(P);
  asks.normal().hears(potential_conflict).says(potential_conflict).asks(false);
  EXPECT_THAT(talks(talks(asks)).finish().findings, IsEmpty());
}

TEST(Due, AStateSaidAgainMissesAShould) {  // 7.10.1
  const auto again = [](std::uint32_t xid, std::uint32_t since) {
    return StateSaid{Side::endpoint, xid, normal, false, since};
  };
  Watched watched(P);
  watched.normal().event(again(700, 1)).event(again(701, 1));
  expect_one(watched, "FO-7.10.1-03", Level::should);
  Watched changed(P);
  EXPECT_THAT(changed.normal().event(again(700, 1)).event(again(701, 2)).finish().findings, IsEmpty());
}

// What passed through another state in between said nothing superfluous, whatever its clock shows.
TEST(Due, AStateSaidAgainAfterAChangeMissesNothing) {
  Watched watched(P);
  watched.normal().event(StateSaid{Side::endpoint, 700, normal, false, 1}).hears(paused).hears(normal);
  watched.event(StateSaid{Side::endpoint, 701, normal, false, 1});
  EXPECT_THAT(watched.finish().findings, IsEmpty());
}

TEST(Due, ATimeBelowTenTolerancesIsNotJudged) {
  for (Seconds mclt : {10, 60}) {
    Watched watched(P);
    watched.up(10, mclt).says(recover, true).hears(normal).says(recover).asks(true).told_done();
    watched.wait(61).says(recover_done).says(normal);
    watched.tells(watched.about(BindingStatus::free), 500).acked(500).gives(3600);
    const Report report = watched.finish();
    ASSERT_THAT(report.findings, SizeIs(1)) << mclt;
    EXPECT_EQ(report.findings[0].level, mclt == 10 ? Level::unjudged : Level::must);
    EXPECT_EQ(report.verdict, mclt == 10 ? Verdict::inconclusive : Verdict::fail);
  }
}

}  // namespace
}  // namespace twinlease::model::oracle
