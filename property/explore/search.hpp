// Breadth first through all worlds of a scope, with all cores.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/explore/invariants.hpp"
#include "property/explore/keys.hpp"

namespace twinlease::explore {

// The first place where an invariant is broken: the step from a world that is in the store.
struct Finding {
  std::string id;
  Handle before = kNobody;
  Step step;
  std::uint32_t depth = 0;
};

struct Progress {
  std::uint64_t states = 0, transitions = 0, octets = 0;
  std::uint32_t depth = 0;
};

struct Limits {
  unsigned threads = 2;
  std::uint64_t octets = std::uint64_t{14} << 30;  // of memory
  bool until_finding = false;                      // end with the level on which the first invariant breaks
  model::explore::Violations looks_for =
      ~0u;  // these alone; a world that breaks another is one to go on from
  std::function<void(const Progress&)> progress = {};  // after each level, may be empty
};

struct Result {
  std::uint64_t states = 0, transitions = 0, octets = 0;
  std::uint32_t depth = 0;
  bool complete = false;            // every world of the scope was seen
  bool too_large = false;           // the memory was full
  std::uint64_t overflows = 0;      // steps that were cut off because a channel was full
  std::vector<Finding> findings;    // one for each id, the nearest first
  std::set<std::string_view> rows;  // of the state machine, taken
  bool whole() const { return complete && overflows == 0; }
};

// Into an empty store. With one thread and a store of one shard the same scope gives the same findings by the
// same ways each time.
Result search(const Scope&, Store&, const Limits&);

// Every successor of a world by one step, `choice` filled in. The visitor gets the step, what the endpoint
// did, and the world after it, not in normal form; false ends the visit.
using Visitor = std::function<bool(const Step&, const model::Effects&, World&)>;
void successors(const Scope&, const model::explore::Configs&, const World&, const Visitor&);

}  // namespace twinlease::explore
