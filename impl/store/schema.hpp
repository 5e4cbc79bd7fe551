// The format of the file, as the steps that lead to it. A new file takes all of them, an older one those that
// it lacks.
//
//   lease         one row for each address that has a record; times in seconds since 1970, 0: none; octets as
//                 they were received. host_name NULL: no details.
//   relationship  one row for each relationship; states by name, so that no number needs to stay what it is
//   meta          one row: who made the file, and whether an earlier one was lost
//
// PRAGMA application_id says whose file it is, PRAGMA user_version which format it has.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "impl/store/sqlite.hpp"

namespace twinlease::store {

inline constexpr std::int64_t application_id = 0x54574c53;  // "TWLS"

struct SchemaStep {
  std::int64_t to = 0;  // version that the file has afterwards
  const char* sql = nullptr;
};
// Ascending. A step that was released is never changed.
std::span<const SchemaStep> schema_steps();

// Takes the steps above the file's version, all or none. Precondition: no transaction is open.
Outcome migrate(Connection&, std::span<const SchemaStep>);

}  // namespace twinlease::store
