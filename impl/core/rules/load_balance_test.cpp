// RFC 3074, 12.11, C7, C8.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <vector>

#include "impl/core/rules/testing/standing.hpp"

namespace twinlease::core {
namespace {

using Octet = std::uint8_t;

TEST(Hash, KnownAnswers) {
  const struct {
    std::vector<Octet> octets;
    int bucket;
  } cases[] = {{{2, 0, 0, 0, 0, 1}, 133},
               {{2, 0, 0, 0, 0, 2}, 45},
               {{0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}, 57},
               {{0x01, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}, 102},
               {{0}, 175},
               {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 79},
               {{0xff, 0x00, 0x01, 0x02, 0x03}, 245},
               {{0x00, 0x21, 0x00, 0x0b}, 72},
               {{}, 0}};
  for (const auto& [octets, bucket] : cases) EXPECT_EQ(hash(octets), bucket);
}

// A permutation in every octet: of keys that differ in one octet, no two share a bucket.
RC_GTEST_PROP(Hash, OneOctetReachesEveryBucket, ()) {
  auto key = *rc::gen::nonEmpty<std::vector<Octet>>();
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, key.size());
  std::vector<bool> seen(256);
  for (int value = 0; value < 256; ++value) {
    key[at] = static_cast<Octet>(value);
    seen[hash(key)] = true;
  }
  RC_ASSERT(std::count(seen.begin(), seen.end(), true) == 256);
}

TEST(Bucket, OfTheIdentifierOrElseOfTheHardwareAddress) {
  Client client = testing::client(1);
  EXPECT_EQ(bucket(client, Profile::draft), 133);  // the hardware type is not hashed
  EXPECT_EQ(bucket(client, Profile::windows), 133);
  client.identifier = std::string("\0", 1);
  EXPECT_EQ(bucket(client, Profile::draft), 175);
  EXPECT_EQ(bucket(client, Profile::windows), 133);
}

int count(const std::array<Octet, 32>& buckets) {
  int ones = 0;
  for (Octet octet : buckets) ones += std::popcount(octet);
  return ones;
}

TEST(BucketsOf, SharesAreTheLeadingBuckets) {
  const struct {
    int percent, buckets;
  } cases[] = {{0, 0}, {1, 2}, {50, 128}, {70, 179}, {99, 253}, {100, 256}};
  for (const auto& [percent, buckets] : cases) {
    EXPECT_EQ(count(buckets_of(Role::primary, percent)), buckets);
    EXPECT_EQ(count(buckets_of(Role::secondary, 100 - percent)), 256 - buckets);
  }
  // 179 = 22 * 8 + 3: 0 to 178, counted from the least significant bit.
  const auto primary = buckets_of(Role::primary, 70);
  EXPECT_EQ(primary[21], 0xff);
  EXPECT_EQ(primary[22], 0x07);
  EXPECT_EQ(primary[23], 0x00);
}

RC_GTEST_PROP(BucketsOf, TheTwoServersShareAllBucketsAndNone, ()) {
  const int percent = *rc::gen::inRange(0, 101);
  const auto primary = buckets_of(Role::primary, percent);
  const auto secondary = buckets_of(Role::secondary, 100 - percent);
  for (std::size_t n = 0; n < primary.size(); ++n) RC_ASSERT((primary[n] ^ secondary[n]) == 0xff);
}

}  // namespace
}  // namespace twinlease::core
