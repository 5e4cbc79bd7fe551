// All worlds that were seen, as exact keys, each with the world and the step that it was first reached by.
//
//  1. A record, once written, neither moves nor changes: it may be read without a lock by whoever knows that
//  it is
//     there.
//  2. Records of a shard lie in the order of their coming; so a level of a breadth-first search is a range.
//  3. A key is in exactly one shard, the one of its hash; two keys are equal only if all their octets are.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "model/explore/packer.hpp"

namespace twinlease::explore {

using model::explore::Packed;

using Handle = std::uint64_t;  // shard and offset of a record
inline constexpr Handle kNobody = (std::uint64_t{1} << 48) - 1;

struct Record {
  Handle parent = kNobody;
  std::uint16_t step = 0;
  std::uint32_t number = 0;  // among all records, in the order of their coming
  Packed key;
};

class Store {
 public:
  static constexpr std::size_t kShards = 64;
  struct Found {
    Handle handle;
    bool fresh;
  };
  Found insert(const Packed& key, Handle parent, std::uint16_t step);
  std::optional<Handle> find(const Packed& key) const;  // while nobody inserts
  Record read(Handle) const;

  std::uint64_t size() const { return size_; }
  std::uint64_t octets() const;  // of memory
  // The range of a shard: from its beginning, or from an earlier end; next() steps from record to record.
  Handle begin(std::size_t shard) const { return static_cast<Handle>(shard) << kOffsetBits; }
  Handle end(std::size_t shard) const { return begin(shard) | shards_[shard].used; }
  Handle next(Handle) const;
  Handle skip_padding(Handle, Handle end) const;

 private:
  static constexpr unsigned kOffsetBits = 42;
  static constexpr std::size_t kChunk = std::size_t{1} << 20;
  static constexpr std::size_t kChunks = std::size_t{1} << 12;
  static constexpr std::size_t kHead = 13;  // 6 parent, 2 step, 4 number, 1 length
  struct Shard {
    mutable std::mutex mutex;
    std::array<std::unique_ptr<std::uint8_t[]>, kChunks> chunks;
    std::uint64_t used = 0;
    std::vector<std::uint64_t> slots = std::vector<std::uint64_t>(1024);  // tag and offset + 1; 0: empty
    std::size_t count = 0;
  };
  const std::uint8_t* at(Handle) const;
  std::uint64_t* slot_of(Shard&, const Packed& key, std::uint64_t hash) const;
  void grow(Shard&);
  static std::size_t shard_of(std::uint64_t hash) { return hash >> 58; }

  std::array<Shard, kShards> shards_;
  std::atomic<std::uint32_t> size_{0};
};

}  // namespace twinlease::explore
