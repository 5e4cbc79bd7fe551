#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

Body record(Server server, BindingStatus status, std::optional<Client> client = {},
            std::uint32_t expires_s = 0) {
  return Record{server, X, status, std::move(client), expires_s};
}

TEST(S21, TheSameOnBothServers) {
  const Judgement judgement = convergence(
      Story().add(1, record(P, BindingStatus::active, alice)).add(2, record(S, BindingStatus::active, alice)),
      {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.examined, 1u);
}

TEST(S21, AnotherStatusOrAnotherClient) {
  EXPECT_EQ(
      convergence(Story().add(1, record(P, BindingStatus::free)).add(2, record(S, BindingStatus::backup)), {})
          .outcome(),
      Outcome::broken);
  const Judgement judgement = convergence(
      Story().add(1, record(P, BindingStatus::active, alice)).add(2, record(S, BindingStatus::active, bob)),
      {});
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].sentence,
            "primary holds 10.77.1.1 ACTIVE of 02:77:00:00:00:01, secondary holds 10.77.1.1 ACTIVE of "
            "02:77:00:00:00:02");
}

TEST(S21, WhatIsLeftOut) {
  const Story apart = Story()
                          .add(5, record(P, BindingStatus::active, alice, begin_s + 8))
                          .add(10, record(S, BindingStatus::expired, alice));
  EXPECT_EQ(convergence(apart, {}).outcome(), Outcome::unseen) << "the lease ended in between";
  EXPECT_EQ(convergence(Story(apart).updated(20, P, X, BindingStatus::expired), {}).outcome(),
            Outcome::unseen)
      << "told anew";
  EXPECT_EQ(convergence(Story()
                            .add(0, Connection{false})
                            .add(20, record(P, BindingStatus::expired, alice, begin_s + 8))
                            .add(25, record(S, BindingStatus::free, alice, begin_s + 8)),
                        {})
                .outcome(),
            Outcome::unseen)
      << "the lease ended when the two could not speak";
  const Story rejected = Story()
                             .updated(1, P, X, BindingStatus::active)
                             .answered(2, S, X, 1, 15)
                             .add(5, record(P, BindingStatus::active, alice))
                             .add(6, record(S, BindingStatus::active, bob));
  EXPECT_EQ(convergence(rejected, {}).outcome(), Outcome::unseen);
  EXPECT_EQ(
      convergence(Story().add(5, record(P, BindingStatus::abandoned)).add(6, record(S, BindingStatus::free)),
                  {})
          .outcome(),
      Outcome::unseen);
  EXPECT_EQ(convergence(Story().add(5, record(P, BindingStatus::free)), {}).outcome(), Outcome::unseen)
      << "one of them was not asked";
}

}  // namespace
}  // namespace twinlease::model::history
