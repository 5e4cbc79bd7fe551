#include "model/history/predicate.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace twinlease::model::history {
namespace {

TEST(Predicates, AreFoundById) {
  for (const Predicate& predicate : predicates()) EXPECT_EQ(find_predicate(predicate.id), &predicate);
  EXPECT_EQ(find_predicate("no invariant"), nullptr);
}

TEST(Predicates, HaveTheIdsAndTitlesOfThePage) {
  std::ifstream file(TWINLEASE_SOURCE_DIR "/docs/invariants.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const Predicate& predicate : predicates()) {
    const std::string heading =
        "\n### " + std::string(predicate.id) + " " + std::string(predicate.title) + "\n";
    EXPECT_NE(page.find(heading), std::string::npos) << heading;
  }
}

TEST(Predicates, ProveNothingOfAnEmptyHistory) {
  for (const Predicate& predicate : predicates()) {
    const Judgement judgement = predicate.judge(History{}, Bounds{});
    EXPECT_EQ(judgement.outcome(), Outcome::unseen) << predicate.id;
    EXPECT_FALSE(judgement.counts.empty()) << predicate.id;
  }
}

}  // namespace
}  // namespace twinlease::model::history
