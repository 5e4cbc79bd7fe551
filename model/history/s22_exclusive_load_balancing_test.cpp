#include <gtest/gtest.h>

#include "model/history/predicate.hpp"
#include "model/history/testing/story.hpp"

namespace twinlease::model::history {
namespace {

using namespace testing;

std::uint8_t bucket(const Client& client) {
  return hash_bucket({reinterpret_cast<const std::uint8_t*>(client.data()), client.size()});
}

// Alice is the secondary's, whatever her bucket; nobody else is.
Story balanced() {
  HashBucketAssignment buckets{};
  buckets[bucket(alice) / 8] = static_cast<std::uint8_t>(1U << bucket(alice) % 8);
  return Story().add(0, BucketsAssigned{buckets}).normal(0);
}

TEST(S22, EachByItsOwnServer) {
  const Judgement judgement = exclusive_load_balancing(balanced()
                                                           .discovered(10, alice, 1)
                                                           .offered(10.1, S, alice, 1)
                                                           .discovered(11, bob, 2)
                                                           .offered(11.1, P, bob, 2, Y)
                                                           .until(60),
                                                       {});
  EXPECT_EQ(judgement.outcome(), Outcome::held);
  EXPECT_EQ(judgement.examined, 2u);
}

TEST(S22, TheWrongServer) {
  const Story story = balanced().discovered(10, alice, 1).offered(10.1, P, alice, 1);
  EXPECT_EQ(exclusive_load_balancing(Story(story).until(60), {}).outcome(), Outcome::broken);
  EXPECT_EQ(exclusive_load_balancing(balanced()
                                         .fault(1, FaultKind::exhaustion, true)
                                         .discovered(10, alice, 1)
                                         .offered(10.1, P, alice, 1)
                                         .until(60),
                                     {})
                .outcome(),
            Outcome::held)
      << "the right one may have nothing left";
}

TEST(S22, BothServers) {
  const Judgement judgement = exclusive_load_balancing(
      balanced().discovered(10, alice, 1).offered(10.1, S, alice, 1).offered(10.2, P, alice, 1, Y).until(60),
      {});
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].events.size(), 3u);
}

TEST(S22, Nobody) {
  const Story once = balanced().discovered(10, alice, 1);
  EXPECT_EQ(exclusive_load_balancing(Story(once).until(60), {}).outcome(), Outcome::held)
      << "it may have been lost";
  EXPECT_EQ(exclusive_load_balancing(Story(once).discovered(14, alice, 2).until(60), {}).outcome(),
            Outcome::broken);
  EXPECT_EQ(
      exclusive_load_balancing(
          Story(once).discovered(14, alice, 2).offered(14.1, S, alice, 2).discovered(90, alice, 3).until(120),
          {})
          .outcome(),
      Outcome::held);
  EXPECT_EQ(exclusive_load_balancing(balanced()
                                         .discovered(10, alice, 1, Servers::primary)
                                         .discovered(14, alice, 2, Servers::primary)
                                         .until(60),
                                     {})
                .outcome(),
            Outcome::held)
      << "her server did not hear her";
}

TEST(S22, OnlyInNormalThatLasts) {
  const auto both_answer = [](Story story) {
    return story.discovered(10, alice, 1).offered(10.1, S, alice, 1).offered(10.2, P, alice, 1, Y);
  };
  EXPECT_EQ(exclusive_load_balancing(both_answer(Story()).until(60), {}).outcome(), Outcome::unseen);
  EXPECT_EQ(exclusive_load_balancing(both_answer(Story().normal(8)).until(60), {}).outcome(), Outcome::unseen)
      << "the STATE may not have arrived";
  EXPECT_EQ(exclusive_load_balancing(both_answer(balanced()).fault(11, FaultKind::cut, true).until(60), {})
                .outcome(),
            Outcome::unseen)
      << "one of them may have noticed already";
  EXPECT_EQ(exclusive_load_balancing(balanced().discovered(10, alice, 1).until(12), {}).outcome(),
            Outcome::unseen)
      << "the history ends too early";
}

}  // namespace
}  // namespace twinlease::model::history
