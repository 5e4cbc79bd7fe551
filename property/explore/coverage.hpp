// Which rows of the state machine a search took, and which no search can take.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace twinlease::explore {

// A row that no scope reaches: why, and the command that shows it.
struct Exemption {
  std::string row, clauses, mechanism, command;
};

// model/explore/unreached_rows.csv, or a file like it. Throws std::runtime_error if it cannot be read, if a
// field is empty, or if a row is not one of the draft's profile or comes twice.
std::vector<Exemption> read_exemptions(const std::string& path);

struct Coverage {  // of the draft's profile, by id
  std::size_t rows = 0, covered = 0;
  std::vector<std::string> uncovered;  // and not exempt either
  std::vector<std::string> exempt;     // not covered, as is said of them
  std::vector<std::string> wrong;      // covered, against what is said of them
};
Coverage coverage(const std::set<std::string_view>& taken, const std::vector<Exemption>&);

}  // namespace twinlease::explore
