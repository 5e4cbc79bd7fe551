#include "model/machine/diagram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "model/machine/rows.hpp"

namespace twinlease::model {
namespace {

std::string committed(const std::string& name) {
  std::ifstream file(TWINLEASE_SOURCE_DIR "/docs/" + name);
  EXPECT_TRUE(file) << "docs/" << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Diagram, CommittedMermaidIsThatOfTheRows) {
  EXPECT_TRUE(committed("state-machine.mmd") == mermaid())
      << "docs/state-machine.mmd is stale: build/bin/model_diagram mmd >docs/state-machine.mmd";
}

TEST(Diagram, CommittedSvgIsThatOfTheRows) {
  EXPECT_TRUE(committed("state-machine.svg") == svg())
      << "docs/state-machine.svg is stale: build/bin/model_diagram svg >docs/state-machine.svg, and look at "
         "it";
}

// Every row of the draft that leads elsewhere is drawn, from its own state or from "any state".
TEST(Diagram, HasEveryTransition) {
  std::set<std::pair<Node, Node>> drawn;
  for (const Arc& arc : arcs()) {
    EXPECT_FALSE(arc.reasons.empty());
    EXPECT_TRUE(drawn.insert({arc.from, arc.to}).second) << "two arrows between the same two";
  }
  for (int s = 0; s < kStates; ++s) {
    const State from = static_cast<State>(s);
    for (const Row& row : rows_of(from)) {
      if (row.profile == Profile::windows || row.next.kind() == Target::Kind::same) continue;
      const Node to = row.next.kind() == Target::Kind::previous ? Node::previous : node(row.next.state());
      if (to == node(from)) continue;
      EXPECT_TRUE(drawn.count({node(from), to}) + drawn.count({Node::any, to}) > 0) << row.id;
    }
  }
}

TEST(Diagram, AnyStateIsOnlyWhatHappensInEveryState) {
  std::set<std::string> to;
  for (const Arc& arc : arcs())
    if (arc.from == Node::any) to.insert(name_of(arc.to));
  EXPECT_THAT(to, ::testing::ElementsAre("PAUSED", "RECOVER", "SHUTDOWN"));
}

}  // namespace
}  // namespace twinlease::model
