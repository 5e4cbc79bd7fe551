// Mutations that know where options, transactions and messages begin; libFuzzer's own for what lies inside
// them.
//
// Invariants:
//  1. The result follows from octets, seed and the answers of `rough` alone.
//  2. Nothing is written outside the octets given for the result, whatever the input is.
//  3. The length of a failover message is right again after most mutations, and wrong on purpose after some:
//     most mutants get past the header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/mutator/pieces.hpp"

namespace twinlease::fuzz {

// As LLVMFuzzerMutate: changes `size` octets at data in place, up to size_max octets; returns how many there
// are then.
using RoughMutate = std::size_t (*)(std::uint8_t* data, std::size_t size, std::size_t size_max);

// Changes the first `size` octets of the buffer; returns how many there are then.
std::size_t mutate(std::span<std::uint8_t> buffer, std::size_t size, Shape shape, std::uint32_t seed,
                   RoughMutate rough) noexcept;

// The beginning of one and the end of another, cut between two options (of a stream: messages); returns how
// many octets of `out` it wrote.
std::size_t cross_over(Octets one, Octets other, std::span<std::uint8_t> out, Shape shape,
                       std::uint32_t seed) noexcept;

}  // namespace twinlease::fuzz
