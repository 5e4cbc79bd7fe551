// Files as names: moving one for good, and setting aside a store that is given up.
#pragma once

#include <optional>
#include <string>

namespace twinlease::store {

// Endings of the files that belong to a database beside the database itself.
inline constexpr const char* companions[] = {"-wal", "-journal"};

// Renames, never over another file; on return the new name is on disk. Why not, or empty.
std::optional<std::string> move_file(const std::string& from, const std::string& to);

// Renames the store at `path` and what belongs to it to path + ".lost-" + stamp; nothing is deleted. Files
// that are not there are no error. The database goes first: stopped half-way, this leaves something that
// Database::open() refuses, and can be called again with the same stamp. Why not, or empty; refused while
// another process has the store open. Precondition: this process has not.
std::optional<std::string> set_aside(const std::string& path, const std::string& stamp);

}  // namespace twinlease::store
