// The invariants of docs/invariants.md as predicates over a history, by id.
#pragma once

#include <span>
#include <string_view>

#include "model/history/bounds.hpp"
#include "model/history/history.hpp"
#include "model/history/judgement.hpp"

namespace twinlease::model::history {

using Judge = Judgement (*)(const History&, const Bounds&);

struct Predicate {
  std::string_view id;     // "S1"
  std::string_view title;  // as its heading has it
  Judge judge = nullptr;
};

Judgement mutual_exclusion(const History& history, const Bounds& bounds);           // S1
Judgement disjoint_pools(const History& history, const Bounds& bounds);             // S6
Judgement convergence(const History& history, const Bounds& bounds);                // S21
Judgement exclusive_load_balancing(const History& history, const Bounds& bounds);   // S22
Judgement survivor_serves_everyone(const History& history, const Bounds& bounds);   // L1
Judgement interrupted_pair_reunites(const History& history, const Bounds& bounds);  // L4
Judgement secondary_gets_its_share(const History& history, const Bounds& bounds);   // L12

std::span<const Predicate> predicates() noexcept;
const Predicate* find_predicate(std::string_view id) noexcept;  // nullptr: none of that id

}  // namespace twinlease::model::history
