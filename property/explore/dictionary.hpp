// Every piece of a key once: a number for it, and the piece for the number.
//
//  1. What was written neither moves nor changes. Who has a number may read it without a lock.
//  2. A look-up takes no lock; only a piece that is new does. Tables that were outgrown are kept to the end,
//  since
//     somebody may still look into one: together they are smaller than the last.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "model/explore/packer.hpp"
#include "property/explore/pages.hpp"

namespace twinlease::explore {

using model::explore::Packed;

class Dictionary {
 public:
  using Number = std::uint32_t;  // of the first word of the piece

  Dictionary();
  Number intern(const Packed&);                     // by any thread
  std::optional<Number> find(const Packed&) const;  // likewise
  Packed read(Number) const;
  void prefetch(Number number) const { __builtin_prefetch(at(number)); }

  std::uint64_t size() const { return count_.load(std::memory_order_relaxed); }
  std::uint64_t octets() const { return octets_.load(std::memory_order_relaxed); }  // of memory

 private:
  static constexpr std::size_t kChunk = Slices::kSlice / sizeof(std::uint64_t);  // words: a slice
  static constexpr std::size_t kChunks = (std::size_t{1} << 32) / kChunk;
  struct Table {
    explicit Table(std::size_t size) : mask(size - 1), slots(size) {}
    using Slot = std::atomic<std::uint64_t>;  // hash without its low half, number + 1; 0: empty
    std::size_t mask;
    std::vector<Slot, LargePages<Slot>> slots;
  };
  const std::uint64_t* at(Number number) const { return chunks_[number / kChunk] + number % kChunk; }
  std::optional<Number> find(const Table&, const Packed&, std::uint64_t hash) const;
  Number append(const Packed&);
  void enter(Table&, std::uint64_t hash, Number) const;
  void grow();

  Slices slices_;
  std::vector<std::uint64_t*> chunks_;
  std::vector<std::unique_ptr<Table>> tables_;  // the last is in use
  std::atomic<const Table*> table_;
  std::mutex mutex_;
  std::uint64_t used_ = 0;  // words
  std::atomic<std::uint64_t> count_{0}, octets_{0};
};

}  // namespace twinlease::explore
