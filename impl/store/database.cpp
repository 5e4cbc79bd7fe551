#include "impl/store/database.hpp"

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

template <class Read>
std::string Database::read(Statement& all, std::vector<core::Record>& into, Read record_of) {
  int result = SQLITE_ROW;
  std::string fault;
  while (fault.empty() && (result = all.step()) == SQLITE_ROW) {
    Row row = all.row();
    into.emplace_back(record_of(row));
    if (!row.fault().empty()) fault = "no such value can be in column " + row.fault();
  }
  if (result != SQLITE_ROW && result != SQLITE_DONE) fault = connection_.failure().text;
  all.reset();
  return fault;
}

std::optional<std::vector<core::Record>> Database::load(std::string& error) {
  std::vector<core::Record> records;
  std::int64_t count = 0;
  std::string answer, fault;
  if (auto failed = connection_.ask("PRAGMA quick_check(1)", answer))
    fault = failed->text;
  else if (answer != "ok")
    fault = answer.substr(answer.rfind('\n') + 1);  // without the heading
  else if (auto uncounted = connection_.ask("SELECT count(*) FROM lease", count))
    fault = uncounted->text;
  records.reserve(static_cast<std::size_t>(count) + 64);
  if (fault.empty()) fault = read(all_leases_, records, lease_of);
  if (fault.empty()) fault = read(all_relationships_, records, relationship_of);
  if (fault.empty()) return records;
  error = path_ + " is damaged: " + fault + ". " + give_up;
  return {};
}

}  // namespace twinlease::store
