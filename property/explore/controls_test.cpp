// Rules that take a loss of storage or a recovery to break: each in a scope of its own that is clean without
// the broken rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "property/explore/search.hpp"

namespace twinlease::explore {
namespace {

using model::Broken;
using model::explore::find_scope;

Result explored(const Scope& scope) {
  Limits limits;
  limits.until_finding = true;
  const auto store = std::make_unique<Store>();
  return search(scope, *store, limits);
}

bool found(const Result& result, std::string_view id) {
  return std::ranges::any_of(result.findings, [&](const Finding& finding) { return finding.id == id; });
}

Scope storage() {
  Scope scope = *find_scope("storage");
  scope.commands = 0;
  return scope;
}
Scope conflict() {
  Scope scope = *find_scope("conflict");
  scope.cuts = 0;
  return scope;
}
Scope pools() {
  Scope scope = *find_scope("pools");
  scope.clients = scope.cuts = 0;
  scope.crashes = scope.losses = 1;
  return scope;
}
Scope coming_back() {
  return *find_scope("return");
}

struct Control {
  std::string_view name;
  Scope (*scope)();
  Broken rule;
  std::string_view invariant;
};

class ControlTest : public ::testing::TestWithParam<Control> {};

TEST_P(ControlTest, TheScopeIsCleanUntilTheRuleIsBroken) {
  const Control& control = GetParam();
  Scope scope = control.scope();
  const Result clean = explored(scope);
  EXPECT_TRUE(clean.complete);
  EXPECT_TRUE(clean.findings.empty()) << clean.findings.front().id;
  EXPECT_EQ(clean.overflows, 0u);
  scope.broken.add(control.rule);
  const Result broken = explored(scope);
  EXPECT_TRUE(found(broken, control.invariant)) << broken.states << " states, complete " << broken.complete;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ControlTest,
    ::testing::Values(Control{"loss", storage, Broken::loss_by_letter, "S1"},
                      Control{"updreq", conflict, Broken::updreq_after_loss, "S1"},
                      Control{"backup_omitted", pools, Broken::backup_omitted, "S6"},
                      Control{"renewals_alone", coming_back, Broken::recover_done_alone, "S5"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace twinlease::explore
