#include "model/lease/lease_time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>
#include <vector>

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

Binding with_times(Seconds lease, Seconds sent, Seconds acked, Seconds received, bool partner_has) {
  Binding binding;
  binding.status = BindingStatus::active;
  binding.lease_expiration = lease;
  binding.sent_potential = sent;
  binding.acked_potential = acked;
  binding.received_potential = received;
  binding.partner_has_expiration = partner_has;
  return binding;
}

// word by word: one of the times that count and MCLT, and no less than with any of them.
RC_GTEST_PROP(LeaseCeilingProperty, IsTheLatestOfTheTimesThatCountAndTheMclt,
              (std::uint16_t now, std::uint16_t mclt, std::uint16_t lease, std::uint16_t sent,
               std::uint16_t acked, std::uint16_t received, bool partner_has)) {
  const Binding binding = with_times(lease, sent, acked, received, partner_has);
  std::vector<Seconds> counts = {now, acked, received};
  if (partner_has) counts.push_back(lease);
  const Seconds ceiling = lease_ceiling(binding, now, mclt);
  for (Seconds time : counts) RC_ASSERT(ceiling >= time + mclt);
  RC_ASSERT(std::ranges::find(counts, ceiling - mclt) != counts.end());
  RC_ASSERT(lease_ceiling(binding, now, mclt, CeilingReading::always) ==
            std::max<Seconds>(ceiling, Seconds{lease} + mclt));
}

// The fundamental relation of 5.2.1, over any history of one lease: what the client has never ends later than
// MCLT after the moment it was given or the latest time that the partner acknowledged or told. FO-5.2.1-01,
// S2
RC_GTEST_PROP(LeaseCeilingProperty, BoundsEveryLeaseOfAHistory,
              (const std::vector<std::pair<std::uint8_t, std::uint16_t>>& steps)) {
  Binding binding;
  Seconds now = 1000, known = 0;  // the latest time that the partner knows: told here apart from the binding
  for (const auto& [what, amount] : steps) {
    const Seconds time = now + amount;
    switch (what % 5) {
      case 0: now = time; break;
      case 1: {  // a lease for the client, told to nobody yet
        const Seconds desired = amount + 1;
        binding.lease_expiration = *lease_end(LeaseLimit::mclt_bound, binding, now, kMclt, desired);
        binding.partner_has_expiration = false;
        RC_ASSERT(binding.lease_expiration <= std::max(now, known) + kMclt);
        break;
      }
      case 2:  // a BNDUPD that is not acknowledged: nothing of it counts
        binding.sent_potential = std::max(binding.sent_potential,
                                          usual_potential_expiration(now, binding.lease_expiration, amount));
        break;
      case 3:  // and the BNDACK
        binding.acked_potential = std::max(binding.acked_potential, binding.sent_potential);
        known = std::max(known, binding.acked_potential);
        break;
      case 4:  // a BNDUPD of the partner's
        binding.received_potential = std::max(binding.received_potential, time);
        known = std::max(known, time);
        break;
    }
  }
}

}  // namespace
}  // namespace twinlease::model
