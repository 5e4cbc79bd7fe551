// The thread: order of answers, group commit, what it does while the disk fails.

#include "impl/store/store.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "impl/store/memory_store.hpp"
#include "impl/store/testing/crash_vfs.hpp"
#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

using testing::CrashVfs;
using testing::lease_at;
using testing::texts_of;

StoreOptions on(CrashVfs& disk) {
  StoreOptions options;
  options.database.path = "leases";
  options.database.vfs = disk.name();
  options.database.checkpoint_frames = 10;
  options.database.move = [&disk](const std::string& from, const std::string& to) {
    return disk.move(from, to);
  };
  options.retry_ms = 1;
  return options;
}

// Collects the answers, and waits for them.
class Listener {
 public:
  Answered answered() {
    return [this](std::vector<Answer> answers) {
      const std::lock_guard lock(mutex_);
      ++calls_;
      for (Answer& answer : answers) {
        if (const auto* stored = std::get_if<core::Stored>(&answer))
          stored_.push_back(stored->batch);
        else
          failed_.push_back(std::get<core::StoreFailed>(std::move(answer)));
      }
      changed_.notify_all();
    };
  }
  bool wait_for_stored(std::uint64_t batch) {
    return wait([&] { return !stored_.empty() && stored_.back() >= batch; });
  }
  bool wait_for_failed(std::size_t count) {
    return wait([&] { return failed_.size() >= count; });
  }
  std::vector<std::uint64_t> stored() {
    const std::lock_guard lock(mutex_);
    return stored_;
  }
  std::vector<core::StoreFailed> failed() {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  template <class Until>
  bool wait(Until until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), until);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> stored_;
  std::vector<core::StoreFailed> failed_;
  int calls_ = 0;
};

std::unique_ptr<Store> opened(const StoreOptions& options) {
  std::string error;
  auto store = Store::open(options, error);
  EXPECT_TRUE(store) << error;
  return store;
}

std::vector<std::string> contents(CrashVfs& disk) {
  std::string error;
  const auto records = opened(on(disk))->load(error);
  EXPECT_TRUE(records) << error;
  return records ? texts_of(*records) : std::vector<std::string>{};
}

std::vector<std::uint64_t> up_to(std::uint64_t last) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t i = 1; i <= last; ++i) out.push_back(i);
  return out;
}

TEST(Store, AnswersEveryBatchInOrder) {
  CrashVfs disk(1);
  Listener listener;
  const auto store = opened(on(disk));
  store->start(listener.answered());
  for (std::uint64_t i = 1; i <= 500; ++i)
    store->submit({i, {lease_at(i % 7, static_cast<core::Seconds>(i))}});
  ASSERT_TRUE(listener.wait_for_stored(500));
  EXPECT_TRUE(store->close());
  EXPECT_EQ(listener.stored(), up_to(500));
  EXPECT_TRUE(listener.failed().empty());
  Contents expected;
  for (std::uint64_t i = 494; i <= 500; ++i)
    expected.put({i, {lease_at(i % 7, static_cast<core::Seconds>(i))}});
  EXPECT_EQ(contents(disk), texts_of(expected.records()));
}

TEST(Store, CommitsAllThatWaitsAtOnce) {
  CrashVfs disk(1);
  Listener listener;
  const auto store = opened(on(disk));
  for (std::uint64_t i = 1; i <= 100; ++i) store->submit({i, {lease_at(1, static_cast<core::Seconds>(i))}});
  EXPECT_EQ(store->waiting(), 100u);
  store->start(listener.answered());
  ASSERT_TRUE(listener.wait_for_stored(100));
  EXPECT_EQ(listener.calls(), 1);
}

TEST(Store, LimitsATransaction) {
  CrashVfs disk(1);
  Listener listener;
  StoreOptions options = on(disk);
  options.records_per_commit = 10;
  const auto store = opened(options);
  for (std::uint64_t i = 1; i <= 40; ++i)
    store->submit({i, {lease_at(1, 1), lease_at(2, 2), lease_at(3, 3)}});
  store->start(listener.answered());
  ASSERT_TRUE(listener.wait_for_stored(40));
  EXPECT_EQ(listener.calls(), 10);
  EXPECT_EQ(listener.stored(), up_to(40));
}

TEST(Store, CloseWritesWhatWaits) {
  CrashVfs disk(1);
  Listener listener;
  const auto store = opened(on(disk));
  store->start(listener.answered());
  store->submit({1, {lease_at(1, 10)}});
  EXPECT_TRUE(store->close());
  EXPECT_EQ(listener.stored(), up_to(1));
  EXPECT_EQ(contents(disk), texts_of({lease_at(1, 10)}));
}

