// The clauses that the codec's errors cite, against the register of clauses.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "impl/wire/error.hpp"
#include "impl/wire/protocol.hpp"
#include "model/testing/csv.hpp"

namespace twinlease::property {

using model::testing::CsvRow;
using model::testing::read_spec;

namespace {

TEST(ErrorClauses, AreAllInTheRegister) {
  std::set<std::string> clauses;
  for (const CsvRow& row : read_spec("requirements.csv")) clauses.insert(row.at("id"));
  ASSERT_GT(clauses.size(), 900u);
  int faults = 0;
  for (std::uint8_t fault = 0; fault < 255; ++fault) {
    const wire::Error first{wire::Level::option, static_cast<wire::Fault>(fault), wire::Remedy::ignore_option,
                            0, 0};
    if (first.text().empty()) break;  // past the last fault
    ++faults;
    for (std::uint16_t option = 0; option <= wire::option_code_last + 1; ++option) {
      wire::Error error = first;
      error.option = option;
      EXPECT_TRUE(clauses.contains(std::string(error.clause()))) << error.clause() << ": " << error.text();
    }
  }
  EXPECT_GE(faults, 16);
}

}  // namespace
}  // namespace twinlease::property
