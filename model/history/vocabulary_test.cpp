#include "model/history/vocabulary.hpp"

#include <gtest/gtest.h>

namespace twinlease::model::history {
namespace {

TEST(State, HasANameAndACode) {
  for (int i = 0; i < kStates; ++i) {
    const auto state = static_cast<State>(i);
    EXPECT_EQ(state_of_name(name(state)), state);
    EXPECT_EQ(state_of_code(code_of(state)), state) << name(state);
  }
  EXPECT_EQ(state_of_code(2), State::normal);
  EXPECT_EQ(state_of_code(254), State::recover_wait) << "A-03";
  EXPECT_FALSE(state_of_code(0) || state_of_code(13));
  EXPECT_FALSE(state_of_name("NO-STATE"));
}

TEST(BindingStatus, HasAName) {
  for (int number = 1; number <= kBindingStatuses; ++number)
    EXPECT_EQ(status_of_name(name(static_cast<BindingStatus>(number))), static_cast<BindingStatus>(number));
  EXPECT_FALSE(status_of_name("no status"));
}

}  // namespace
}  // namespace twinlease::model::history
