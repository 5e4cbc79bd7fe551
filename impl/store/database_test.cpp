// What is written is read again, and a transaction that fails leaves nothing behind.

#include "impl/store/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "impl/store/memory_store.hpp"
#include "impl/store/testing/crash_vfs.hpp"
#include "impl/store/testing/records.hpp"

namespace twinlease::store {
namespace {

using testing::CrashVfs;
using testing::lease_at;
using testing::texts_of;

DatabaseOptions on(CrashVfs& disk) {
  DatabaseOptions options;
  options.path = "leases";
  options.vfs = disk.name();
  options.move = [&disk](const std::string& from, const std::string& to) { return disk.move(from, to); };
  return options;
}

std::unique_ptr<Database> opened(const DatabaseOptions& options) {
  std::string error;
  auto database = Database::open(options, error);
  EXPECT_TRUE(database) << error;
  return database;
}

std::vector<std::string> loaded(Database& database) {
  std::string error;
  const auto records = database.load(error);
  EXPECT_TRUE(records) << error;
  return records ? texts_of(*records) : std::vector<std::string>{error};
}

RC_GTEST_PROP(Database, GivesBackWhatWasWritten, ()) {
  CrashVfs disk(1);
  const auto batches = *testing::any_batches();
  Contents expected;
  for (const auto& batch : batches) expected.put(batch);
  {
    const auto database = opened(on(disk));
    RC_ASSERT(!database->write(batches));
    RC_ASSERT(loaded(*database) == texts_of(expected.records()));
  }
  const auto again = opened(on(disk));
  RC_ASSERT(loaded(*again) == texts_of(expected.records()));
}

TEST(Database, ANewOneIsEmpty) {
  CrashVfs disk(1);
  EXPECT_TRUE(loaded(*opened(on(disk))).empty());
}

TEST(Database, AFailedTransactionLeavesNothing) {
  CrashVfs disk(1);
  const auto database = opened(on(disk));
  const core::StoreBatch kept{1, {lease_at(1, 10)}};
  const core::StoreBatch refused{2, {lease_at(1, 20), lease_at(2, 20)}};
  ASSERT_FALSE(database->write({&kept, 1}));
  disk.limit(0);
  const Outcome failed = database->write({&refused, 1});
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->kind(), SQLITE_FULL) << failed->text;
  EXPECT_EQ(loaded(*database), texts_of({lease_at(1, 10)}));
  disk.limit({});
  ASSERT_FALSE(database->write({&refused, 1}));
  EXPECT_EQ(loaded(*database), texts_of({lease_at(1, 20), lease_at(2, 20)}));
}

TEST(Database, TheWalIsCarriedOverOnceItIsLong) {
  CrashVfs disk(1);
  DatabaseOptions options = on(disk);
  options.checkpoint_frames = 8;
  const auto database = opened(options);
  std::size_t largest = 0;
  for (int i = 0; i < 200; ++i) {
    const core::StoreBatch batch{static_cast<std::uint64_t>(i), {lease_at(1, i)}};
    ASSERT_FALSE(database->write({&batch, 1}));
    ASSERT_FALSE(database->checkpoint());
    largest = std::max(largest, disk.octets("leases-wal").size());
  }
  EXPECT_LE(largest, 16u * 4096);
  EXPECT_EQ(loaded(*database), texts_of({lease_at(1, 199)}));
}

// The commit that makes the file one with a -wal comes after the answer of the statement that asks for it.
TEST(Database, IsNeverWrittenWithoutAWal) {
  for (std::uint64_t step = 1;; ++step) {
    CrashVfs disk(1);
    disk.fail_at(step, SQLITE_FULL);
    std::string error;
    const auto database = Database::open(on(disk), error);
    if (!database) continue;
    if (disk.steps() < step) break;
    const core::StoreBatch batch{1, {lease_at(1, 10)}};
    ASSERT_FALSE(database->write({&batch, 1}));
    EXPECT_THAT(disk.names(), ::testing::Contains("leases-wal")) << "after a failure of step " << step;
  }
}

TEST(Database, RemembersWhetherStorageWasLost) {
  for (const bool lost : {false, true}) {
    CrashVfs disk(1);
    DatabaseOptions options = on(disk);
    options.storage_lost = lost;
    EXPECT_EQ(opened(options)->storage_lost(), lost);
    options.storage_lost = !lost;  // of a file that is there nothing new is learned
    EXPECT_EQ(opened(options)->storage_lost(), lost);
  }
}

}  // namespace
}  // namespace twinlease::store
