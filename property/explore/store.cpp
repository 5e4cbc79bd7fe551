#include "property/explore/store.hpp"

#include <cstring>
#include <stdexcept>

namespace twinlease::explore {
namespace {

constexpr std::uint64_t kOffset = (std::uint64_t{1} << 42) - 1;

std::uint64_t tag_of(std::uint64_t hash) {
  return hash << 42;  // bits that choose neither the shard nor, mostly, the place
}

template <class T>
T load(const std::uint8_t* from, std::size_t octets = sizeof(T)) {
  T value{};
  std::memcpy(&value, from, octets);
  return value;
}

}  // namespace

const std::uint8_t* Store::at(Handle handle) const {
  const std::uint64_t offset = handle & kOffset;
  return shards_[handle >> kOffsetBits].chunks[offset / kChunk].get() + offset % kChunk;
}

Record Store::read(Handle handle) const {
  const std::uint8_t* record = at(handle);
  return {load<Handle>(record, 6), load<std::uint16_t>(record + 6), load<std::uint32_t>(record + 8),
          Packed::from(record + kHead, record[12])};
}

Handle Store::next(Handle handle) const {
  return handle + kHead + at(handle)[12];
}

// At the end of a chunk there may be a gap that is too short for a record.
Handle Store::skip_padding(Handle handle, Handle end) const {
  if (handle >= end) return end;
  const std::uint64_t offset = handle & kOffset;
  if (kChunk - offset % kChunk >= kHead + Packed::kMost) return handle;
  return (handle & ~kOffset) | (offset / kChunk + 1) * kChunk;
}

// Where the key is in the table, or the empty place where it belongs.
std::uint64_t* Store::slot_of(Shard& shard, const Packed& key, std::uint64_t hash) const {
  const std::size_t mask = shard.slots.size() - 1;
  for (std::size_t place = (hash >> 20) & mask;; place = (place + 1) & mask) {
    std::uint64_t& slot = shard.slots[place];
    if (slot == 0) return &slot;
    if ((slot & ~kOffset) != tag_of(hash)) continue;
    const std::uint64_t offset = (slot & kOffset) - 1;
    const std::uint8_t* record = shard.chunks[offset / kChunk].get() + offset % kChunk;
    if (record[12] == key.octets() && std::memcmp(record + kHead, key.data(), key.octets()) == 0)
      return &slot;
  }
}

void Store::grow(Shard& shard) {
  std::vector<std::uint64_t> old(shard.slots.size() * 2);
  old.swap(shard.slots);
  const std::size_t mask = shard.slots.size() - 1;
  for (std::uint64_t slot : old) {
    if (slot == 0) continue;
    const std::uint64_t offset = (slot & kOffset) - 1;
    const std::uint8_t* record = shard.chunks[offset / kChunk].get() + offset % kChunk;
    std::size_t place = (Packed::from(record + kHead, record[12]).hash() >> 20) & mask;
    while (shard.slots[place] != 0) place = (place + 1) & mask;
    shard.slots[place] = slot;
  }
}

Store::Found Store::insert(const Packed& key, Handle parent, std::uint16_t step) {
  const std::uint64_t hash = key.hash();
  const std::size_t number = shard_of(hash);
  Shard& shard = shards_[number];
  const std::scoped_lock lock(shard.mutex);
  std::uint64_t* slot = slot_of(shard, key, hash);
  const Handle base = begin(number);
  if (*slot != 0) return {base | ((*slot & kOffset) - 1), false};
  const std::uint64_t offset = skip_padding(base | shard.used, ~Handle{0}) & kOffset;
  if (offset / kChunk >= kChunks) throw std::length_error("a shard of the store is full");
  auto& chunk = shard.chunks[offset / kChunk];
  if (!chunk) chunk = std::make_unique_for_overwrite<std::uint8_t[]>(kChunk);
  std::uint8_t* record = chunk.get() + offset % kChunk;
  const std::uint32_t ordinal = size_.fetch_add(1, std::memory_order_relaxed);
  std::memcpy(record, &parent, 6);
  std::memcpy(record + 6, &step, 2);
  std::memcpy(record + 8, &ordinal, 4);
  record[12] = static_cast<std::uint8_t>(key.octets());
  std::memcpy(record + kHead, key.data(), key.octets());
  shard.used = offset + kHead + key.octets();
  *slot = tag_of(hash) | (offset + 1);
  if (++shard.count * 10 > shard.slots.size() * 7) grow(shard);
  return {base | offset, true};
}

std::optional<Handle> Store::find(const Packed& key) const {
  const std::uint64_t hash = key.hash();
  const std::size_t number = shard_of(hash);
  const std::uint64_t* slot = slot_of(const_cast<Shard&>(shards_[number]), key, hash);
  if (*slot == 0) return std::nullopt;
  return begin(number) | ((*slot & kOffset) - 1);
}

std::uint64_t Store::octets() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.used + shard.slots.size() * sizeof(std::uint64_t);
  return sum;
}

}  // namespace twinlease::explore
