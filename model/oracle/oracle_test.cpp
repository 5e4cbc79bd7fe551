// The oracle on transcripts written by hand: what the draft describes is explained, and each break names its
// clause.
#include "model/oracle/oracle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/oracle/testing/watched.hpp"

namespace twinlease::model::oracle {
namespace {

using enum State;
using enum BindingStatus;
using ::testing::Contains;
using ::testing::IsEmpty;
using testing::kAlice;
using testing::kBob;
using testing::kX;
using ::testing::SizeIs;
using testing::strict;
using testing::Watched;

constexpr Role P = Role::primary, S = Role::secondary;

std::string text_of(const Report& report) {
  std::string text(to_string(report.verdict));
  for (const Finding& finding : report.findings) {
    text += "\n" + std::to_string(finding.number) + " " + finding.topic + " " + finding.invariant;
    for (const std::string& clause : finding.clauses) text += " " + clause;
    text += ": " + finding.text + "; allowed: " + finding.allowed;
  }
  for (const std::string& reason : report.reasons) text += "\n" + reason;
  return text;
}

void expect_pass(Watched& watched) {
  const Report report = watched.finish();
  EXPECT_EQ(report.verdict, Verdict::pass) << text_of(report);
  EXPECT_THAT(report.assumptions, IsEmpty());
  EXPECT_EQ(report.explained, report.messages);
  EXPECT_GT(report.messages, 0u);
}

// One finding: of that topic, with that clause or invariant among its own.
void expect_broken(Watched& watched, const std::string& topic, const std::string& basis,
                   Verdict verdict = Verdict::fail) {
  const Report report = watched.finish();
  EXPECT_EQ(report.verdict, verdict) << text_of(report);
  ASSERT_THAT(report.findings, SizeIs(1)) << text_of(report);
  const Finding& finding = report.findings.front();
  EXPECT_EQ(finding.topic, topic);
  if (basis.starts_with("FO-"))
    EXPECT_THAT(finding.clauses, Contains(basis)) << text_of(report);
  else
    EXPECT_EQ(finding.invariant, basis) << text_of(report);
  EXPECT_GT(finding.number, 0u);
  EXPECT_LT(finding.last_good, finding.number);
  EXPECT_FALSE(finding.text.empty());
  EXPECT_FALSE(finding.allowed.empty());
  EXPECT_LT(report.explained, report.messages);
}

// Conforming endpoints

TEST(Oracle, ExplainsTwoNewServers) {
  for (Role role : {P, S}) {
    Watched watched(role);
    expect_pass(watched.normal());
  }
}

TEST(Oracle, ExplainsALinkThatBreaksAndReturns) {  // 9.9.3, L4
  Watched watched(P);
  watched.normal().down().wait(60).up();
  expect_pass(
      watched.says(communications_interrupted).hears(communications_interrupted).says(normal).hears(normal));
}

TEST(Oracle, ExplainsAMessageThatWasNotReadYet) {
  Watched watched(P);
  // Its STATE crosses the partner's on the wire.
  watched.normal().down().up().hears(communications_interrupted).says(communications_interrupted);
  expect_pass(watched.contact().says(normal));
}

TEST(Oracle, ExplainsAReturnToAPartnerInPartnerDown) {  // 9.3.2, 9.5.2, 9.6.2
  Watched watched(S);
  watched.normal().down().wait(10).started().wait(10).up();
  watched.says(communications_interrupted, true).hears(partner_down).says(recover).asks(false).told_done();
  watched.says(recover_wait).wait(60);
  expect_pass(watched.says(recover_done).hears(normal).says(normal));
}

TEST(Oracle, ExplainsAPartnerThatReturnsToPartnerDown) {  // 9.4.3
  Watched watched(P);
  watched.normal().down().event(Commanded{Command::partner_down}).wait(30).up();
  watched.says(partner_down)
      .hears(normal, true)
      .contact()
      .hears(recover)
      .asked(7)
      .done(7)
      .hears(recover_wait);
  expect_pass(watched.wait(60).contact().hears(recover_done).says(normal));
}

TEST(Oracle, ExplainsPotentialConflict) {  // 9.10.3, 9.12.3, L7
  Watched primary(P);
  primary.normal().down().up().says(communications_interrupted).hears(partner_down).says(potential_conflict);
  primary.asks(false).hears(potential_conflict).told_done().says(conflict_done).asked(5).done(5);
  expect_pass(primary.hears(normal).says(normal));
  Watched secondary(S);
  secondary.normal()
      .down()
      .up()
      .says(communications_interrupted)
      .hears(partner_down)
      .says(potential_conflict);
  secondary.asked(5).done(5).hears(conflict_done).asks(false).told_done();
  expect_pass(secondary.says(normal));
}

TEST(Oracle, ExplainsRecoverWaitBySilenceAndByPrivateCode) {
  Watched watched(S);
  watched.normal().down().started(true).up().says(recover, true).hears(communications_interrupted);
  watched.says(recover).asks(true).told_done().wait(61);
  expect_pass(watched.says(recover_done));
}

TEST(Oracle, AssumesAnOperatorWhomNobodySaw) {
  Options options = strict(P);
  options.commands_seen = false;
  Watched watched(options);
  const Report report = watched.normal().says(partner_down).finish();
  EXPECT_EQ(report.verdict, Verdict::pass) << text_of(report);
  EXPECT_THAT(report.assumptions, SizeIs(1));
}

TEST(Oracle, SaysNothingAboutWhatCameBeforeTheCapture) {
  Watched watched(P);
  watched.up().event(Gap{}).acks(17).says(normal).gives(86'400).done(3);
  const Report report = watched.finish();
  EXPECT_THAT(report.findings, IsEmpty()) << text_of(report);
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
}

TEST(Oracle, NothingSeenIsInconclusive) {
  Watched watched(P);
  const Report report = watched.hears(normal).finish();
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  EXPECT_THAT(report.reasons, SizeIs(1));
}

TEST(Oracle, TooManyExplanationsAreInconclusive) {
  Options options;
  options.most_explanations = 3;
  Watched watched(options);
  const Report report = watched.normal().finish();
  EXPECT_EQ(report.verdict, Verdict::inconclusive) << text_of(report);
  EXPECT_THAT(report.findings, IsEmpty());
}

// States

TEST(Oracle, FindsPartnerDownThatNobodyOrdered) {
  Watched watched(P);
  expect_broken(watched.normal().says(partner_down), "STATE", "S11");
}

TEST(Oracle, FindsPartnerDownOnAPartnerThatRecovers) {  // 9.9.3
  Watched watched(P);
  watched.normal().down().up().says(communications_interrupted).hears(recover);
  expect_broken(watched.says(partner_down), "STATE", "FO-9.9.3-04");
}

TEST(Oracle, FindsNormalBeforeUpddone) {
  Watched watched(S);
  watched.up().says(recover, true).hears(normal).says(recover).asks(true);
  expect_broken(watched.says(normal), "STATE", "S13");
}

TEST(Oracle, FindsAnUpddoneTakenThatAnswersNothing) {
  Watched watched(S);
  watched.up().says(recover, true).hears(communications_interrupted).says(recover).asks(true);
  expect_broken(watched.event(Done{Side::partner, 999}).says(recover_done), "STATE", "FO-7.5.1-02",
                Verdict::lenient);
}

TEST(Oracle, FindsAWaitCutShort) {
  Watched watched(S);
  watched.normal().down().wait(10).started().wait(10).up();
  watched.says(communications_interrupted, true).hears(partner_down).says(recover).asks(false).told_done();
  expect_broken(watched.says(recover_wait).wait(20).says(recover_done), "STATE", "FO-9.6.2-01");
}

TEST(Oracle, FindsAStartupBitThatStays) {
  Watched watched(P);
  expect_broken(watched.normal().says(normal, true), "STATE", "S14");
}

TEST(Oracle, FindsAStateForgottenInARestart) {
  Watched watched(P);
  expect_broken(watched.normal().down().started().up().says(recover, true), "STATE", "S14");
}

TEST(Oracle, FindsATransitionOutOfPartnerDownOnAStartupBit) {
  Watched watched(P);
  watched.normal().down().event(Commanded{Command::partner_down}).up().says(partner_down);
  expect_broken(watched.hears(normal, true).says(potential_conflict), "STATE", "S15");
}

TEST(Oracle, FindsAStateThatThePartnersDoesNotLeadTo) {
  Watched watched(P);
  watched.normal().down().event(Commanded{Command::partner_down}).up().says(partner_down).hears(normal);
  expect_broken(watched.says(normal), "STATE", "FO-9.4.3-02");
}

TEST(Oracle, FindsAStateThatIsNeverSaid) {  // FO-7.10-02
  Watched watched(P);
  watched.normal().down().up().says(communications_interrupted).hears(recover_done);
  for (int i = 0; i < 10; ++i) watched.wait(20).contact();
  const Report report = watched.finish();
  ASSERT_THAT(report.findings, SizeIs(1)) << text_of(report);
  EXPECT_THAT(report.findings[0].clauses, Contains("FO-9.9.3-05"));
  EXPECT_EQ(report.findings[0].allowed, "STATE NORMAL");
}

TEST(Oracle, IsPatientWithAProcessThatSlept) {
  Watched watched(P);
  watched.normal().down().up().says(communications_interrupted).hears(recover_done).wait(300).contact();
  expect_pass(watched.says(normal));
}

TEST(Oracle, FindsTheWrongRequest) {
  Watched watched(S);
  watched.normal().down().wait(10).started().wait(10).up();
  watched.says(communications_interrupted, true).hears(partner_down).says(recover);
  expect_broken(watched.asks(true), "UPDREQ", "FO-9.5.2-03");
  Watched lost(S);
  lost.normal().down().started(true).up().says(recover, true).hears(partner_down).says(recover);
  expect_pass(lost.asks(true));
}

// What belongs together

TEST(Oracle, FindsAnUpddoneTooEarly) {
  Watched watched(P);
  watched.normal().tells(watched.about(active, kAlice), 50).asked(7);
  expect_broken(watched.done(7), "UPDDONE", "S19");
}

TEST(Oracle, AnUpddoneNeedNotWaitForWhatChangedSince) {  // FO-7.3.2-06
  Watched watched(P);
  watched.normal().asked(7).wait(5);
  expect_pass(watched.tells(watched.about(active, kAlice), 50).done(7));
}

TEST(Oracle, InRecoverNothingChangesSinceTheRequest) {
  Watched watched(P);
  watched.up().says(recover, true).hears(recover).says(recover).asks(true).asked(7, true);
  watched.tells(watched.about(free), 50).done(7).told_done();
  expect_broken(watched.says(recover_done), "UPDDONE", "FO-7.5-03");
}

TEST(Oracle, FindsAnswersToNothing) {
  Watched done(P);
  expect_broken(done.normal().done(77), "UPDDONE", "FO-7.5-01");
  Watched ack(P);
  expect_broken(ack.normal().acks(77), "BNDACK", "FO-7.2.1-01");
  Watched pool(P);
  expect_broken(pool.normal().event(PoolAnswered{Side::endpoint, 77}), "POOLRESP", "FO-7.7-01");
}

TEST(Oracle, FindsASecondAnswer) {
  Watched watched(S);
  expect_broken(watched.normal().told(watched.about(backup), 40).acks(40).acks(40), "BNDACK", "S16");
}

TEST(Oracle, FindsAnotherAddressInTheAnswer) {
  Watched watched(S);
  watched.normal().told(watched.about(backup), 40);
  const Report report = watched.acks(40, 0, kX + 1).finish();
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(report.findings[0].clauses, Contains("FO-7.2.1-02")) << text_of(report);
}

TEST(Oracle, FindsAnswersThatCrossConnections) {
  Watched ack(S);
  ack.normal().told(ack.about(backup), 40).down().up();
  expect_broken(ack.acks(40), "BNDACK", "FO-8.6-04");
  Watched done(S);
  expect_broken(done.normal().asked(7).down().up().done(7), "UPDDONE", "FO-8.6-02");
}

TEST(Oracle, FindsAWindowOverrun) {  // 8.4, A-41
  Watched watched(P);
  watched.up(1).says(normal).tells(watched.about(active, kAlice), 50);
  expect_broken(watched.tells(watched.about(active, kAlice), 51), "BNDUPD", "S17");
  Watched waits(P);
  waits.up(1).says(normal).tells(waits.about(active, kAlice), 50).acked(50);
  expect_pass(waits.tells(waits.about(active, kAlice), 51));
}

TEST(Oracle, FindsAnXidTwice) {
  Watched watched(P);
  watched.normal().tells(watched.about(active, kAlice), 50).acked(50);
  expect_broken(watched.tells(watched.about(active, kAlice), 50), "xid", "FO-6.1-15");
}

TEST(Oracle, FindsAPoolreqOfThePrimary) {
  Watched watched(P);
  expect_broken(watched.normal().event(PoolRequested{Side::endpoint, 70}), "POOLREQ", "FO-7.6-01");
  Watched secondary(S);
  expect_pass(secondary.normal().event(PoolRequested{Side::endpoint, 70}));
}

TEST(Oracle, FindsAMessageAfterDisconnect) {
  Watched watched(P);
  expect_broken(watched.normal().event(Disconnected{Side::endpoint, 60}).contact(), "DISCONNECT",
                "FO-7.12-02");
}

TEST(Oracle, FindsTimesThatContradictEachOther) {
  Watched watched(P);
  watched.normal();
  Transaction t = watched.about(active, kAlice);
  t.potential_expiration = *t.lease_expiration - 1;
  expect_broken(watched.tells(t, 50), "BNDUPD", "FO-7.1.1-07");
}

TEST(Oracle, FindsTimesWhereTheyDoNotBelong) {
  Watched watched(P);
  watched.normal();
  Transaction t = watched.about(expired, kAlice);
  t.lease_expiration = watched.now();
  expect_broken(watched.tells(t, 50), "BNDUPD", "FO-7.1-26");
}

// Conflicts

TEST(Oracle, FindsARefusalThatTheFigureDoesNotKnow) {
  Watched watched(P);
  watched.up().says(recover, true).hears(recover).says(recover).asks(true);
  watched.tells(watched.about(free), 50).acked(50).told(watched.about(active, kAlice), 40).acks(40, 15);
  expect_broken(watched.told_done().says(recover_done), "BNDACK", "FO-7.1.3-34", Verdict::lenient);
}

TEST(Oracle, FindsAnAcceptanceThatTheFigureDoesNotKnow) {
  Watched watched(P);
  watched.up().says(recover, true).hears(recover).says(recover).asks(true);
  watched.tells(watched.about(abandoned), 50).acked(50).told(watched.about(active, kAlice), 40).acks(40);
  expect_broken(watched.told_done().says(recover_done), "BNDACK", "FO-7.1.3-55", Verdict::lenient);
}

TEST(Oracle, OfTwoClientsThePrimaryKeepsItsOwn) {
  Watched refuses(P);
  refuses.up().says(recover, true).hears(recover).says(recover).asks(true);
  refuses.tells(refuses.about(active, kAlice), 50)
      .acked(50)
      .told(refuses.about(active, kBob), 40)
      .acks(40, 2);
  expect_pass(refuses.told_done().says(recover_done));
  Watched accepts(P);
  accepts.up().says(recover, true).hears(recover).says(recover).asks(true);
  accepts.tells(accepts.about(active, kAlice), 50).acked(50).told(accepts.about(active, kBob), 40).acks(40);
  expect_broken(accepts.told_done().says(recover_done), "BNDACK", "FO-7.1.3-13", Verdict::lenient);
}

TEST(Oracle, AtTheBoundarySecondBothAnswersAreRight) {
  for (std::uint8_t reason : {std::uint8_t{0}, std::uint8_t{15}}) {
    Watched watched(S);
    watched.up().says(recover, true).hears(recover).says(recover).asks(true);
    watched.tells(watched.about(active, kAlice), 50).acked(50).wait(60).told(watched.about(free), 40);
    expect_pass(watched.acks(40, reason).told_done().says(recover_done));
  }
}

TEST(Oracle, WhereClientsAreServedItDoesNotGuess) {
  Watched watched(P);
  watched.normal().tells(watched.about(free), 50).acked(50).told(watched.about(active, kBob), 40);
  expect_pass(watched.acks(40, 2).says(normal));
}

// Clients

TEST(Oracle, FindsAnAnswerInSilence) {  // S10
  Watched watched(S);
  watched.up().says(recover, true).hears(normal).says(recover).asks(true).wait(10).gives(60).wait(10);
  expect_broken(watched.contact(), "silence", "FO-9.5.1-01");
}

TEST(Oracle, InRecoverDoneOnlyRenewalsAreAnswered) {
  for (ClientMessage to : {ClientMessage::request_renewing, ClientMessage::discover}) {
    Watched watched(S);
    watched.up().says(recover, true).hears(communications_interrupted).says(recover).asks(true).told_done();
    watched.says(recover_done).wait(10).gives(60, kAlice, to).wait(10).contact();
    if (to == ClientMessage::discover)
      expect_broken(watched, "silence", "FO-9.7.1-02");
    else
      expect_pass(watched);
  }
}

TEST(Oracle, AnAnswerAtTheVeryMomentOfATransitionIsNoBreach) {
  Watched watched(S);
  watched.up().says(recover, true).hears(recover_done).says(recover).asks(true).told_done();
  expect_pass(watched.says(recover_done).gives(60).says(normal));
}

TEST(Oracle, FindsALeaseBeyondTheLeadTime) {  // S2
  Watched watched(P);
  watched.up().says(recover, true).hears(recover).says(recover).asks(true);
  watched.tells(watched.about(free), 50).acked(50).told_done().says(recover_done).hears(normal).says(normal);
  expect_broken(watched.wait(10).gives(120).wait(10), "lease", "S2");
}

TEST(Oracle, ALeaseGrowsWithWhatThePartnerKnows) {
  Watched watched(P);
  watched.up().says(recover, true).hears(recover).says(recover).asks(true);
  watched.tells(watched.about(free), 50).acked(50).told_done().says(recover_done).hears(normal).says(normal);
  watched.wait(10).gives(60).tells(watched.about(active, kAlice), 51).acked(51).wait(30);
  expect_pass(watched.gives(140, kAlice, ClientMessage::request_renewing).wait(10));
}

TEST(Oracle, InPartnerDownALeaseIsFree) {  // FO-9.4.2-07
  Watched watched(P);
  watched.up().says(recover, true).hears(recover).says(recover).asks(true);
  watched.tells(watched.about(free), 50).acked(50).told_done().says(recover_done).hears(normal).says(normal);
  expect_pass(watched.down().event(Commanded{Command::partner_down}).wait(100).gives(86'400).wait(10));
}

TEST(Oracle, TheSameFindingIsCounted) {
  Watched watched(P);
  const Report report = watched.normal().acks(70).acks(71).finish();
  EXPECT_THAT(report.findings, SizeIs(1)) << text_of(report);
  EXPECT_EQ(report.findings[0].times, 2u);
}

}  // namespace
}  // namespace twinlease::model::oracle
