// Database::open(): making a file, and refusing one.

#include "impl/store/database.hpp"
#include "impl/store/rows.hpp"
#include "impl/store/schema.hpp"

namespace twinlease::store {
// One attempt to open a file. Each step gives what is wrong as a whole sentence, or nothing.
class Opening {
 public:
  explicit Opening(const DatabaseOptions& options)
      : options_(options), vfs_(sqlite3_vfs_find(options.vfs)), database_(new Database(options)) {}

  std::unique_ptr<Database> run(std::string& error) {
    error = vfs_ == nullptr ? "SQLite has no VFS of that name." : found_or_made();
    if (error.empty()) error = lock();
    if (error.empty()) error = recognize();
    if (error.empty()) error = prepare();
    return error.empty() ? std::move(database_) : nullptr;
  }

 private:
  const std::string& path() const { return options_.path; }
  std::string told(const Outcome& outcome) const { return outcome ? complaint(path(), *outcome) : ""; }

  bool access(const std::string& name, int how) const {
    int there = 0;
    return vfs_->xAccess(vfs_, name.c_str(), how, &there) == SQLITE_OK && there != 0;
  }
  // SQLite says of an empty file that it does not exist.
  bool exists(const std::string& name) const {
    return access(name, SQLITE_ACCESS_EXISTS) || access(name, SQLITE_ACCESS_READWRITE);
  }

  std::string found_or_made() {
    if (exists(path())) return "";
    for (const char* ending : companions)
      if (exists(path() + ending))
        return path() + " is missing, and " + path() + ending + ", which belongs to it, is there. " + give_up;
    return make();
  }

  // Under another name first: what is at path() is whole, or it is not there.
  std::string make() {
    const std::string unfinished = path() + ".new";
    for (const char* ending : {companions[0], companions[1], ""})
      if (exists(unfinished + ending) && vfs_->xDelete(vfs_, (unfinished + ending).c_str(), 1) != SQLITE_OK)
        return unfinished + ending + ", left by an earlier start, cannot be removed.";
    if (auto failed = fill(unfinished)) return complaint(unfinished, *failed);
    if (auto failed = options_.move(unfinished, path())) return *failed + ".";
    return "";
  }

  Outcome fill(const std::string& name) {
    Connection connection;
    if (auto failed = connection.open(name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options_.vfs))
      return failed;
    if (auto failed = connection.run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL"))
      return failed;
    if (auto failed = migrate(connection, schema_steps())) return failed;
    Statement meta;
    if (auto failed = connection.prepare("INSERT INTO meta VALUES(?1, ?2)", meta)) return failed;
    meta << std::string_view(options_.created_by) << options_.storage_lost;
    if (!meta.run()) return connection.failure();
    return {};
  }

  std::string lock() {
    Connection& connection = database_->connection_;
    if (auto failed = connection.open(path(), SQLITE_OPEN_READWRITE, options_.vfs)) return told(failed);
    if (sqlite3_db_readonly(connection.get(), "main") == 1)
      return path() + " cannot be written: see its rights.";
    // Exclusive before the first access: the index of the -wal is then ours alone, and in no file.
    if (auto failed = connection.run("PRAGMA locking_mode = EXCLUSIVE")) return told(failed);
    std::int64_t pages = 0;
    if (auto failed = connection.ask("PRAGMA page_count", pages)) return told(failed);
    if (pages == 0) return path() + " is empty. " + give_up;
    return "";
  }

  std::string recognize() {
    Connection& connection = database_->connection_;
    std::int64_t owner = 0, version = 0;
    if (auto failed = connection.ask("PRAGMA application_id", owner)) return told(failed);
    if (auto failed = connection.ask("PRAGMA user_version", version)) return told(failed);
    const std::int64_t oldest = schema_steps().front().to, newest = schema_steps().back().to;
    const std::string known =
        oldest == newest ? std::to_string(newest) : std::to_string(oldest) + " to " + std::to_string(newest);
    if (owner != application_id)
      return path() + " is a database of another program (application_id " + std::to_string(owner) +
             "). Name another file.";
    if (version > newest)
      return path() + " has format " + std::to_string(version) +
             ", made by a newer version; known here: " + known +
             ". Start the newer version, or restore a backup of before it.";
    if (version < oldest)
      return path() + " has format " + std::to_string(version) + ", which is too old; known here: " + known +
             ". " + give_up;
    return "";
  }

  std::string prepare() {
    Database& database = *database_;
    Connection& connection = database.connection_;
    std::string mode;
    std::int64_t lost = 0;
    if (auto failed = connection.ask("PRAGMA journal_mode = WAL", mode)) return told(failed);
    if (mode != "wal") return path() + " cannot be used: SQLite refuses a write-ahead log there.";
    // FULL: every commit is synced. Nothing is checkpointed but by checkpoint(); nothing is erased twice.
    if (auto failed = connection.run("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                                     "PRAGMA secure_delete = OFF; PRAGMA cache_size = -16384"))
      return told(failed);
    sqlite3_wal_hook(connection.get(), count_frames, &database);
    if (auto failed = migrate(connection, schema_steps())) return told(failed);
    const std::pair<const char*, Statement*> statements[] = {
        {"BEGIN IMMEDIATE", &database.begin_},   {"COMMIT", &database.commit_},
        {put_lease_sql, &database.put_lease_},   {put_relationship_sql, &database.put_relationship_},
        {all_leases_sql, &database.all_leases_}, {all_relationships_sql, &database.all_relationships_}};
    Outcome failed = connection.ask("SELECT storage_lost FROM meta", lost);
    for (const auto& [sql, statement] : statements)
      if (!failed) failed = connection.prepare(sql, *statement);
    if (failed) return path() + " is damaged: " + failed->text + ". " + give_up;
    database.storage_lost_ = lost != 0;
    return "";
  }

  static int count_frames(void* database, sqlite3*, const char*, int frames) {
    static_cast<Database*>(database)->wal_frames_ = frames;
    return SQLITE_OK;
  }

  const DatabaseOptions& options_;
  sqlite3_vfs* vfs_;
  std::unique_ptr<Database> database_;
};

std::unique_ptr<Database> Database::open(const DatabaseOptions& options, std::string& error) {
  return Opening(options).run(error);
}

}  // namespace twinlease::store
