// The file: leases and relationships as they were when the last transaction ended. Calls block on the disk;
// Store gives it a thread.
//
// Invariants:
//  1. What write() reported done is in the file after a crash of the machine; what it did not may be, whole.
//  2. The batches in the file are the first ones that were written, without a gap, none in part.
//  3. One process at a time has the file open: it is locked from open() to the end (D-34).
//  4. A file that is not wholly a store of a version known here is refused and left as it is. A new one has
//  its name only when it is whole (D-35).
//
// What is checked: that the file is ours (application_id) and of a known version; on load(), that its pages
// make whole tables (PRAGMA quick_check: a tenth of a start), and each value against its type and bounds.
// What is not: a damage whose values are legal in themselves, since a page has no checksum, and a loss of
// whole files behind the store's back: a database without its -wal, or an old copy of both, is only an older
// state. Tell the server of a restored backup.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "impl/core/io.hpp"
#include "impl/store/files.hpp"
#include "impl/store/sqlite.hpp"

namespace twinlease::store {

struct DatabaseOptions {
  std::string path;
  std::string created_by = "twinleased";  // program and version, kept in a new file
  bool storage_lost = false;              // kept in a new file: there was one before it that is given up
  // Pages in the -wal from which on they are carried over. The more of them wait, the more changes of one
  // page are carried over at once, and the longer a start takes after a crash.
  int checkpoint_frames = 4000;
  const char* vfs = nullptr;  // of SQLite; nullptr: files of the system
  std::function<std::optional<std::string>(const std::string& from, const std::string& to)> move = move_file;
};

class Database {
 public:
  // Makes the file if there is none. nullptr: error says what is wrong, where, and what to do.
  static std::unique_ptr<Database> open(const DatabaseOptions&, std::string& error);

  // All records, leases by address, then relationships by name. None: as in open().
  std::optional<std::vector<core::Record>> load(std::string& error);

  // All of it in one transaction. Why not, or empty.
  Outcome write(std::span<const core::StoreBatch>);
  // Carries what is in the -wal over into the database once it is long. What was written stays written if it
  // fails: call it again.
  Outcome checkpoint();

  // The file took the place of one that was lost (A-20: the wait is then needed).
  bool storage_lost() const { return storage_lost_; }

 private:
  explicit Database(const DatabaseOptions& options)
      : path_(options.path), checkpoint_frames_(options.checkpoint_frames) {}
  Outcome check();
  Outcome put(const core::Record&);
  template <class Read>
  Outcome read(Statement& all, std::vector<core::Record>& into, Read record_of);

  std::string path_;
  int checkpoint_frames_;
  Connection connection_;  // before its statements
  Statement begin_, commit_, put_lease_, put_relationship_, all_leases_, all_relationships_;
  int wal_frames_ = 0;
  bool storage_lost_ = false;

  friend class Opening;
};

}  // namespace twinlease::store
