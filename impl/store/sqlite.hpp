// SQLite as far as the store needs it: a connection and statements that close themselves, failures as values.
// Not for two threads at once.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "impl/core/lease.hpp"

namespace twinlease::store {

struct Failure {
  int code = SQLITE_ERROR;  // extended
  std::string text;         // "database or disk is full (No space left on device)"

  int kind() const { return code & 0xff; }
};
using Outcome = std::optional<Failure>;  // none: it worked

// What to do about a file that is of no use any more.
inline constexpr const char* give_up =
    "Restore a backup of it, or start with --lost-storage, which sets it aside.";

// What is wrong with the file at path, and what to do, for the operator.
std::string complaint(const std::string& path, const Failure&);

// What is on a row, taken column by column from the first. A value of another type or out of bounds makes
// fault() name its column; what was read is then worth nothing.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  template <class T>
  void number(T& into, std::int64_t least, std::int64_t most) {
    into = static_cast<T>(number(least, most));
  }
  template <class T>
  void number(T& into) {
    number(into, INT64_MIN, INT64_MAX);
  }
  void octets(std::string& into);
  // False, and the column is taken, where it is NULL.
  bool octets_or_null(std::string& into);
  bool flag() { return number(0, 1) != 0; }
  std::int64_t number(std::int64_t least, std::int64_t most);

  void refuse();  // the value read last is none that there can be
  const std::string& fault() const { return fault_; }

 private:
  bool is(int type);

  sqlite3_stmt* statement_;
  int next_ = 0;
  std::string fault_;
};

class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement = nullptr) : statement_(statement) {}

  // The parameters, one after the other. Octets need to live until run().
  Statement& operator<<(std::int64_t);
  Statement& operator<<(std::string_view text);
  Statement& operator<<(core::Octets blob);
  Statement& null();

  // Executes, forgets the parameters; for statements that return no rows. False: see Connection::failure().
  bool run();
  // SQLITE_ROW, SQLITE_DONE or an error; reset() when no more rows are wanted.
  int step() { return sqlite3_step(statement_.get()); }
  void reset();
  Row row() { return Row(statement_.get()); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  void note(int result) { binding_ = binding_ == SQLITE_OK ? result : binding_; }

  int bound_ = 0;
  int binding_ = SQLITE_OK;  // the first failure
};

class Connection {
 public:
  // vfs: nullptr for the one of the system. flags: SQLITE_OPEN_...
  Outcome open(const std::string& path, int flags, const char* vfs);
  Outcome run(const char* sql);
  // Of a statement that gives one number, or one text.
  Outcome ask(const char* sql, std::int64_t& answer);
  Outcome ask(const char* sql, std::string& answer);
  Outcome prepare(const char* sql, Statement& into);
  Failure failure() const;  // of the call that failed last

  sqlite3* get() const { return connection_.get(); }

 private:
  template <class Read>
  Outcome ask_one(const char* sql, Read read);

  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace twinlease::store
