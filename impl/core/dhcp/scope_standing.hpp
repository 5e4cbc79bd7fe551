// Where a scope stands with the partner, and which rules go with it.
#pragma once

#include <functional>

#include "impl/core/book.hpp"
#include "impl/core/rules.hpp"

namespace twinlease::core {

// Of one scope, at this moment.
struct ScopeStanding {
  Standing standing;
  const Rules* rules = nullptr;
  bool shared() const { return standing.config != nullptr; }
};
using StandingOf = std::function<ScopeStanding(ScopeIndex)>;

}  // namespace twinlease::core
