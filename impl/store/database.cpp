#include "impl/store/database.hpp"

#include "impl/core/config.hpp"
#include "impl/store/rows.hpp"

namespace twinlease::store {

Outcome Database::put(const core::Record& record) {
  const bool done = std::visit(
      [this](const auto& value) {
        Statement& put =
            std::is_same_v<std::decay_t<decltype(value)>, core::Lease> ? put_lease_ : put_relationship_;
        bind(put, value);
        return put.run();
      },
      record);
  if (!done) return connection_.failure();
  return {};
}

Outcome Database::write(std::span<const core::StoreBatch> batches) {
  const auto all = [&]() -> Outcome {
    if (!begin_.run()) return connection_.failure();
    for (const core::StoreBatch& batch : batches)
      for (const core::Record& record : batch.records)
        if (auto failed = put(record)) return failed;
    if (!commit_.run()) return connection_.failure();
    return {};
  };
  Outcome outcome = all();
  // Some failures end the transaction, of the others it is still there.
  if (outcome && !sqlite3_get_autocommit(connection_.get())) connection_.run("ROLLBACK");
  return outcome;
}

Outcome Database::checkpoint() {
  if (wal_frames_ < checkpoint_frames_) return {};
  if (sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
      SQLITE_OK)
    return connection_.failure();
  wal_frames_ = 0;
  return {};
}

// Whether the pages make whole tables.
Outcome Database::check() {
  std::string answer;
  if (auto failed = connection_.ask("PRAGMA quick_check(1)", answer)) return failed;
  if (answer == "ok") return {};
  return Failure{SQLITE_CORRUPT, answer.substr(answer.rfind('\n') + 1)};  // without the heading
}

template <class Read>
Outcome Database::read(Statement& all, std::vector<core::Record>& into, Read record_of) {
  int result = SQLITE_ROW;
  Outcome failed;
  while (!failed && (result = all.step()) == SQLITE_ROW) {
    Row row = all.row();
    into.emplace_back(record_of(row));
    if (!row.fault().empty())
      failed = Failure{SQLITE_CORRUPT, "no such value can be in column " + row.fault()};
  }
  if (result != SQLITE_ROW && result != SQLITE_DONE) failed = connection_.failure();
  all.reset();
  return failed;
}

std::optional<std::vector<core::Record>> Database::load(std::string& error) {
  std::vector<core::Record> records;
  std::int64_t count = 0;
  Outcome failed = check();
  if (!failed) failed = connection_.ask("SELECT count(*) FROM lease", count);
  records.reserve(static_cast<std::size_t>(count) + core::max_relationships);
  if (!failed) failed = read(all_leases_, records, lease_of);
  if (!failed) failed = read(all_relationships_, records, relationship_of);
  if (!failed) return records;
  error = complaint(path_, *failed);
  return {};
}

}  // namespace twinlease::store
