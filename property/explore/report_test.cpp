// What several parts are together.
#include "property/explore/report.hpp"

#include <gtest/gtest.h>

namespace twinlease::explore {
namespace {

Part part(std::string_view name, std::uint64_t states, std::set<std::string_view> rows) {
  Part part;
  part.scope.name = name;
  part.result.states = states;
  part.result.transitions = 3 * states;
  part.result.octets = 10 * states;
  part.result.depth = static_cast<std::uint32_t>(states);
  part.result.complete = true;
  part.result.rows = std::move(rows);
  part.seconds = 2;
  return part;
}

TEST(ReportTest, FiguresAreAddedAndRowsUnited) {
  const Report report{
      "standard", {part("one", 30, {"T-001", "T-002"}), part("two", 10, {"T-002", "T-003"})}, {}};
  const nlohmann::json json = to_json(report);
  EXPECT_EQ(json["states"], 40);
  EXPECT_EQ(json["transitions"], 120);
  EXPECT_EQ(json["depth"], 30);
  EXPECT_EQ(json["rows_covered"], 3);
  EXPECT_EQ(json["rows_covered"].get<std::size_t>() + json["rows_uncovered"].size(), json["rows"]);
  EXPECT_EQ(json["seconds"], 4.0);
  EXPECT_EQ(json["states_per_s"], 10.0);
  EXPECT_EQ(json["bytes_per_state"], 10.0);
  EXPECT_EQ(json["bytes"], 300);
  EXPECT_EQ(json["parts"].size(), 2u);
  EXPECT_EQ(json["parts"][1]["name"], "two");
  EXPECT_EQ(json["parts"][1]["rows_covered"], 2);
  EXPECT_EQ(json["violations"], nlohmann::json::array());
  EXPECT_TRUE(json["liveness"].is_null());
  EXPECT_TRUE(report.whole() && !report.broken() && !report.stuck());
}

TEST(ReportTest, OnePartThatIsNotWholeSpoilsAll) {
  Report report{"standard", {part("one", 30, {}), part("two", 10, {})}, {}};
  report.parts[1].result.overflows = 1;
  EXPECT_FALSE(report.whole());
  EXPECT_FALSE(to_json(report)["complete"].get<bool>());
  EXPECT_NE(to_text(report.parts[1]).find("NOT all worlds"), std::string::npos);
  report.parts[1].result.overflows = 0;
  report.parts[1].liveness_too_large = true;
  EXPECT_FALSE(report.whole());
}

TEST(ReportTest, AFindingIsToldWithItsPartAndItsLadder) {
  Report report{"standard", {part("one", 30, {}), part("two", 10, {})}, {}};
  report.parts[1].result.findings.push_back({"S1", 0, {}, 6});
  report.parts[1].ladders.push_back("first\nsecond\n");
  const nlohmann::json finding = to_json(report)["violations"].at(0);
  EXPECT_EQ(finding["invariant"], "S1");
  EXPECT_EQ(finding["part"], "two");
  EXPECT_EQ(finding["steps"], 7);
  EXPECT_EQ(finding["ladder"].size(), 2u);
  EXPECT_TRUE(report.broken());
}

TEST(ReportTest, LivenessIsToldOnceAllPartsHaveIt) {
  Report report{"standard", {part("one", 30, {}), part("two", 10, {})}, {}};
  report.parts[0].liveness = Liveness{30, {5, 0, {}}, {4, 2, 0}};
  EXPECT_TRUE(to_json(report)["liveness"].is_null());
  EXPECT_TRUE(report.stuck());
  report.parts[1].liveness = Liveness{10, {1, 0, {}}, {1, 0, {}}};
  const nlohmann::json live = to_json(report)["liveness"];
  EXPECT_EQ(live["states"], 40);
  EXPECT_EQ(live["in_service"], 6);
  EXPECT_EQ(live["no_way_to_service"], 0);
  EXPECT_EQ(live["pools_usable"], 5);
  EXPECT_EQ(live["no_way_to_usable_pools"], 2);
}

}  // namespace
}  // namespace twinlease::explore
