// model_joint_states: prints what the two state machines of model/machine can reach, as
// model/explore/spin/run prints it of its own model; on stderr how many worlds that were.
#include <cstdio>

#include "model/explore/joint_states.hpp"

int main() {
  const auto found = twinlease::model::explore::joint_states();
  for (const std::string& line : found.lines) std::puts(line.c_str());
  std::fprintf(stderr, "%zu worlds\n", found.worlds);
  for (const std::string& line : found.lost_run)
    std::fprintf(stderr, "does not come back: %s\n", line.c_str());
  return found.lost_run.empty() ? 0 : 1;
}
