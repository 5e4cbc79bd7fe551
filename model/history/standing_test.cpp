#include "model/history/standing.hpp"

#include <gtest/gtest.h>

#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Standing after(const History& history) {
  Standing standing;
  for (std::size_t i = 0; i < history.events().size(); ++i) standing.apply(history.events()[i], i);
  return standing;
}
constexpr TimeMs at(TimeMs seconds) {
  return (begin_s + seconds) * 1000;
}

TEST(Standing, WhatWasSaidHoldsWhileTheConnectionLasts) {
  const Story story = Story().normal(0);
  EXPECT_EQ(after(story).state(P), State::normal);
  EXPECT_FALSE(after(Story(story).connection(5, false)).state(P));
  EXPECT_EQ(after(Story(story).connection(5, false)).last(P), State::normal);
  EXPECT_EQ(after(Story(story).state(5, P, State::normal, true)).state(P), State::startup);
  EXPECT_EQ(after(Story().connection(0, true).state(1, P, State::partner_down).connection(5, false)).state(P),
            State::partner_down);
}

TEST(Standing, WhatIsSeenInsideCounts) {
  const Story story = Story().add(0, Entered{P, State::recover}).normal(1).connection(5, false);
  EXPECT_EQ(after(story).state(P), State::recover);
  EXPECT_FALSE(after(story).state(S));
}

TEST(Standing, PartnerDownByCommand) {
  const Standing down = after(Story().normal(0).add(5, PartnerDownCommanded{P}));
  EXPECT_EQ(down.partner_down_since_ms(P), at(5));
  EXPECT_EQ(after(Story().add(5, PartnerDownCommanded{P, at(2)})).partner_down_since_ms(P), at(2)) << "A-10";
  EXPECT_TRUE(down.could_be_partner_down(P, at(5)) && !down.could_be_partner_down(S, at(5)));
  EXPECT_FALSE(
      after(
          Story().connection(0, true).state(1, P, State::potential_conflict).add(5, PartnerDownCommanded{P}))
          .partner_down_since_ms(P))
      << "A-30";
}

TEST(Standing, PartnerDownByTheSafePeriod) {
  const Standing apart = after(Story().add(0, Configured{P, 60, 100}).normal(0).connection(10, false));
  EXPECT_FALSE(apart.could_be_partner_down(P, at(109)));
  EXPECT_TRUE(apart.could_be_partner_down(P, at(110)));
  EXPECT_FALSE(apart.could_be_partner_down(S, at(110))) << "it has none";
  const Story again = Story().add(0, Configured{P, 60, 100}).normal(0).connection(10, false);
  EXPECT_TRUE(after(Story(again).connection(120, true)).could_be_partner_down(P, at(120)));
  EXPECT_FALSE(after(Story(again).connection(90, true)).could_be_partner_down(P, at(120)));
}

TEST(Standing, TheMcltIsThatOfTheAcceptedConnect) {
  const Story story = Story().mclt(0, 60).add(1, ConnectSaid{P, 1, 30, 10, 30});
  EXPECT_EQ(after(story).mclt_s(), 60);
  EXPECT_EQ(after(Story(story).add(2, ConnectAnswered{S, 1, std::nullopt, 10, 30})).mclt_s(), 30);
  EXPECT_EQ(after(Story(story).add(2, ConnectAnswered{S, 1, std::uint8_t{5}, 10, 30})).mclt_s(), 60);
}

}  // namespace
}  // namespace twinlease::model::history
