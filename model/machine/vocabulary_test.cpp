// docs/model.md explains every word of the machine, and no word that the machine does not have.
#include "model/machine/vocabulary.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

namespace twinlease::model {
namespace {

// The words in the first column of the tables of docs/model.md, by the heading above them.
std::map<std::string, std::set<std::string>> explained() {
  std::ifstream file(TWINLEASE_SOURCE_DIR "/docs/model.md");
  EXPECT_TRUE(file) << "docs/model.md";
  std::map<std::string, std::set<std::string>> words;
  std::string heading;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("### ", 0) == 0) heading = line.substr(4);
    if (line.rfind("## ", 0) == 0) heading.clear();
    if (line.rfind("| `", 0) != 0) continue;
    const std::size_t end = line.find('`', 3), meaning = line.find("| ", end);
    if (end == std::string::npos || meaning == std::string::npos) continue;
    EXPECT_GT(line.size(), meaning + 10) << line;
    EXPECT_TRUE(words[heading].insert(line.substr(3, end - 3)).second) << "twice: " << line;
  }
  return words;
}

template <class E>
std::set<std::string> all(int count) {
  std::set<std::string> words;
  for (int i = 0; i < count; ++i) words.insert(std::string(to_string(static_cast<E>(i))));
  return words;
}

TEST(Vocabulary, IsExplainedInTheDocument) {
  auto words = explained();
  EXPECT_EQ(words["States"], all<State>(kStates));
  EXPECT_EQ(words["Events"], all<Event>(kEvents));
  EXPECT_EQ(words["Guards"], all<Guard>(kGuards));
  EXPECT_EQ(words["Actions"], all<Action>(kActions));
}

}  // namespace
}  // namespace twinlease::model
