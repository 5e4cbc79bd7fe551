// Exemptions are earned: each is needed, and none is wrong.
#include "property/explore/coverage.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace twinlease::explore {
namespace {

std::vector<Exemption> read(const std::string& lines) {
  const std::string path = ::testing::TempDir() + "unreached_rows.csv";
  std::ofstream(path) << "row,clauses,mechanism,command\n" << lines;
  return read_exemptions(path);
}

TEST(CoverageTest, ARowIsCoveredOrExemptOrMissing) {
  const auto exemptions = read(
      "T-002,A-20,no scope begins so,twinlease explore --scope standard\n"
      "T-003,A-20,likewise,twinlease explore --scope standard\n");
  const Coverage found = coverage({"T-001", "T-003"}, exemptions);
  EXPECT_EQ(found.covered, 2u);
  EXPECT_EQ(found.exempt, std::vector<std::string>{"T-002"});
  EXPECT_EQ(found.wrong, std::vector<std::string>{"T-003"});
  EXPECT_EQ(found.uncovered.size() + found.exempt.size() + found.covered, found.rows);
}

TEST(CoverageTest, WithoutExemptionsWhatIsNotCoveredIsMissing) {
  const Coverage found = coverage({}, {});
  EXPECT_EQ(found.uncovered.size(), found.rows);
  EXPECT_GT(found.rows, 300u);
}

TEST(CoverageTest, AnExemptionNamesARowOfTheDraftAndSaysWhy) {
  EXPECT_THROW(read("no-such-row,A-20,none,none\n"), std::runtime_error);
  EXPECT_THROW(read("T-002,A-20,,none\n"), std::runtime_error);
  EXPECT_THROW(read("T-002,A-20,why,how\nT-002,A-20,why,how\n"), std::runtime_error);
  EXPECT_THROW(read("T-002,A-20\n"), std::runtime_error);
  EXPECT_THROW(read_exemptions("/nowhere/unreached_rows.csv"), std::runtime_error);
}

TEST(CoverageTest, TheExemptionsOfTheTreeCanBeRead) {
  EXPECT_NO_THROW(read_exemptions(TWINLEASE_SOURCE_DIR "/model/explore/unreached_rows.csv"));
}

}  // namespace
}  // namespace twinlease::explore
