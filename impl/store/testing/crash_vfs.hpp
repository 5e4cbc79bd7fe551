// A disk in memory for SQLite that forgets what was not synced, and fails when it is told to.
//
// Invariants:
//  1. A write, a truncation, or a new, deleted or moved name is on disk when its file or folder was synced,
//  not before. What is not may be lost in a crash, all or any part of it: of writes, any of their sectors; of
//  names, everything after any of them.
//  2. A sync that fails leaves what it was to write in memory, and will never write it: only what is written
//  again after it can become durable.
//  3. Steps are what changes the disk, counted from 1; the same calls make the same steps.
//  4. After a crash every call fails until reboot().
//
// It has no locks and no shared memory: one connection to a file, in exclusive locking mode. Sectors are of
// 512 octets, and a write spares the octets beside it (SQLITE_IOCAP_POWERSAFE_OVERWRITE), as SQLite takes for
// granted on this system. One folder holds all files.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace twinlease::store::testing {

class CrashVfs {
 public:
  // seed: of what survives a crash.
  explicit CrashVfs(std::uint32_t seed);
  ~CrashVfs();
  CrashVfs(const CrashVfs&) = delete;
  CrashVfs& operator=(const CrashVfs&) = delete;

  const char* name() const { return name_.c_str(); }  // for sqlite3_open_v2()

  std::uint64_t steps() const;
  void crash_at(std::uint64_t step);              // the step is begun, nothing comes after it
  void fail_at(std::uint64_t step, int code);     // it alone fails, with that result
  void limit(std::optional<std::size_t> octets);  // how much fits on the disk
  bool crashed() const;
  // The power fails (again), and comes back. Every connection is closed before.
  void reboot();

  // As move_file(), here.
  std::optional<std::string> move(const std::string& from, const std::string& to);

  // The octets of a file, as a program sees them; to be looked at and damaged.
  std::vector<std::uint8_t>& octets(const std::string& name);
  std::vector<std::string> names() const;

 private:
  struct Calls;   // what SQLite calls
  struct Handle;  // its open file
  struct Change {
    std::size_t offset = 0;
    std::vector<std::uint8_t> octets;
    bool truncation = false;  // to offset
    void apply(std::vector<std::uint8_t>& file) const;
  };
  struct Node {
    std::vector<std::uint8_t> seen, durable;
    std::vector<Change> unsynced;
  };
  using NodePtr = std::shared_ptr<Node>;
  using Names = std::map<std::string, NodePtr>;
  // Names set, or removed (null), by one operation.
  using NameChange = std::vector<std::pair<std::string, NodePtr>>;

  int step();
  int change(Node&, Change);
  int sync(Node&, bool folder_too);
  int rename(NameChange, bool sync_folder);
  void sync_folder();
  void survive(Node&);
  std::size_t used() const;

  mutable std::mutex mutex_;
  std::string name_;
  sqlite3_vfs vfs_ = {};
  std::mt19937 random_;
  Names seen_, durable_;
  std::vector<NameChange> unsynced_;
  std::uint64_t steps_ = 0, crash_at_ = 0;
  std::map<std::uint64_t, int> failures_;
  std::optional<std::size_t> limit_;
  bool crashed_ = false;
};

}  // namespace twinlease::store::testing
