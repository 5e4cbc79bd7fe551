#include "property/explore/store.hpp"

#include <bit>
#include <cassert>
#include <stdexcept>

namespace twinlease::explore {
namespace {

std::uint8_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint8_t>(hash);
}

}  // namespace

Store::Store(std::size_t shards)
    : place_bits_(32 - static_cast<unsigned>(std::countr_zero(shards))), shards_(shards) {
  assert(std::has_single_bit(shards));
  for (Shard& shard : shards_) {
    shard.chunks.resize((std::size_t{1} << place_bits_) / kChunk);
    octets_ += shard.chunks.size() * sizeof(shard.chunks[0]) + shard.buckets.size() * sizeof(Bucket);
  }
}

Key Store::intern(const Pieces& pieces) {
  Key key;
  for (std::size_t which = 0; which < kPieces; ++which) key[which] = pieces_[which].intern(pieces[which]);
  return key;
}

std::uint64_t Store::hash_of(const Key& key) {
  static_assert(kPieces == 3);
  std::uint64_t hash = (key[0] | std::uint64_t{key[1]} << 32) * 0x9E3779B97F4A7C15;
  hash = ((hash ^ hash >> 32) + key[2]) * 0xD6E8FEB86659FD93;
  return hash ^ hash >> 32;
}

std::optional<std::uint32_t> Store::Shard::find(const Key& key, std::uint64_t hash) const {
  for (const Bucket* bucket = &bucket_of(hash);;) {
    for (std::uint32_t at = 0; at < bucket->used; ++at)
      if (bucket->tag[at] == tag_of(hash) && this->at(bucket->place[at]).key == key) return bucket->place[at];
    if (bucket->used < Bucket::kPlaces) return std::nullopt;
    if (++bucket == buckets.data() + buckets.size()) bucket = buckets.data();
  }
}

void Store::Shard::enter(std::uint64_t hash, std::uint32_t place) {
  auto* bucket = const_cast<Bucket*>(&bucket_of(hash));
  while (bucket->used == Bucket::kPlaces)
    if (++bucket == buckets.data() + buckets.size()) bucket = buckets.data();
  bucket->tag[bucket->used] = tag_of(hash);
  bucket->place[bucket->used++] = place;
}

void Store::grow(Shard& shard) {
  octets_ += shard.buckets.size() * sizeof(Bucket);
  shard.buckets = Buckets(shard.buckets.size() * 2);
  for (std::uint32_t place = 0; place < shard.count; ++place)
    shard.enter(hash_of(shard.at(place).key), place);
}

void Store::insert(std::size_t number, Batches::Batch& batch) {
  Shard& shard = shards_[number];
  const std::scoped_lock lock(shard.mutex);
  const std::span found(batch.found.data(), batch.size);
  for (const auto& each : found) __builtin_prefetch(&shard.bucket_of(each.hash));
  for (const auto& each : found) {
    const Bucket& bucket = shard.bucket_of(each.hash);
    for (std::uint32_t at = 0; at < bucket.used; ++at)
      if (bucket.tag[at] == tag_of(each.hash)) __builtin_prefetch(&shard.at(bucket.place[at]));
  }
  for (const auto& each : found) {
    if (shard.find(each.key, each.hash)) continue;
    if ((std::uint64_t{shard.count} + 1) >> place_bits_ != 0)
      throw std::length_error("a shard of the store is full");
    World*& chunk = shard.chunks[shard.count / kChunk];
    if (chunk == nullptr) {
      static_assert(kChunk * sizeof(World) == Slices::kSlice);
      chunk = static_cast<World*>(slices_.take());
      octets_ += Slices::kSlice;
    }
    new (chunk + shard.count % kChunk) World{each.key, each.parent};
    shard.enter(each.hash, shard.count++);
    if (std::uint64_t{shard.count} * 5 > shard.buckets.size() * Bucket::kPlaces * 4) grow(shard);
  }
  batch.size = 0;
}

void Store::Batches::add(const Key& key, Handle parent) {
  const std::uint64_t hash = hash_of(key);
  const std::size_t shard = store_.shard_of_hash(hash);
  Batch& batch = batches_[shard];
  batch.found[batch.size++] = {key, parent, hash};
  if (batch.size == kMost) store_.insert(shard, batch);
}

void Store::Batches::flush() {
  for (std::size_t shard = 0; shard < batches_.size(); ++shard) store_.insert(shard, batches_[shard]);
}

std::optional<Handle> Store::find(const Key& key) const {
  const std::uint64_t hash = hash_of(key);
  const std::size_t shard = shard_of_hash(hash);
  const auto place = shards_[shard].find(key, hash);
  return place ? std::optional(handle(shard, *place)) : std::nullopt;
}

std::optional<Handle> Store::find(const Pieces& pieces) const {
  Key key;
  for (std::size_t which = 0; which < kPieces; ++which) {
    const auto number = pieces_[which].find(pieces[which]);
    if (!number) return std::nullopt;
    key[which] = *number;
  }
  return find(key);
}

Key Store::key(Handle handle) const {
  return shards_[shard_of(handle)].at(place_of(handle)).key;
}

Pieces Store::pieces(Handle handle) const {
  const Key numbers = key(handle);
  return {pieces_[0].read(numbers[0]), pieces_[1].read(numbers[1]), pieces_[2].read(numbers[2])};
}

Handle Store::parent(Handle handle) const {
  return shards_[shard_of(handle)].at(place_of(handle)).parent;
}

void Store::prefetch(Handle handle) const {
  const Key& numbers = shards_[shard_of(handle)].at(place_of(handle)).key;
  for (std::size_t which = 0; which < kPieces; ++which) pieces_[which].prefetch(numbers[which]);
}

std::uint64_t Store::size() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.count;
  return sum;
}

std::uint64_t Store::octets() const {
  std::uint64_t sum = octets_.load(std::memory_order_relaxed);
  for (const Dictionary& dictionary : pieces_) sum += dictionary.octets();
  return sum;
}

}  // namespace twinlease::explore
