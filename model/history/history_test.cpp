#include "model/history/history.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twinlease::model::history {
namespace {

RC_GTEST_PROP(History, KeepsTheOrderOfTimesAndOfTellingAmongEqualOnes,
              (const std::vector<std::uint8_t>& times)) {
  History history;
  std::uint32_t told = 0;
  for (const std::uint8_t time : times) history.add({time, Discovered{"c", told++, Servers::both}});
  RC_ASSERT(history.events().size() == times.size());
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Event& before = history.events()[i - 1];
    const Event& after = history.events()[i];
    RC_ASSERT(before.time_ms < after.time_ms ||
              (before.time_ms == after.time_ms && as<Discovered>(before)->xid < as<Discovered>(after)->xid));
  }
}

TEST(History, TellsTimesFromItsBegin) {
  History history;
  EXPECT_EQ(history.begin_ms(), 0);
  history.add({1'800'000'000'000, Connection{true}});
  history.add({1'800'000'012'340, Connection{false}});
  EXPECT_EQ(history.when(history.end_ms()), "12.3 s");
}

}  // namespace
}  // namespace twinlease::model::history
