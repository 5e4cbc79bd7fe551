#include "property/explore/dictionary.hpp"

#include <algorithm>
#include <stdexcept>

namespace twinlease::explore {
namespace {

constexpr std::uint64_t kLow = 0xFFFFFFFF;  // half of a slot: the number; the other is of the hash

}  // namespace

Dictionary::Dictionary() : chunks_(kChunks) {
  tables_.push_back(std::make_unique<Table>(1024));
  table_ = tables_.back().get();
  octets_ = 1024 * sizeof(Table::Slot) + chunks_.size() * sizeof(chunks_[0]);
}

std::optional<Dictionary::Number> Dictionary::find(const Table& table, const Packed& piece,
                                                   std::uint64_t hash) const {
  for (std::size_t place = hash & table.mask;; place = (place + 1) & table.mask) {
    const std::uint64_t slot = table.slots[place].load(std::memory_order_acquire);
    if (slot == 0) return std::nullopt;
    if (((slot ^ hash) & ~kLow) != 0) continue;
    const auto number = static_cast<Number>((slot & kLow) - 1);
    const std::uint64_t* words = at(number);
    if (piece.is({words + 1, words[0]})) return number;
  }
}

std::optional<Dictionary::Number> Dictionary::find(const Packed& piece) const {
  return find(*table_.load(std::memory_order_acquire), piece, piece.hash());
}

Dictionary::Number Dictionary::intern(const Packed& piece) {
  const std::uint64_t hash = piece.hash();
  if (const auto known = find(*table_.load(std::memory_order_acquire), piece, hash)) return *known;
  const std::scoped_lock lock(mutex_);
  if (const auto known = find(*tables_.back(), piece, hash)) return *known;  // somebody was faster
  const Number number = append(piece);
  if ((size() + 1) * 3 > tables_.back()->mask * 2) grow();
  enter(*tables_.back(), hash, number);
  count_.fetch_add(1, std::memory_order_relaxed);
  return number;
}

// A length and the words; never across the end of a chunk.
Dictionary::Number Dictionary::append(const Packed& piece) {
  const std::size_t length = piece.words().size() + 1;
  if (used_ % kChunk + length > kChunk) used_ = (used_ / kChunk + 1) * kChunk;
  if (used_ + length > kLow) throw std::length_error("a dictionary of the exploration is full");
  std::uint64_t*& chunk = chunks_[used_ / kChunk];
  if (chunk == nullptr) {
    chunk = static_cast<std::uint64_t*>(slices_.take());
    octets_ += Slices::kSlice;
  }
  std::uint64_t* words = chunk + used_ % kChunk;
  words[0] = piece.words().size();
  std::ranges::copy(piece.words(), words + 1);
  const auto number = static_cast<Number>(used_);
  used_ += length;
  return number;
}

void Dictionary::enter(Table& table, std::uint64_t hash, Number number) const {
  std::size_t place = hash & table.mask;
  while (table.slots[place].load(std::memory_order_relaxed) != 0) place = (place + 1) & table.mask;
  table.slots[place].store((hash & ~kLow) | (std::uint64_t{number} + 1), std::memory_order_release);
}

void Dictionary::grow() {
  const Table& old = *tables_.back();
  auto larger = std::make_unique<Table>((old.mask + 1) * 2);
  for (std::size_t place = 0; place <= old.mask; ++place)
    if (const std::uint64_t slot = old.slots[place]; slot != 0) {
      const auto number = static_cast<Number>((slot & kLow) - 1);
      enter(*larger, read(number).hash(), number);
    }
  octets_ += (larger->mask + 1) * sizeof(Table::Slot);
  tables_.push_back(std::move(larger));
  table_.store(tables_.back().get(), std::memory_order_release);
}

Packed Dictionary::read(Number number) const {
  const std::uint64_t* words = at(number);
  return Packed({words + 1, words[0]});
}

}  // namespace twinlease::explore
