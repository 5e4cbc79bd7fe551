// The store of a simulated server: the same promises as Store, without a disk, a thread or a clock. Who runs
// the simulation says when a commit ends, when the disk is full and when the machine crashes.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "impl/core/io.hpp"
#include "impl/store/answer.hpp"

namespace twinlease::store {

// What records amount to: the last one of each address and of each name.
struct Contents {
  std::map<core::Ipv4, core::Lease> leases;
  std::map<std::string, core::RelationshipRecord> relationships;

  void put(const core::StoreBatch&);
  std::vector<core::Record> records() const;  // in the order of Database::load()
};

class MemoryStore {
 public:
  void submit(core::StoreBatch batch) { waiting_.push_back(std::move(batch)); }

  // What the thread of Store does once: all that waits becomes durable and is answered by Stored; while the
  // disk fails, what was not told so before is answered by StoreFailed.
  std::vector<Answer> commit();
  // From now on commits fail; empty: they work again.
  void fail(std::string reason) { failing_ = std::move(reason); }
  // The machine lost power: of what was not answered by Stored, the first `survivors` batches had reached the
  // disk all the same, the rest is gone.
  void crash(std::size_t survivors = 0);

  std::vector<core::Record> load() const { return durable_.records(); }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  Contents durable_;
  std::deque<core::StoreBatch> waiting_;
  std::size_t told_ = 0;  // of those that wait, so many were answered by StoreFailed
  std::string failing_;
};

}  // namespace twinlease::store
