#include "model/lease/lease_time.hpp"

#include <gtest/gtest.h>

namespace twinlease::model {
namespace {

constexpr Seconds kMclt = 3600;

TEST(LeaseCeiling, ANewClientGetsTheMcltAtMost) {  // FO-5.2.1-10
  EXPECT_EQ(lease_ceiling(Binding{}, 1000, kMclt), 1000 + kMclt);
}

TEST(LeaseCeiling, IsWhatThePartnerKnowsAndTheMclt) {  // FO-7.1.5-06, A-06
  Binding binding;
  binding.sent_potential = 90000;  // not acknowledged: it does not count
  EXPECT_EQ(lease_ceiling(binding, 1000, kMclt), 1000 + kMclt);
  binding.acked_potential = 5000;
  EXPECT_EQ(lease_ceiling(binding, 1000, kMclt), 5000 + kMclt);
  binding.received_potential = 7000;
  EXPECT_EQ(lease_ceiling(binding, 1000, kMclt), 7000 + kMclt);
  EXPECT_EQ(lease_ceiling(binding, 8000, kMclt), 8000 + kMclt);
}

TEST(LeaseCeiling, OurOwnPromiseCountsOnceThePartnerHasIt) {
  Binding binding;
  binding.lease_expiration = 4600;
  EXPECT_EQ(lease_ceiling(binding, 1000, kMclt), 1000 + kMclt);
  EXPECT_EQ(lease_ceiling(binding, 1000, kMclt, CeilingReading::always), 4600 + kMclt);
  binding.partner_has_expiration = true;
  EXPECT_EQ(lease_ceiling(binding, 1000, kMclt), 4600 + kMclt);
}

TEST(LeaseCeiling, TheWideReadingRunsAway) {  // why A-07 always is unsafe
  Binding binding;
  for (Seconds now = 0; now < 5 * kMclt; now += kMclt / 2)
    binding.lease_expiration = lease_ceiling(binding, now, kMclt, CeilingReading::always);
  EXPECT_GT(binding.lease_expiration, 5 * kMclt + kMclt);
}

TEST(PotentialExpiration, CoversTheRenewalOfTheDesiredTime) {  // Figure 5.2.1-1
  const Seconds day = 86400;
  EXPECT_EQ(usual_potential_expiration(0, kMclt, 3 * day), kMclt / 2 + 3 * day);
  EXPECT_EQ(usual_potential_expiration(0, 10 * day, 0), 10 * day);
  EXPECT_EQ(least_potential_expiration(77), 77);
}

}  // namespace
}  // namespace twinlease::model
