#include "model/history/situation.hpp"

#include <gtest/gtest.h>

#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Situation after(const Story& story) {
  Situation situation;
  for (const Event& event : static_cast<const History&>(story).events()) situation.apply(event);
  return situation;
}

TEST(Situation, NormalIsWhatBothSaidOnAConnectionThatLasts) {
  EXPECT_FALSE(after(Story()).normal());
  EXPECT_TRUE(after(Story().normal(0)).normal());
  EXPECT_FALSE(after(Story().normal(0).add(5, StateSaid{S, State::normal, true})).normal()) << "STARTUP bit";
  EXPECT_FALSE(after(Story().normal(0).add(5, Connection{false})).normal());
  EXPECT_FALSE(after(Story().normal(0).add(5, Connection{false}).add(6, Connection{true})).normal())
      << "said on another connection";
  EXPECT_FALSE(after(Story().normal(0).fault(5, FaultKind::cut_from_primary, true)).normal());
  EXPECT_FALSE(after(Story().normal(0).add(5, Process{P, false})).normal());
}

TEST(Situation, AloneIsWhoLostItsPartnerInNormal) {
  const Story cut = Story().normal(0).fault(5, FaultKind::cut, true);
  EXPECT_EQ(after(cut).alone_since_ms(P), begin_s * 1000 + 5000);
  EXPECT_EQ(after(cut).alone_since_ms(S), begin_s * 1000 + 5000);
  EXPECT_FALSE(after(Story(cut).fault(9, FaultKind::cut, false)).alone_since_ms(P));
  EXPECT_FALSE(after(Story().fault(5, FaultKind::cut, true)).alone_since_ms(P)) << "never in NORMAL";
  const Story killed = Story().normal(0).add(5, Process{S, false});
  EXPECT_EQ(after(killed).alone_since_ms(P), begin_s * 1000 + 5000);
  EXPECT_FALSE(after(killed).alone_since_ms(S));
  EXPECT_FALSE(after(Story(killed).add(8, Process{S, true})).alone_since_ms(P));
}

TEST(Situation, PartnerDownLastsUntilAnotherStateIsSaid) {
  const Story down = Story().normal(0).add(5, Process{S, false}).add(6, PartnerDownCommanded{P});
  EXPECT_TRUE(after(down).partner_down(P));
  EXPECT_FALSE(after(down).partner_down(S));
  EXPECT_TRUE(after(Story(down).add(9, StateSaid{P, State::partner_down})).partner_down(P));
  EXPECT_FALSE(after(Story(down).add(9, StateSaid{P, State::normal})).partner_down(P));
}

}  // namespace
}  // namespace twinlease::model::history
