#include "impl/store/store.hpp"

#include <chrono>
#include <iterator>
#include <utility>

namespace twinlease::store {

Store::Store(const StoreOptions& options) : options_(options) {}

std::unique_ptr<Store> Store::open(const StoreOptions& options, std::string& error) {
  std::unique_ptr<Store> store(new Store(options));
  store->database_ = Database::open(options.database, error);
  if (!store->database_) return nullptr;
  store->storage_lost_ = store->database_->storage_lost();
  return store;
}

void Store::start(Answered answered) {
  answered_ = std::move(answered);
  thread_ = std::thread([this] { run(); });
}

void Store::submit(core::StoreBatch batch) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(batch));
  }
  changed_.notify_one();
}

std::size_t Store::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() + writing_;
}

// Waits for batches and moves the first ones into the group; none: the store is being closed.
void Store::take(std::vector<core::StoreBatch>& group) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  std::size_t records = 0;
  auto end = queue_.begin();
  while (end != queue_.end() && records < options_.records_per_commit) records += end++->records.size();
  group.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
  queue_.erase(queue_.begin(), end);
  writing_ = group.size();
}

void Store::written() {
  const std::lock_guard lock(mutex_);
  writing_ = 0;
}

Outcome Store::attempt(std::span<const core::StoreBatch> group) {
  if (checkpoint_failed_) checkpoint_failed_ = database_->checkpoint();
  if (checkpoint_failed_) return checkpoint_failed_;
  return database_->write(group);
}

// True: the store is being closed, the next attempt is the last.
bool Store::pause() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(options_.retry_ms), [this] { return closing_; });
}

void Store::run() {
  std::vector<core::StoreBatch> group;
  for (take(group); !group.empty(); take(group)) {
    std::vector<Answer> answers;
    Outcome failed = attempt(group);
    if (failed) {
      const std::string reason = options_.database.path + ": " + failed->text;
      for (const core::StoreBatch& batch : group)
        answers.emplace_back(core::StoreFailed{batch.batch, reason});
      answered_(std::exchange(answers, {}));
    }
    while (failed) {
      const bool last = pause();
      failed = attempt(group);
      if (failed && last) return;
    }
    written();
    for (const core::StoreBatch& batch : group) answers.emplace_back(core::Stored{batch.batch});
    answered_(std::move(answers));
    checkpoint_failed_ = database_->checkpoint();
  }
}

bool Store::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  database_.reset();
  return waiting() == 0;
}

}  // namespace twinlease::store
