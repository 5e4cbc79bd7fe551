#include "property/explore/coverage.hpp"

#include <algorithm>
#include <stdexcept>

#include "model/machine/rows.hpp"
#include "model/testing/csv.hpp"

namespace twinlease::explore {
namespace {

std::vector<std::string> rows_of_the_draft() {
  std::vector<std::string> ids;
  for (int s = 0; s < model::kStates; ++s)
    for (const model::Row& row : model::rows_of(static_cast<model::State>(s)))
      if (row.profile != model::Profile::windows) ids.emplace_back(row.id);
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

std::vector<Exemption> read_exemptions(const std::string& path) {
  const std::vector<std::string> rows = rows_of_the_draft();
  std::vector<Exemption> exemptions;
  for (model::testing::CsvRow& line : model::testing::read_csv(path)) {
    const Exemption exemption{line["row"], line["clauses"], line["mechanism"], line["command"]};
    if (!std::ranges::binary_search(rows, exemption.row))
      throw std::runtime_error(path + ": no row " + exemption.row);
    if (std::ranges::find(exemptions, exemption.row, &Exemption::row) != exemptions.end())
      throw std::runtime_error(path + ": twice: " + exemption.row);
    if (exemption.clauses.empty() || exemption.mechanism.empty() || exemption.command.empty())
      throw std::runtime_error(path + ": clauses, mechanism and command are needed for " + exemption.row);
    exemptions.push_back(exemption);
  }
  return exemptions;
}

Coverage coverage(const std::set<std::string_view>& taken, const std::vector<Exemption>& exemptions) {
  Coverage found;
  for (const std::string& id : rows_of_the_draft()) {
    const bool covered = taken.contains(id);
    const bool exempt = std::ranges::find(exemptions, id, &Exemption::row) != exemptions.end();
    ++found.rows;
    found.covered += covered;
    if (covered && exempt) found.wrong.push_back(id);
    if (!covered) (exempt ? found.exempt : found.uncovered).push_back(id);
  }
  return found;
}

}  // namespace twinlease::explore
