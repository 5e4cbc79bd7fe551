#include "model/history/predicate.hpp"

#include <algorithm>
#include <array>

namespace twinlease::model::history {

namespace {

constexpr std::array<Predicate, 7> table = {{
    {"S1", "Mutual exclusion", mutual_exclusion},
    {"S6", "Disjoint pools", disjoint_pools},
    {"S21", "Convergence of the databases", convergence},
    {"S22", "Exclusive load balancing", exclusive_load_balancing},
    {"L1", "The survivor serves everyone", survivor_serves_everyone},
    {"L4", "An interrupted pair reunites", interrupted_pair_reunites},
    {"L12", "The secondary gets its share", secondary_gets_its_share},
}};

}  // namespace

std::span<const Predicate> predicates() noexcept {
  return table;
}

const Predicate* find_predicate(std::string_view id) noexcept {
  const auto* found =
      std::find_if(table.begin(), table.end(), [id](const Predicate& p) { return p.id == id; });
  return found == table.end() ? nullptr : found;
}

}  // namespace twinlease::model::history
