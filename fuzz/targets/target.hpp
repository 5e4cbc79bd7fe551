// A fuzz target: a name, and what has to hold of any octets.
//
// check() is the same function under libFuzzer (libfuzzer.cpp) and in the ordinary test that replays seeds,
// corpus and regressions (replay_test.cpp). It is deterministic, keeps nothing from one call to the next and
// writes nothing.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "fuzz/mutator/mutator.hpp"
#include "impl/wire/octets.hpp"

namespace twinlease::fuzz {

using wire::Octets;

struct Target {
  std::string_view name;  // as in targets.csv
  Shape shape;            // what its octets look like, for the mutator
  // What does not hold, with its number from the head of the target's file; empty: everything does.
  std::string_view (*check)(Octets);
};

extern const Target failover_message;
extern const Target framer;
extern const Target digest;
extern const Target dhcp4_message;
extern const Target embedded_options;
extern const Target server_inputs;

std::span<const Target* const> all_targets() noexcept;

// What the targets of digests sign and verify with.
inline constexpr std::string_view shared_secret = "fo-secret";

}  // namespace twinlease::fuzz
