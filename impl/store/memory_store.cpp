#include "impl/store/memory_store.hpp"

#include <algorithm>

namespace twinlease::store {

void Contents::put(const core::StoreBatch& batch) {
  for (const core::Record& record : batch.records) {
    if (const auto* lease = std::get_if<core::Lease>(&record))
      leases.insert_or_assign(lease->address, *lease);
    else if (const auto* relationship = std::get_if<core::RelationshipRecord>(&record))
      relationships.insert_or_assign(relationship->name, *relationship);
  }
}

std::vector<core::Record> Contents::records() const {
  std::vector<core::Record> out;
  for (const auto& [address, lease] : leases) out.emplace_back(lease);
  for (const auto& [name, relationship] : relationships) out.emplace_back(relationship);
  return out;
}

std::vector<Answer> MemoryStore::commit() {
  std::vector<Answer> answers;
  if (!failing_.empty()) {
    for (; told_ < waiting_.size(); ++told_)
      answers.emplace_back(core::StoreFailed{waiting_[told_].batch, failing_});
    return answers;
  }
  for (const core::StoreBatch& batch : waiting_) {
    durable_.put(batch);
    answers.emplace_back(core::Stored{batch.batch});
  }
  waiting_.clear();
  told_ = 0;
  return answers;
}

void MemoryStore::crash(std::size_t survivors) {
  survivors = std::min(survivors, waiting_.size());
  for (std::size_t i = 0; i < survivors; ++i) durable_.put(waiting_[i]);
  waiting_.clear();
  told_ = 0;
}

}  // namespace twinlease::store