TEST(Store, AFullDiskIsToldOnceAndNothingIsLost) {
  CrashVfs disk(1);
  Listener listener;
  const auto store = opened(on(disk));
  store->start(listener.answered());
  store->submit({1, {lease_at(1, 10)}});
  ASSERT_TRUE(listener.wait_for_stored(1));
  disk.limit(0);
  store->submit({2, {lease_at(1, 20)}});
  ASSERT_TRUE(listener.wait_for_failed(1));
  const std::uint64_t steps = disk.steps();
  store->submit({3, {lease_at(2, 30)}});
  store->submit({4, {lease_at(1, 40)}});
  while (disk.steps() < steps + 20) std::this_thread::yield();  // it is tried again and again
  EXPECT_EQ(listener.stored(), up_to(1));
  EXPECT_EQ(store->waiting(), 3u);
  disk.limit({});
  ASSERT_TRUE(listener.wait_for_stored(4));
  EXPECT_TRUE(store->close());
  EXPECT_EQ(listener.stored(), up_to(4));
  ASSERT_EQ(listener.failed().size(), 1u);
  EXPECT_EQ(listener.failed()[0].batch, 2u);
  EXPECT_EQ(listener.failed()[0].reason, "leases: database or disk is full");
  EXPECT_EQ(contents(disk), texts_of({lease_at(1, 40), lease_at(2, 30)}));
}

TEST(Store, CloseGivesUpOnADiskThatStaysFull) {
  CrashVfs disk(1);
  Listener listener;
  const auto store = opened(on(disk));
  store->start(listener.answered());
  disk.limit(0);
  store->submit({1, {lease_at(1, 10)}});
  ASSERT_TRUE(listener.wait_for_failed(1));
  EXPECT_FALSE(store->close());
  EXPECT_TRUE(listener.stored().empty());
  disk.limit({});
  EXPECT_TRUE(contents(disk).empty());
}

core::StoreBatch large_batch(std::uint64_t number) {
  core::StoreBatch batch{number, {}};
  for (std::uint32_t address = 1; address <= 4000; ++address)
    batch.records.emplace_back(lease_at(address, 2));
  return batch;
}

// The database cannot take what is in the -wal: told with the next batch, and over when it can.
TEST(Store, AFailedCheckpointIsTold) {
  CrashVfs roomy(1), disk(1);
  StoreOptions options = on(disk);
  options.database.checkpoint_frames = 1;
  const core::StoreBatch large = large_batch(1);
  {
    std::string error;
    const auto database = Database::open(on(roomy).database, error);
    ASSERT_TRUE(database) << error;
    ASSERT_FALSE(database->write({&large, 1}));
    disk.limit(roomy.octets("leases-wal").size() + 40'000);
  }
  Listener listener;
  const auto store = opened(options);
  store->start(listener.answered());
  store->submit(large);
  ASSERT_TRUE(listener.wait_for_stored(1));
  store->submit({2, {lease_at(1, 3)}});
  ASSERT_TRUE(listener.wait_for_failed(1));
  EXPECT_EQ(listener.failed()[0].batch, 2u);
  disk.limit({});
  ASSERT_TRUE(listener.wait_for_stored(2));
}

// The power fails while the thread works: at whatever step it was, what was answered by Stored is there, with
// nothing that does not follow on it.
RC_GTEST_PROP(StoreCrash, NothingAnsweredIsLost, ()) {
  const auto batches = *testing::any_batches();
  CrashVfs disk(*rc::gen::arbitrary<std::uint32_t>());
  Listener listener;
  {
    const auto store = opened(on(disk));
    disk.crash_at(disk.steps() + *rc::gen::inRange<std::uint64_t>(1, 60));
    store->start(listener.answered());
    for (const auto& batch : batches) {
      store->submit(batch);
      if (*rc::gen::arbitrary<bool>()) std::this_thread::yield();
    }
    store->close();
  }
  disk.reboot();
  const auto found = contents(disk);
  Contents expected;
  bool prefix = false;
  const std::size_t stored = listener.stored().size();
  for (std::size_t count = 0;; ++count) {
    prefix = prefix || (count >= stored && found == texts_of(expected.records()));
    if (count == batches.size()) break;
    expected.put(batches[count]);
  }
  RC_ASSERT(prefix);
}

}  // namespace
}  // namespace twinlease::store
