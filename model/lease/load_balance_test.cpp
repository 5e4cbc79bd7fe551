#include "model/lease/load_balance.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace twinlease::model {
namespace {

std::vector<std::uint8_t> octets(const std::string& hex) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return out;
}

TEST(HashBucket, KnownRequestIds) {
  const std::vector<std::pair<std::string, int>> vectors = {
      {"020000000001", 133}, {"020000000002", 45}, {"aabbccddeeff", 57}, {"01aabbccddeeff", 102},
      {"00", 175},           {"ffffffffffff", 79}, {"ff00010203", 245},  {"0021000b", 72},
  };
  for (const auto& [id, bucket] : vectors) EXPECT_EQ(hash_bucket(octets(id)), bucket) << id;
}

// One octet v hashes to permutation[1 ^ v]: so the whole table can be read back through the hash.
TEST(HashBucket, AgreesWithTheTableInTheSpecification) {
  std::ifstream file(TWINLEASE_SOURCE_DIR "/model/spec/rfc3074-table.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line)) << "no table";
  int rows = 0;
  while (std::getline(file, line)) {
    const std::size_t comma = line.find(',');
    const int index = std::stoi(line.substr(0, comma));
    const int value = std::stoi(line.substr(comma + 1));
    const std::uint8_t octet[] = {static_cast<std::uint8_t>(index ^ 1)};
    EXPECT_EQ(hash_bucket(octet), value) << "index " << index;
    ++rows;
  }
  EXPECT_EQ(rows, 256);
}

TEST(HashBucketAssignment, BitsCountFromTheLeastSignificant) {
  HashBucketAssignment hba{};
  hba[0] = 0x01;
  hba[31] = 0x80;
  EXPECT_TRUE(secondary_serves(hba, 0));
  EXPECT_FALSE(secondary_serves(hba, 7));
  EXPECT_TRUE(secondary_serves(hba, 255));
  EXPECT_FALSE(secondary_serves(hba, 248));
}

}  // namespace
}  // namespace twinlease::model
