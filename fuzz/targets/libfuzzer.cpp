// libFuzzer's entry points for the one target that the program is built for: TWINLEASE_TARGET is its name in
// C++.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/targets/target.hpp"

using twinlease::fuzz::Octets;
using twinlease::fuzz::Target;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace {
const Target& target = twinlease::fuzz::TWINLEASE_TARGET;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view broken = target.check(Octets(data, size));
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%.*s: does not hold: %.*s\n", static_cast<int>(target.name.size()),
               target.name.data(), static_cast<int>(broken.size()), broken.data());
  std::abort();
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max,
                                               unsigned seed) {
  return twinlease::fuzz::mutate({data, size_max}, size, target.shape, seed, LLVMFuzzerMutate);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t out_size_max, unsigned seed) {
  return twinlease::fuzz::cross_over(Octets(one, one_size), Octets(other, other_size), {out, out_size_max},
                                     target.shape, seed);
}
