#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"
#include "model/history/testing/verdict.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Story leased() {
  return Story().normal(0).acked(1, P, X, alice, 60);
}
Story freed() {  // the secondary reported the end: the primary made it FREE
  return leased().updated(70, S, X, BindingStatus::expired).answered(71, P, X);
}

TEST(S29, WhoGrantedAdds) {
  EXPECT_TRUE(held(ownership_of_dns(leased().add(2, DnsUpdated{P, X, true}), {})));
  EXPECT_TRUE(broken_by(ownership_of_dns(leased().add(2, DnsUpdated{S, X, true}), {}), {3, 4}));
}

TEST(S29, WhoMakesItFreeRemoves) {
  EXPECT_TRUE(held(ownership_of_dns(freed().add(72, DnsUpdated{P, X, false}), {})));
  EXPECT_TRUE(broken_by(ownership_of_dns(freed().add(72, DnsUpdated{S, X, false}), {}), {5, 6}));
}

TEST(S29, NobodyRemovesWhenInterrupted) {
  EXPECT_TRUE(broken_by(
      ownership_of_dns(
          leased().add(65, Entered{P, State::communications_interrupted}).add(70, DnsUpdated{P, X, false}),
          {}),
      {4, 5}));
}

}  // namespace
}  // namespace twinlease::model::history
