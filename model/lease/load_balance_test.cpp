#include "model/lease/load_balance.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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

TEST(HashBucketAssignment, OfEveryShareIsThatManyLeadingBucketsOfThePrimary) {  // C8
  for (int percent = 0; percent <= 100; ++percent) {
    const int primarys = buckets_of(percent);
    EXPECT_LE(100 * primarys, 256 * percent);
    EXPECT_LT(256 * percent, 100 * (primarys + 1));
    const HashBucketAssignment hba = bucket_assignment(primarys);
    for (int bucket = 0; bucket < kHashBuckets; ++bucket)
      EXPECT_EQ(secondary_serves(hba, static_cast<std::uint8_t>(bucket)), bucket >= primarys) << percent;
  }
  EXPECT_EQ(buckets_of(50), 128);
  EXPECT_EQ(buckets_of(70), 179);
  EXPECT_EQ(bucket_assignment(256), HashBucketAssignment{});  // all clients are the primary's: A-35
}

TEST(RequestId, IsTheClientIdentifierOrAlwaysTheHardwareAddress) {  // FO-9.8.2-03, C7
  const std::vector<std::uint8_t> id = octets("01aabbccddeeff"), chaddr = octets("aabbccddeeff");
  const auto bucket = [&](RequestIdFrom from, bool with_id) {
    return hash_bucket(request_id(from, with_id ? id : std::vector<std::uint8_t>{}, chaddr));
  };
  EXPECT_EQ(bucket(RequestIdFrom::client_identifier, true), 102);
  EXPECT_EQ(bucket(RequestIdFrom::client_identifier, false), 57);
  EXPECT_EQ(bucket(RequestIdFrom::chaddr, true), 57);
}

// From last to first, through a permutation: whatever octets follow, request ids of one length that differ in
// the first octet alone fall into 256 different buckets.
RC_GTEST_PROP(HashBucketProperty, TheFirstOctetAloneReachesEveryBucket, (std::vector<std::uint8_t> id)) {
  id.insert(id.begin(), 0);
  std::vector<bool> seen(kHashBuckets);
  for (int first = 0; first < kHashBuckets; ++first) {
    id[0] = static_cast<std::uint8_t>(first);
    RC_ASSERT(!seen[hash_bucket(id)]);
    seen[hash_bucket(id)] = true;
  }
}

}  // namespace
}  // namespace twinlease::model
