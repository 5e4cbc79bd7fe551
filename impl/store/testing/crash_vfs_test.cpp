// The disk that the crash tests stand on forgets what it is to forget, and nothing else.

#include "impl/store/testing/crash_vfs.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

namespace twinlease::store::testing {
namespace {

// A file of the VFS, used as SQLite uses it.
class File {
 public:
  File(CrashVfs& disk, const char* name, int kind) : vfs_(sqlite3_vfs_find(disk.name())) {
    memory_.resize(static_cast<std::size_t>(vfs_->szOsFile));
    result_ = vfs_->xOpen(vfs_, name, file(), kind | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  }
  ~File() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  int write(const std::string& octets, int at = 0) {
    return file()->pMethods->xWrite(file(), octets.data(), static_cast<int>(octets.size()), at);
  }
  int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
  int opened() const { return result_; }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  sqlite3_vfs* vfs_;
  alignas(16) std::vector<unsigned char> memory_;
  int result_ = 0;
};

bool there(const CrashVfs& disk, const std::string& name) {
  const auto names = disk.names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What is in the file "wal" after the power failed, over many seeds.
template <class Use>
std::set<std::string> outcomes(Use use) {
  std::set<std::string> out;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    CrashVfs disk(seed);
    {
      File wal(disk, "wal", SQLITE_OPEN_WAL);
      use(disk, wal);
    }
    disk.reboot();
    if (!there(disk, "wal"))
      out.insert("no file");
    else
      out.insert({disk.octets("wal").begin(), disk.octets("wal").end()});
  }
  return out;
}

TEST(CrashVfs, WhatWasSyncedStays) {
  EXPECT_EQ(outcomes([](CrashVfs&, File& wal) {
              wal.write("kept");
              ASSERT_EQ(wal.sync(), SQLITE_OK);
            }),
            std::set<std::string>{"kept"});
}

TEST(CrashVfs, OfWhatWasNotSyncedAnythingMayStay) {
  EXPECT_EQ(outcomes([](CrashVfs&, File& wal) {
              wal.write("kept");
              wal.sync();
              wal.write("K");
              wal.write("T", 3);
            }),
            (std::set<std::string>{"kept", "Kept", "kepT", "KepT"}));
  EXPECT_EQ(outcomes([](CrashVfs&, File& wal) { wal.write("all"); }),
            (std::set<std::string>{"no file", "", "all"}));
}

TEST(CrashVfs, AWriteIsTornBetweenSectors) {
  const std::string zeros(512, 0), ones(512, 1), twos(2, 2);
  EXPECT_EQ(outcomes([&](CrashVfs&, File& wal) {
              wal.write(zeros + zeros);
              wal.sync();
              wal.write(ones + twos);
            }),
            (std::set<std::string>{zeros + zeros, ones + zeros, zeros + twos + zeros.substr(2),
                                   ones + twos + zeros.substr(2)}));
}

TEST(CrashVfs, AFailedSyncNeverWrites) {
  EXPECT_EQ(outcomes([](CrashVfs& disk, File& wal) {
              wal.write("kept");
              wal.sync();
              wal.write("lost");
              disk.fail_at(disk.steps() + 1, SQLITE_IOERR_FSYNC);
              EXPECT_EQ(wal.sync(), SQLITE_IOERR_FSYNC);
              EXPECT_EQ(wal.sync(), SQLITE_OK);
            }),
            std::set<std::string>{"kept"});
}

TEST(CrashVfs, NothingWorksBetweenCrashAndReboot) {
  CrashVfs disk(1);
  {
    File wal(disk, "wal", SQLITE_OPEN_WAL);
    disk.crash_at(disk.steps() + 1);
    EXPECT_NE(wal.write("x"), SQLITE_OK);
    EXPECT_TRUE(disk.crashed());
    EXPECT_NE(wal.sync(), SQLITE_OK);
    EXPECT_NE(File(disk, "other", SQLITE_OPEN_WAL).opened(), SQLITE_OK);
  }
  disk.reboot();
  EXPECT_EQ(File(disk, "other", SQLITE_OPEN_WAL).opened(), SQLITE_OK);
}

TEST(CrashVfs, AFullDiskTakesNoMore) {
  CrashVfs disk(1);
  File wal(disk, "wal", SQLITE_OPEN_WAL);
  ASSERT_EQ(wal.write("12345678"), SQLITE_OK);
  disk.limit(10);
  EXPECT_EQ(wal.write("abcd", 8), SQLITE_FULL);
  EXPECT_EQ(wal.write("abcd"), SQLITE_OK) << "what is there can be written over";
  disk.limit({});
  EXPECT_EQ(wal.write("abcd", 8), SQLITE_OK);
}

TEST(CrashVfs, AMovedNameStays) {
  CrashVfs disk(1);
  {
    File file(disk, "new", SQLITE_OPEN_MAIN_DB);
    file.write("x");
    file.sync();
    File(disk, "taken", SQLITE_OPEN_MAIN_DB);
  }
  EXPECT_TRUE(disk.move("new", "taken"));
  EXPECT_FALSE(disk.move("new", "named"));
  disk.reboot();
  EXPECT_FALSE(there(disk, "new"));
  EXPECT_TRUE(there(disk, "named"));
}

}  // namespace
}  // namespace twinlease::store::testing
