// What tests ask of a judgement.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "model/history/judgement.hpp"

namespace twinlease::model::history::testing {

// Something was examined, and nothing found.
inline ::testing::AssertionResult held(const Judgement& judgement) {
  if (judgement.outcome() == Outcome::held) return ::testing::AssertionSuccess();
  auto result = ::testing::AssertionFailure() << "outcome " << static_cast<int>(judgement.outcome());
  for (const Finding& finding : judgement.findings) result << "; " << finding.sentence;
  return result;
}

// Exactly one thing was found, and these events prove it.
inline ::testing::AssertionResult broken_by(const Judgement& judgement,
                                            const std::vector<std::size_t>& events) {
  if (judgement.findings.size() != 1 || judgement.examined == 0)
    return ::testing::AssertionFailure()
           << judgement.findings.size() << " findings, " << judgement.examined << " examined";
  if (judgement.findings.front().events == events) return ::testing::AssertionSuccess();
  auto result = ::testing::AssertionFailure() << judgement.findings.front().sentence << "; proved by";
  for (const std::size_t event : judgement.findings.front().events) result << " " << event;
  return result;
}

inline ::testing::AssertionResult unseen(const Judgement& judgement) {
  if (judgement.outcome() == Outcome::unseen) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "outcome " << static_cast<int>(judgement.outcome());
}

inline ::testing::AssertionResult undecided(const Judgement& judgement) {
  if (judgement.outcome() == Outcome::undecided) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "outcome " << static_cast<int>(judgement.outcome());
}

}  // namespace twinlease::model::history::testing
