#include "impl/store/sqlite.hpp"

#include <cstring>

namespace twinlease::store {

std::string complaint(const std::string& path, const Failure& failure) {
  switch (failure.kind()) {
    case SQLITE_BUSY: return path + " is in use by another process. Stop that one, or name another file.";
    case SQLITE_NOTADB: return path + " is no database, or its first page is damaged. " + give_up;
    case SQLITE_CORRUPT: return path + " is damaged: " + failure.text + ". " + give_up;
    default: return path + " cannot be used: " + failure.text + ".";
  }
}

bool Row::is(int type) {
  return sqlite3_column_type(statement_, next_) == type;
}

void Row::refuse() {
  if (fault_.empty()) fault_ = sqlite3_column_name(statement_, next_ - 1);
}

std::int64_t Row::number(std::int64_t least, std::int64_t most) {
  const bool integer = is(SQLITE_INTEGER);
  const std::int64_t value = sqlite3_column_int64(statement_, next_++);
  if (!integer || value < least || value > most) refuse();
  return value;
}

void Row::octets(std::string& into) {
  if (!octets_or_null(into)) refuse();
}

bool Row::octets_or_null(std::string& into) {
  const bool null = is(SQLITE_NULL);
  const bool fits = is(SQLITE_BLOB) || is(SQLITE_TEXT);
  const void* data = sqlite3_column_blob(statement_, next_);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, next_++));
  if (!null && !fits) refuse();
  into.assign(size == 0 ? "" : static_cast<const char*>(data), size);
  return !null;
}

Statement& Statement::operator<<(std::int64_t value) {
  note(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  return *this;
}

// The address of an empty value may be null, which SQLite would take for NULL.
Statement& Statement::operator<<(std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  note(sqlite3_bind_text64(statement_.get(), ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::operator<<(core::Octets blob) {
  const void* data = blob.empty() ? "" : static_cast<const void*>(blob.data());
  note(sqlite3_bind_blob64(statement_.get(), ++bound_, data, blob.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::null() {
  note(sqlite3_bind_null(statement_.get(), ++bound_));
  return *this;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());  // its result is that of the step before, which was looked at
  bound_ = 0;
  binding_ = SQLITE_OK;
}

bool Statement::run() {
  const bool done = binding_ == SQLITE_OK && step() == SQLITE_DONE;
  reset();
  return done;
}

Outcome Connection::open(const std::string& path, int flags, const char* vfs) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, vfs);
  connection_.reset(opened);
  if (result != SQLITE_OK) return failure();
  sqlite3_extended_result_codes(opened, 1);
  return {};
}

Failure Connection::failure() const {
  Failure out{sqlite3_extended_errcode(get()), sqlite3_errmsg(get())};
  if (const int error = sqlite3_system_errno(get()); error != 0 && out.kind() != SQLITE_CORRUPT)
    out.text += std::string(" (") + std::strerror(error) + ")";
  return out;
}

Outcome Connection::run(const char* sql) {
  if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

Outcome Connection::prepare(const char* sql, Statement& into) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    return failure();
  into = Statement(statement);
  return {};
}

template <class Read>
Outcome Connection::ask_one(const char* sql, Read read) {
  Statement statement;
  if (auto failed = prepare(sql, statement)) return failed;
  if (statement.step() != SQLITE_ROW) return failure();
  Row row = statement.row();
  read(row);
  // To the end: a statement that changes something commits it after its answer.
  if (statement.step() != SQLITE_DONE) return failure();
  return {};
}

Outcome Connection::ask(const char* sql, std::int64_t& answer) {
  return ask_one(sql, [&answer](Row& row) { row.number(answer); });
}

Outcome Connection::ask(const char* sql, std::string& answer) {
  return ask_one(sql, [&answer](Row& row) { row.octets(answer); });
}

}  // namespace twinlease::store
