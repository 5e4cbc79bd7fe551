#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story parted() {
  return Story().normal(0).connection(10, false);
}

TEST(S11, ByCommandSafePeriodOrShutdown) {
  EXPECT_TRUE(held(partner_down_deliberately(
      parted().add(20, PartnerDownCommanded{P}).connection(30, true).state(31, P, State::partner_down), {})));
  EXPECT_TRUE(held(partner_down_deliberately(Story()
                                                 .add(0, Configured{P, 0, 100})
                                                 .normal(0)
                                                 .connection(10, false)
                                                 .connection(120, true)
                                                 .state(121, P, State::partner_down),
                                             {})));
  EXPECT_TRUE(held(partner_down_deliberately(
      Story().normal(0).state(10, S, State::shutdown).state(11, P, State::partner_down), {})));
}

TEST(S11, ByNothingElse) {
  EXPECT_TRUE(broken_by(
      partner_down_deliberately(parted().connection(300, true).state(301, P, State::partner_down), {}),
      {4, 5}));
  EXPECT_TRUE(
      broken_by(partner_down_deliberately(
                    parted().add(20, PartnerDownCommanded{S}).add(30, Entered{P, State::partner_down}), {}),
                {3, 5}))
      << "the other was told";
  EXPECT_TRUE(held(partner_down_deliberately(
      parted().connection(300, true).state(301, P, State::communications_interrupted), {})));
}

}  // namespace
}  // namespace twinlease::model::history
