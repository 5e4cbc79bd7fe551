// All worlds that were seen, as exact keys, each with the world that it was first reached from.
//
//  1. A key is the numbers of its pieces, and each piece is kept once (dictionary.hpp): two keys are equal
//  exactly
//     if their pieces are.
//  2. A key is in one shard, the one of its hash. Worlds of a shard lie in the order of their coming, so that
//  a
//     level of a breadth-first search is a range; with one shard the order is that of one thread's search.
//  3. What was written neither moves nor changes: a world may be read without a lock by whoever has its
//  handle.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "property/explore/dictionary.hpp"
#include "property/explore/pages.hpp"

namespace twinlease::explore {

using model::explore::kPieces;
using model::explore::Piece;
using model::explore::Pieces;

using Handle = std::uint32_t;  // shard and place of a world
inline constexpr Handle kNobody = ~Handle{0};
using Key = std::array<Dictionary::Number, kPieces>;

class Store {
 public:
  explicit Store(std::size_t shards = 64);  // a power of two

  Dictionary::Number intern(Piece which, const Packed& piece) { return pieces_[which].intern(piece); }
  Key intern(const Pieces&);
  Packed read(Piece which, Dictionary::Number number) const { return pieces_[which].read(number); }

  std::optional<Handle> find(const Key&) const;     // while nobody inserts
  std::optional<Handle> find(const Pieces&) const;  // likewise
  Key key(Handle) const;
  Pieces pieces(Handle) const;
  Handle parent(Handle) const;
  void prefetch(Handle) const;  // the pieces of a world that will be asked for soon

  std::size_t shards() const { return shards_.size(); }
  std::uint32_t size(std::size_t shard) const { return shards_[shard].count; }
  Handle handle(std::size_t shard, std::uint32_t place) const {
    return static_cast<Handle>(shard << place_bits_ | place);
  }
  std::size_t shard_of(Handle handle) const { return std::size_t{handle} >> place_bits_; }
  std::uint32_t place_of(Handle handle) const {
    return static_cast<std::uint32_t>(handle & ((std::uint64_t{1} << place_bits_) - 1));
  }

  std::uint64_t size() const;    // worlds; while nobody inserts
  std::uint64_t octets() const;  // of memory

  // What one thread found, gathered by shard: a lock and the way to memory are paid for many at once.
  class Batches {
   public:
    explicit Batches(Store& store) : store_(store), batches_(store.shards()) {}
    void add(const Key&, Handle parent);
    void flush();

   private:
    friend class Store;
    static constexpr std::size_t kMost = 128;
    struct Found {
      Key key;
      Handle parent;
      std::uint64_t hash;
    };
    struct Batch {
      std::array<Found, kMost> found;
      std::size_t size = 0;
    };
    Store& store_;
    std::vector<Batch> batches_;
  };

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 13;  // worlds: a slice
  struct World {
    Key key;
    Handle parent;
  };
  // A line of cache. The tag is of the hash: seldom is a world looked at in vain.
  struct alignas(64) Bucket {
    static constexpr std::size_t kPlaces = 12;
    std::array<std::uint8_t, kPlaces> tag;
    std::uint32_t used;
    std::array<std::uint32_t, kPlaces> place;
  };
  using Buckets = std::vector<Bucket, LargePages<Bucket>>;
  struct Shard {
    mutable std::mutex mutex;
    std::vector<World*> chunks;
    Buckets buckets = Buckets(16);
    std::uint32_t count = 0;
    const World& at(std::uint32_t place) const { return chunks[place / kChunk][place % kChunk]; }
    const Bucket& bucket_of(std::uint64_t hash) const { return buckets[hash >> 8 & (buckets.size() - 1)]; }
    std::optional<std::uint32_t> find(const Key&, std::uint64_t hash) const;
    void enter(std::uint64_t hash, std::uint32_t place);
  };
  static std::uint64_t hash_of(const Key&);
  std::size_t shard_of_hash(std::uint64_t hash) const { return hash >> 56 & (shards_.size() - 1); }
  void insert(std::size_t shard, Batches::Batch&);
  void grow(Shard&);

  unsigned place_bits_;
  Slices slices_;
  std::array<Dictionary, kPieces> pieces_;
  std::vector<Shard> shards_;
  std::atomic<std::uint64_t> octets_{0};
};

}  // namespace twinlease::explore
