// What one invariant makes of one history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/history/vocabulary.hpp"

namespace twinlease::model::history {

struct Finding {  // the invariant does not hold
  std::string_view invariant;
  TimeMs time_ms = 0;
  std::optional<Address> address;
  std::vector<std::size_t> events;  // indexes into the history: what proves it
  std::string sentence;
};

struct Count {
  std::string_view what;
  std::uint64_t number = 0;
};

// held: something was examined and nothing found. unseen: nothing that the invariant speaks of happened,
// which proves nothing at all. undecided: it did, or may have, and this history does not show what decides
// it.
enum class Outcome : std::uint8_t { held, broken, unseen, undecided };

struct Judgement {
  std::vector<Finding> findings;
  std::uint64_t examined = 0;  // cases in which the invariant could have been broken
  std::vector<Count> counts;   // what else the evidence consists of
  std::string_view lacks;      // what would decide it and the history does not tell; empty: nothing

  Outcome outcome() const noexcept {
    if (!findings.empty()) return Outcome::broken;
    if (examined > 0) return Outcome::held;
    return lacks.empty() ? Outcome::unseen : Outcome::undecided;
  }
};

}  // namespace twinlease::model::history
