// Durable storage with group commit: batches are queued, and a thread writes all that wait as one
// transaction.
//
// Invariants:
//  1. Every batch is answered by Stored once, after it is on disk, in the order of submit(). Before that it
//  is answered by StoreFailed once, if the first attempt to write it failed.
//  2. What failed is tried again until it works, before anything that came later.
//  3. After a crash the batches in the file are the first ones submitted, none in part, and all that were
//  answered by Stored are among them.
//  4. A file in trouble is told: a failed checkpoint makes the batch after it fail, until the checkpoint
//  works (D-36).
//  5. What waits is not bounded here: the core stops giving leases while storage fails (Journal::failing).
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "impl/store/answer.hpp"
#include "impl/store/database.hpp"

namespace twinlease::store {

struct StoreOptions {
  DatabaseOptions database;
  int retry_ms = 500;                     // between attempts while storage fails
  std::size_t records_per_commit = 4096;  // at which no further batch is taken along
};

// Called on the store's thread with the answers of one attempt, in order; hands them to whoever runs the
// core. Calls nothing of the store but submit() and waiting().
using Answered = std::function<void(std::vector<Answer>)>;

class Store {
 public:
  // nullptr: see Database::open().
  static std::unique_ptr<Store> open(const StoreOptions&, std::string& error);
  ~Store() { close(); }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Before start(): what is in the file.
  std::optional<std::vector<core::Record>> load(std::string& error) { return database_->load(error); }
  bool storage_lost() const { return storage_lost_; }

  void start(Answered);
  // From any thread. Numbers ascend.
  void submit(core::StoreBatch);
  std::size_t waiting() const;  // batches that are not on disk

  // Writes what waits, ends the thread, closes the file. False: the last attempt failed, and what was not
  // answered by Stored is not in the file, or was never told to be. Nothing is submitted afterwards.
  bool close();

  // Gives up the file at path without deleting it; see set_aside(). The file that open() makes next is to be
  // told of it by storage_lost.
  static std::optional<std::string> lose(const std::string& path, const std::string& stamp) {
    return set_aside(path, stamp);
  }

 private:
  explicit Store(const StoreOptions&);
  void run();
  void take(std::vector<core::StoreBatch>& group);
  void written();
  Outcome attempt(std::span<const core::StoreBatch> group);
  bool pause();

  StoreOptions options_;
  std::unique_ptr<Database> database_;
  bool storage_lost_ = false;
  Answered answered_;
  Outcome checkpoint_failed_;

  mutable std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  std::vector<core::StoreBatch> queue_;
  std::size_t writing_ = 0;
  bool closing_ = false;

  std::thread thread_;
};

}  // namespace twinlease::store
