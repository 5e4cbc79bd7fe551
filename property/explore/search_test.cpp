// The exploration finds what is broken, and only that.
#include "property/explore/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
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

  explicit Explored(const Scope& of, unsigned threads = 2) : scope(of) {
    if (threads == 1) store = std::make_unique<Store>(1);
    Limits limits;
    limits.threads = threads;
    limits.until_finding = true;
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
  const Liveness live = liveness(explored.scope, *explored.store, 2);
  EXPECT_GT(live.service.reached, 0u);
  EXPECT_EQ(live.service.stuck, 0u) << ladder(
      run_to(explored.scope, *explored.store, live.service.nearest.value_or(kNobody)));
  EXPECT_GT(live.pools.reached, 0u);
  EXPECT_EQ(live.pools.stuck, 0u) << ladder(
      run_to(explored.scope, *explored.store, live.pools.nearest.value_or(kNobody)));
}

// What becomes of a reading and of a limit.

TEST(SearchTest, WhatDoesNotFitIntoTheMemoryIsNotComplete) {
  const Scope scope = *find_scope("small");
  Store store;
  Limits limits;
  limits.octets = store.octets() + (4 << 20);
  const Result result = search(scope, store, limits);
  EXPECT_TRUE(result.too_large);
  EXPECT_FALSE(result.complete);
  EXPECT_FALSE(result.whole());
  EXPECT_LT(result.octets, 2 * limits.octets);
}

TEST(SearchTest, OneThreadAndManySeeTheSame) {
  Scope scope = *find_scope("small");
  scope.crashes = 0;
  Store one(1), many(64);
  Limits limits;
  limits.threads = 1;
  const Result first = search(scope, one, limits);
  limits.threads = 3;
  const Result second = search(scope, many, limits);
  EXPECT_EQ(first.states, second.states);
  EXPECT_EQ(first.transitions, second.transitions);
  EXPECT_EQ(first.depth, second.depth);
  EXPECT_EQ(first.rows, second.rows);
}

// By the wide reading of A-07 the renewals of a client outgrow what the partner was told.
TEST(SearchTest, OneInvariantAloneCanBeLookedFor) {
  Scope scope = *find_scope("ceiling");
  scope.broken.add(*model::explore::find_reading("A-07=wide"));
  Store store(1);
  Limits limits;
  limits.threads = 1;
  limits.until_finding = true;
  limits.looks_for = 1;
  ASSERT_EQ(model::explore::invariants()[0].id, "S1");
  const Result result = search(scope, store, limits);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].id, "S1");
}

struct Control {
  Broken rule;
  std::string_view invariant;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class NegativeControlTest : public ::testing::TestWithParam<Control> {};

// property/scripts/RULE.fo is what `twinlease explore --broken RULE --fo FILE` writes.
TEST_P(NegativeControlTest, ABrokenRuleBreaksItsInvariantAsTheScriptHasIt) {
  const Control& control = GetParam();
  Scope scope = *find_scope("small");
  scope.broken.add(control.rule);
  const Explored explored(scope, 1);
  ASSERT_FALSE(explored.result.findings.empty()) << explored.result.states << " states";
  const Finding& first = explored.result.findings.front();
  EXPECT_EQ(first.id, control.invariant);
  const std::string path = std::string(TWINLEASE_SOURCE_DIR) + "/property/scripts/" +
                           std::string(model::explore::to_string(control.rule)) + ".fo";
  EXPECT_EQ(script(explored.scope, first, run_to(explored.scope, *explored.store, first)), read_file(path))
      << path;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, NegativeControlTest,
    ::testing::Values(Control{Broken::ceiling_always, "S2"}, Control{Broken::times_kept, "S2"},
                      Control{Broken::partner_pool_interrupted, "S7"},
                      Control{Broken::partner_pool_after_mclt, "S7"},
                      Control{Broken::no_partner_down_wait, "S9"},
                      Control{Broken::wait_from_lease_only, "S9"},
                      Control{Broken::bndack_before_commit, "S1"},
                      Control{Broken::dhcpack_before_commit, "S5"}, Control{Broken::own_mclt, "S23"},
                      Control{Broken::renews_unbound, "S2"}, Control{Broken::crossing_by_letter, "S1"},
                      Control{Broken::expires_late, "S5"}, Control{Broken::normal_before_told, "S1"}),
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

Packed piece(std::uint64_t number) {
  Packed packed;
  for (std::uint64_t word = 0; word <= number % 5; ++word) packed.push(number * word + number);
  return packed;
}

TEST(DictionaryTest, EveryPieceHasOneNumberWhoeverBringsIt) {
  Dictionary dictionary;
  constexpr std::uint64_t kCount = 50'000;
  std::array<std::vector<Dictionary::Number>, 4> given;
  {
    std::vector<std::jthread> threads;
    for (auto& numbers : given)
      threads.emplace_back([&] {
        for (std::uint64_t at = 0; at < kCount; ++at) numbers.push_back(dictionary.intern(piece(at)));
      });
  }
  EXPECT_EQ(dictionary.size(), kCount);
  for (std::uint64_t at = 0; at < kCount; ++at) {
    for (const auto& numbers : given) ASSERT_EQ(numbers[at], given[0][at]);
    ASSERT_TRUE(dictionary.read(given[0][at]) == piece(at));
    ASSERT_EQ(dictionary.find(piece(at)), given[0][at]);
  }
  EXPECT_EQ(dictionary.find(piece(kCount)), std::nullopt);
}

class StoreTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(StoreTest, TellsKeysApartAndFindsThemAgain) {
  Store store(GetParam());
  constexpr std::uint32_t kCount = 100'000;
  const auto key = [](std::uint32_t at) { return Key{at % 7, at, at * at}; };
  {
    std::vector<std::jthread> threads;
    for (int copy = 0; copy < 4; ++copy)  // each brings all of them: the same parent for the same key
      threads.emplace_back([&] {
        Store::Batches batches(store);
        for (std::uint32_t at = 0; at < kCount; ++at) batches.add(key(at), at + 1);
        batches.flush();
      });
  }
  EXPECT_EQ(store.size(), kCount);
  for (std::uint32_t at = 0; at < kCount; ++at) {
    const auto handle = store.find(key(at));
    ASSERT_TRUE(handle.has_value());
    EXPECT_EQ(store.key(*handle), key(at));
    EXPECT_EQ(store.parent(*handle), at + 1);
  }
  EXPECT_EQ(store.find(Key{7, 1, 1}), std::nullopt);
  EXPECT_GT(store.octets(), kCount * sizeof(Key));
}

INSTANTIATE_TEST_SUITE_P(Shards, StoreTest, ::testing::Values(1, 64));

}  // namespace
}  // namespace twinlease::explore
