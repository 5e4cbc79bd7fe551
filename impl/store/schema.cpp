#include "impl/store/schema.hpp"

#include <array>

namespace twinlease::store {
namespace {

constexpr const char* version_1 = R"(
  CREATE TABLE lease(
    address INTEGER PRIMARY KEY,
    status INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    bootp INTEGER NOT NULL,
    untold INTEGER NOT NULL,
    client_identifier BLOB NOT NULL,
    hardware_type INTEGER NOT NULL,
    hardware_address BLOB NOT NULL,
    lease_expiration INTEGER NOT NULL,
    start_time_of_state INTEGER NOT NULL,
    client_last_transaction INTEGER NOT NULL,
    potential_expiration_sent INTEGER NOT NULL,
    potential_expiration_acked INTEGER NOT NULL,
    potential_expiration_received INTEGER NOT NULL,
    host_name BLOB,
    relay_agent_information BLOB,
    request_options BLOB,
    reply_options BLOB,
    ddns BLOB) STRICT;
  CREATE TABLE relationship(
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    entered INTEGER NOT NULL,
    partner_state TEXT NOT NULL,
    partner_flags INTEGER NOT NULL,
    partner_entered INTEGER NOT NULL,
    last_operation INTEGER NOT NULL,
    mclt INTEGER NOT NULL,
    stored_by_stop INTEGER NOT NULL,
    stop_saw_partner_down INTEGER NOT NULL,
    storage_lost INTEGER NOT NULL,
    no_record INTEGER NOT NULL,
    restored INTEGER NOT NULL,
    all_updates_owed INTEGER NOT NULL,
    connect_sent INTEGER NOT NULL,
    new_clients_from INTEGER NOT NULL,
    buckets BLOB) STRICT, WITHOUT ROWID;
  CREATE TABLE meta(created_by TEXT NOT NULL, storage_lost INTEGER NOT NULL) STRICT;
)";

constexpr std::array steps = {SchemaStep{1, version_1}};

Outcome take(Connection& connection, std::span<const SchemaStep> all, std::int64_t version) {
  for (const SchemaStep& step : all) {
    if (step.to <= version) continue;
    if (auto failed = connection.run(step.sql)) return failed;
  }
  const std::string marks = "PRAGMA application_id = " + std::to_string(application_id) +
                            "; PRAGMA user_version = " + std::to_string(all.back().to);
  if (auto failed = connection.run(marks.c_str())) return failed;
  return connection.run("COMMIT");
}

}  // namespace

std::span<const SchemaStep> schema_steps() {
  return steps;
}

Outcome migrate(Connection& connection, std::span<const SchemaStep> all) {
  std::int64_t version = 0;
  if (auto failed = connection.ask("PRAGMA user_version", version)) return failed;
  if (version == all.back().to) return {};
  if (auto failed = connection.run("BEGIN IMMEDIATE")) return failed;
  if (auto failed = take(connection, all, version)) {
    if (!sqlite3_get_autocommit(connection.get())) connection.run("ROLLBACK");
    return failed;
  }
  return {};
}

}  // namespace twinlease::store
