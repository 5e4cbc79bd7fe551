// Records as rows of the tables of schema.hpp.
#pragma once

#include "impl/core/io.hpp"
#include "impl/store/sqlite.hpp"

namespace twinlease::store {

// For the statements that write one row and read all rows of a table.
extern const char* const put_lease_sql;
extern const char* const put_relationship_sql;
extern const char* const all_leases_sql;
extern const char* const all_relationships_sql;

// Binds the parameters; the record needs to live until run().
void bind(Statement&, const core::Lease&);
void bind(Statement&, const core::RelationshipRecord&);

// Reads the row; row.fault() says whether there can be such a record.
core::Lease lease_of(Row& row);
core::RelationshipRecord relationship_of(Row& row);

}  // namespace twinlease::store
