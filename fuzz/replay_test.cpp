// Every seed, corpus line and regression of every target, without a fuzzer: what a target holds, it holds of
// these in every build. Each input ends where an unreadable page begins.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "fuzz/seeds/seeds.hpp"
#include "fuzz/targets/target.hpp"
#include "impl/wire/testing/guarded.hpp"
#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::fuzz {

// The name of a parameter in the output of a test.
void PrintTo(const Target* target, std::ostream* out) {
  *out << target->name;
}

namespace {

namespace fs = std::filesystem;
const fs::path folder = TWINLEASE_SOURCE_DIR "/fuzz";

class Replay : public ::testing::TestWithParam<const Target*> {};

void replay(const Target& target, const Seeds& seeds) {
  for (const Seed& seed : seeds) {
    const wire::testing::Guarded guarded(seed.octets);
    EXPECT_EQ(target.check(guarded.octets()), "") << seed.name << ": " << wire::testing::hex_of(seed.octets);
  }
}

TEST_P(Replay, Encoded) {
  const Seeds seeds = encoded_seeds(GetParam()->name);
  EXPECT_FALSE(seeds.empty());
  replay(*GetParam(), seeds);
}

TEST_P(Replay, Captured) {
  replay(*GetParam(), captured_seeds(GetParam()->name, folder / "captures"));
}

TEST_P(Replay, Corpus) {
  replay(*GetParam(), corpus_seeds(GetParam()->name, folder));
}

TEST_P(Replay, Regressions) {
  const Seeds seeds = regressions(GetParam()->name, folder);
  EXPECT_FALSE(seeds.empty());
  replay(*GetParam(), seeds);
}

// Cut short anywhere, what was well-formed is still no more than an error.
TEST_P(Replay, EveryTruncationOfSomeSeeds) {
  const Seeds seeds = encoded_seeds(GetParam()->name);
  for (std::size_t i = 0; i < seeds.size(); i += 1 + seeds.size() / 16)
    for (std::size_t size = 0; size < seeds[i].octets.size(); ++size) {
      const wire::testing::Guarded guarded(Octets(seeds[i].octets).first(size));
      EXPECT_EQ(GetParam()->check(guarded.octets()), "") << seeds[i].name << " cut at " << size;
    }
}

TEST_P(Replay, NamesOfSeedsAreUnique) {
  std::set<std::string> names;
  for (const Seed& seed : all_seeds(GetParam()->name, folder))
    EXPECT_TRUE(names.insert(seed.name).second) << seed.name;
}

INSTANTIATE_TEST_SUITE_P(Targets, Replay, ::testing::ValuesIn(all_targets().begin(), all_targets().end()),
                         [](const auto& target) {
                           std::string name(target.param->name);
                           std::erase(name, '-');
                           return name;
                         });

// The dictionaries in the tree are those of the tables; twinlease-fuzz-seeds --dictionaries
// fuzz/dictionaries.
TEST(Dictionary, IsThatOfTheTables) {
  for (std::string_view name : {"failover", "dhcp4"}) {
    std::ifstream file(folder / "dictionaries" / (std::string(name) + ".dict"));
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), dictionary(name)) << name;
  }
}

// They are of TCP 647: messages, and no datagrams.
TEST(Captures, HaveMessagesOfMostTypes) {
  const Seeds seeds = captured_seeds(failover_message.name, folder / "captures");
  EXPECT_GT(seeds.size(), 100u);
  std::set<std::uint8_t> types;
  for (const Seed& seed : seeds) types.insert(seed.octets.at(2));
  EXPECT_GE(types.size(), 10u);
  EXPECT_FALSE(captured_seeds(framer.name, folder / "captures").empty());
}

// Every target has its row in the table that the command reads, and the other way round.
TEST(Targets, AreThoseOfTheTable) {
  std::ifstream file(folder / "targets.csv");
  std::string line;
  std::getline(file, line);
  std::set<std::string, std::less<>> rows, targets;
  while (std::getline(file, line)) rows.insert(line.substr(0, line.find(',')));
  for (const Target* target : all_targets()) targets.insert(std::string(target->name));
  EXPECT_EQ(rows, targets);
}

}  // namespace
}  // namespace twinlease::fuzz
