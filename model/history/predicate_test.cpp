#include "model/history/predicate.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "model/history/testing/story.hpp"

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

TEST(Predicates, AreAll) {
  std::ifstream file(TWINLEASE_SOURCE_DIR "/docs/invariants.md");
  std::size_t headings = 0;
  for (std::string line; std::getline(file, line);)
    headings += std::regex_search(line, std::regex("^### [SL][0-9]+ ")) ? 1 : 0;
  EXPECT_EQ(predicates().size(), headings);
}

// The numbers of "**Needs:** AS1 to AS8, and AS10 if ...", of the text under that heading.
std::set<unsigned> needs_of(const std::string& page, std::string_view id) {
  const std::size_t begin = page.find("\n### " + std::string(id) + " ");
  const std::string text = page.substr(begin, page.find("\n#", begin + 1) - begin);
  const std::size_t needs = text.find("**Needs:**");
  const std::string sentence = text.substr(needs, text.find("\n- **", needs) - needs);
  std::set<unsigned> out;
  const std::regex one("AS([0-9]+)(\\s+to\\s+AS([0-9]+))?");
  for (std::sregex_iterator match(sentence.begin(), sentence.end(), one); match != std::sregex_iterator();
       ++match) {
    const unsigned first = static_cast<unsigned>(std::stoul((*match)[1]));
    const unsigned last = (*match)[3].matched ? static_cast<unsigned>(std::stoul((*match)[3])) : first;
    for (unsigned number = first; number <= last; ++number) out.insert(number);
  }
  return out;
}

TEST(Predicates, NeedTheAssumptionsOfThePage) {
  std::ifstream file(TWINLEASE_SOURCE_DIR "/docs/invariants.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const Predicate& predicate : predicates()) {
    const std::set<unsigned> needs = needs_of(page, predicate.id);
    for (unsigned number = 1; number <= 10; ++number)
      EXPECT_EQ(predicate.needs.holds(number), needs.contains(number)) << predicate.id << " AS" << number;
  }
}

TEST(Predicates, AreTurnedOffByABrokenAssumption) {
  using namespace testing;
  const Story two = Story().acked(0, P, X, alice, 60).add(10, AssumptionBroken{2}).acked(30, S, X, bob, 60);
  EXPECT_EQ(judge(*find_predicate("S1"), two, Bounds{}).outcome(), Outcome::held);
  EXPECT_EQ(mutual_exclusion(two, Bounds{}).outcome(), Outcome::broken);
  EXPECT_EQ(judge(*find_predicate("S1"), Story(two).add(50, AssumptionBroken{9}), Bounds{}).outcome(),
            Outcome::held);
  const Story needless =
      Story().acked(0, P, X, alice, 60).add(10, AssumptionBroken{9}).acked(30, S, X, bob, 60);
  EXPECT_EQ(judge(*find_predicate("S1"), needless, Bounds{}).outcome(), Outcome::broken)
      << "S1 does not need AS9";
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
