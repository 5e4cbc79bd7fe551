// The run that leads to a finding: a shortest one, since the search goes breadth first.
#pragma once

#include <string>
#include <vector>

#include "property/explore/search.hpp"

namespace twinlease::explore {

struct Moved {  // one step of a run; the clock runs on, names stay what they were
  Step step;
  model::Effects effects;
  World before, after;
};
using Run = std::vector<Moved>;

// From the first world of the scope to the broken invariant.
Run run_to(const Scope&, const Store&, const Finding&);
// From the first world to a world in the store.
Run run_to(const Scope&, const Store&, Handle);

// One line a step: the time, the states of both servers, and between them what the step was and what it sent.
std::string ladder(const Run&);

// What one step did, line by line: messages sent, DHCPACKs, changes of state. The expected output of a
// script.
std::string outcome(const Moved&);

}  // namespace twinlease::explore
