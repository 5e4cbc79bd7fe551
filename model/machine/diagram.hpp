// The state machine as a picture, drawn from the rows: docs/state-machine.mmd and docs/state-machine.svg.
//
// An arrow stands for all rows of the draft that lead from one state to another, with what makes it happen;
// the alternatives of readings and the rows of windows alone are left out, and so are rows that stay (SAME).
// What happens alike in every state is drawn once, from "any state". "previous" is the state before the
// restart (9.3.2).
#pragma once

#include <string>
#include <vector>

#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

// A state, or one of the two that stand for several.
enum class Node : std::uint8_t { TWINLEASE_STATES(TWINLEASE_ENUMERATOR) previous, any };
constexpr Node node(State state) {
  return static_cast<Node>(state);
}
inline constexpr int kNodes = kStates + 2;
std::string name_of(Node);  // as the draft writes it

struct Arc {
  Node from, to;
  std::vector<std::string> reasons;
};
std::vector<Arc> arcs();

std::string mermaid();
std::string svg();

}  // namespace twinlease::model
