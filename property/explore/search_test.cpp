// The exploration finds what is broken, and only that.
#include "property/explore/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "model/explore/text.hpp"
#include "property/explore/counterexample.hpp"
#include "property/explore/liveness.hpp"
#include "property/explore/script.hpp"

namespace twinlease::explore {
namespace {

using model::Broken;
using model::explore::find_scope;

struct Explored {
  Scope scope;
  std::unique_ptr<Store> store = std::make_unique<Store>();
  Result result;

  explicit Explored(const Scope& of, bool until_finding = true) : scope(of) {
    Limits limits;
    limits.until_finding = until_finding;
    limits.octets = std::uint64_t{1} << 30;
    result = search(scope, *store, limits);
  }
  bool found(std::string_view id) const {
    return std::ranges::any_of(result.findings, [&](const Finding& finding) { return finding.id == id; });
  }
};

TEST(SearchTest, WithoutABrokenRuleTheSmallScopeIsExhaustedAndClean) {
  const Explored explored(*find_scope("small"));
  EXPECT_TRUE(explored.result.complete);
  EXPECT_EQ(explored.result.overflows, 0u);
  EXPECT_GT(explored.result.states, 100'000u);
  for (const Finding& finding : explored.result.findings)
    ADD_FAILURE() << finding.id << "\n" << ladder(run_to(explored.scope, *explored.store, finding));
  const Liveness live = liveness(explored.scope, *explored.store);
  EXPECT_GT(live.good, 0u);
  EXPECT_EQ(live.stuck, 0u) << ladder(
      run_to(explored.scope, *explored.store, live.nearest.value_or(kNobody)));
}

struct Control {
  Broken rule;
  std::string_view invariant;
  int commands;  // of the operator, that the finding needs
};

class NegativeControlTest : public ::testing::TestWithParam<Control> {};

TEST_P(NegativeControlTest, ABrokenRuleBreaksItsInvariant) {
  const Control& control = GetParam();
  Scope scope = *find_scope("small");
  scope.commands = control.commands;
  scope.broken.add(control.rule);
  const Explored explored(scope);
  EXPECT_TRUE(explored.found(control.invariant))
      << explored.result.states << " states, complete " << explored.result.complete;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, NegativeControlTest,
    ::testing::Values(Control{Broken::ceiling_always, "S2", 0}, Control{Broken::times_kept, "S2", 1},
                      Control{Broken::partner_pool_interrupted, "S7", 0},
                      Control{Broken::partner_pool_after_mclt, "S7", 0},
                      Control{Broken::no_partner_down_wait, "S9", 1},
                      Control{Broken::wait_from_lease_only, "S9", 1},
                      Control{Broken::bndack_before_commit, "S1", 1},
                      Control{Broken::dhcpack_before_commit, "S5", 0}, Control{Broken::own_mclt, "S23", 1},
                      Control{Broken::renews_unbound, "S2", 0}, Control{Broken::crossing_by_letter, "S1", 0},
                      Control{Broken::expires_late, "S5", 1}, Control{Broken::normal_before_told, "S1", 1}),
    [](const auto& each) { return std::string(model::explore::to_string(each.param.rule)); });

TEST(SearchTest, APartnerDownThatIsNotTrueBreaksS1) {  // AS2
  Scope scope = *find_scope("small");
  scope.false_partner_down = true;
  scope.crashes = 0;
  scope.cuts = 1;
  EXPECT_TRUE(Explored(scope).found("S1"));
}

TEST(ScriptTest, AFindingIsAScriptThatComesBackAsItWas) {
  Scope scope = *find_scope("small");
  scope.broken.add(Broken::no_partner_down_wait);
  const Explored explored(scope);
  ASSERT_FALSE(explored.result.findings.empty());
  const Finding& finding = explored.result.findings.front();
  const auto run = run_to(explored.scope, *explored.store, finding);
  EXPECT_EQ(run.size(), finding.depth + 1);
  const std::string text = script(explored.scope, finding, run);
  EXPECT_EQ(replay(text), text);
  EXPECT_NE(text.find("S9 is broken"), std::string::npos);
}

TEST(ScriptTest, WhatIsNoCommandIsRefused) {
  EXPECT_THROW(replay("scope tiny\n----\nok\n"), std::runtime_error);
  EXPECT_THROW(replay("scope small\n----\nok\n\nrenew nobody\n----\nok\n"), std::runtime_error);
  EXPECT_THROW(replay("scope small\n----\nok\n\nstart primary\n----\nok\n"), std::runtime_error) << "it runs";
}

TEST(StoreTest, TellsKeysApartAndFindsThemAgain) {
  auto store = std::make_unique<Store>();
  std::vector<Packed> keys(100'000);
  for (std::size_t at = 0; at < keys.size(); ++at) {
    keys[at].append(at, 40);
    keys[at].append(at * at, 60);
    EXPECT_TRUE(store->insert(keys[at], at, static_cast<std::uint16_t>(at)).fresh);
  }
  for (std::size_t at = 0; at < keys.size(); ++at) {
    const auto handle = store->find(keys[at]);
    ASSERT_TRUE(handle.has_value());
    const Record record = store->read(*handle);
    EXPECT_TRUE(record.key == keys[at]);
    EXPECT_EQ(record.parent, at);
    EXPECT_FALSE(store->insert(keys[at], 0, 0).fresh);
  }
  EXPECT_EQ(store->size(), keys.size());
}

}  // namespace
}  // namespace twinlease::explore
