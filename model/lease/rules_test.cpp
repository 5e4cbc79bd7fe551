#include "model/lease/rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace twinlease::model {
namespace {

constexpr Seconds kHour = 3600, kDay = 24 * kHour, kMclt = kHour;

TEST(LeaseRules, DifferInWhatTheyName) {
  EXPECT_EQ(&lease_rules(Profile::draft), &kDraftRules);
  EXPECT_EQ(&lease_rules(Profile::windows), &kWindowsRules);
  EXPECT_NE(kDraftRules.potential_expiration, kWindowsRules.potential_expiration);
  EXPECT_NE(kDraftRules.interrupted_renewal, kWindowsRules.interrupted_renewal);
  EXPECT_NE(kDraftRules.request_id, kWindowsRules.request_id);
  EXPECT_NE(kDraftRules.pool_share, kWindowsRules.pool_share);
  EXPECT_NE(kDraftRules.pool_trigger, kWindowsRules.pool_trigger);
  EXPECT_NE(kDraftRules.partner_down, kWindowsRules.partner_down);
  EXPECT_EQ(kIscRules.pool_share(Sharing{.primary_percent = 100}), 50);
  EXPECT_EQ(kIscRules.request_id, kDraftRules.request_id);
}

// Of every state and message: the draft's own rules change nothing, and Windows's only a limit.
TEST(LeaseRules, ChangeNoServiceButItsLimit) {
  int limits = 0;
  for (int s = 0; s < kStates; ++s)
    for (int m = 0; m < kClientMessages; ++m) {
      const auto state = static_cast<State>(s);
      const auto message = static_cast<ClientMessage>(m);
      const Service table = service(state, message);
      EXPECT_EQ(service(kDraftRules, state, message), table);
      Service windows = service(kWindowsRules, state, message);
      if (windows.lease_limit == table.lease_limit) {
        EXPECT_EQ(windows, table);
        continue;
      }
      const bool alone = state == State::partner_down;
      EXPECT_EQ(windows.lease_limit, alone ? LeaseLimit::full_length : LeaseLimit::mclt_from_now);
      EXPECT_TRUE(alone || windows.allocate_from == AllocateFrom::existing_only);
      EXPECT_FALSE(windows.renewal_may_exceed);  // A-07 is about a ceiling that is not used then
      windows.lease_limit = table.lease_limit;
      windows.renewal_may_exceed = table.renewal_may_exceed;
      EXPECT_EQ(windows, table);
      ++limits;
    }
  EXPECT_EQ(limits, 2 * 3 + 5);  // three renewals in two states; two new leases and three renewals in one
}

// The lengths of the leases that a client gets which renews at half time while every update is acknowledged.
std::vector<Seconds> lengths(PotentialExpiration potential, Seconds desired, std::size_t leases) {
  std::vector<Seconds> out;
  Binding binding;
  for (Seconds now = 1'000'000; out.size() < leases; now += out.back() / 2) {
    const Seconds end = *lease_end(LeaseLimit::mclt_bound, binding, now, kMclt, desired);
    binding.lease_expiration = end;
    binding.acked_potential = std::max(binding.acked_potential, potential(now, end, desired));
    out.push_back(end - now);
  }
  return out;
}

TEST(LeaseRules, LeasesGrowAsTheProfileSays) {  // C1
  EXPECT_EQ(lengths(kDraftRules.potential_expiration, 8 * kDay, 3),
            (std::vector<Seconds>{kMclt, 8 * kDay, 8 * kDay}));
  const std::vector<Seconds> windows = lengths(kWindowsRules.potential_expiration, 8 * kDay, 193);
  for (std::size_t i = 0; i < windows.size(); ++i)
    EXPECT_EQ(windows[i], std::min<Seconds>(8 * kDay, static_cast<Seconds>(i + 1) * kMclt)) << i;
  const std::vector<Seconds> least = lengths(lease_only_potential_expiration, 8 * kDay, 40);
  EXPECT_EQ(least[1], kMclt + kMclt / 2);
  EXPECT_EQ(least[2], kMclt + kMclt * 3 / 4);
  for (Seconds length : least) EXPECT_LE(length, 2 * kMclt);
}

struct Case {
  Binding binding;
  Seconds now, mclt, desired;
};

Case any_case() {
  const auto time = rc::gen::oneOf(rc::gen::just<Seconds>(0), rc::gen::inRange<Seconds>(0, 40'000));
  Case c{.binding = {}, .now = *rc::gen::inRange<Seconds>(0, 40'000), .mclt = 0, .desired = 0};
  c.mclt = *rc::gen::inRange<Seconds>(1, 10'000);
  c.desired = *rc::gen::inRange<Seconds>(1, 30'000);
  c.binding.status = BindingStatus::active;
  c.binding.lease_expiration = *time;
  c.binding.sent_potential = *time;
  c.binding.acked_potential = *time;
  c.binding.received_potential = *time;
  c.binding.partner_has_expiration = *rc::gen::arbitrary<bool>();
  return c;
}

RC_GTEST_PROP(LeaseRulesProperty, ABoundLeaseStaysBelowTheCeilingAndNeverBelowTheMclt, ()) {
  const Case c = any_case();
  const Seconds ceiling = lease_ceiling(c.binding, c.now, c.mclt);
  for (const LeaseRules& rules : {kDraftRules, kWindowsRules})
    for (int s = 0; s < kStates; ++s)
      for (int m = 0; m < kClientMessages; ++m) {
        const auto state = static_cast<State>(s);
        const Service what = service(rules, state, static_cast<ClientMessage>(m));
        const auto end = lease_end(what.lease_limit, c.binding, c.now, c.mclt, c.desired);
        RC_ASSERT(end.has_value() == (what.lease_limit != LeaseLimit::none));
        if (!end) continue;
        RC_ASSERT(*end <= c.now + c.desired);
        RC_ASSERT(*end >= c.now + std::min(c.desired, c.mclt));
        if (state != State::partner_down) RC_ASSERT(*end <= ceiling);  // S2
      }
}

RC_GTEST_PROP(LeaseRulesProperty, TheDraftsLimitIsTheWidestOfTheBound, ()) {  // C2
  const Case c = any_case();
  const Seconds bound = *lease_end(LeaseLimit::mclt_bound, c.binding, c.now, c.mclt, c.desired);
  RC_ASSERT(bound == std::min(c.now + c.desired, lease_ceiling(c.binding, c.now, c.mclt)));
  RC_ASSERT(*lease_end(LeaseLimit::mclt_from_now, c.binding, c.now, c.mclt, c.desired) <= bound);
}

// FO-9.8.3-04, and what the profile asks for it gets: the lease that the client renews at half time is as
// long as the profile means it to be.
RC_GTEST_PROP(LeaseRulesProperty, ThePotentialExpirationCoversTheNextLease, ()) {
  Case c = any_case();
  const Seconds end = *lease_end(LeaseLimit::mclt_bound, c.binding, c.now, c.mclt, c.desired);
  const Seconds length = end - c.now, renewal = c.now + length / 2;
  for (const LeaseRules& rules : {kDraftRules, kWindowsRules}) {
    const Seconds potential = rules.potential_expiration(c.now, end, c.desired);
    RC_ASSERT(potential >= least_potential_expiration(end));
    Binding acked = c.binding;
    acked.lease_expiration = end;
    acked.acked_potential = std::max(acked.acked_potential, potential);
    const Seconds next = *lease_end(LeaseLimit::mclt_bound, acked, renewal, c.mclt, c.desired) - renewal;
    RC_ASSERT(next >= std::min(c.desired, length + c.mclt));
    if (rules.potential_expiration == usual_potential_expiration) RC_ASSERT(next == c.desired);
  }
}

// 7.1.5: the time sent covers the lease, never falls, and grows only for a lease that runs.
RC_GTEST_PROP(LeaseRulesProperty, TheTimeSentCoversTheLeaseAndNeverFalls, ()) {
  const Case c = any_case();
  for (const LeaseRules& rules : {kDraftRules, kWindowsRules}) {
    const Seconds sent = potential_to_send(rules.potential_expiration, c.binding, c.now, c.desired);
    const Seconds least = std::max(c.binding.sent_potential, c.binding.lease_expiration);
    RC_ASSERT(sent >= least);
    if (c.binding.lease_expiration <= c.now) RC_ASSERT(sent == least);
    Binding again = c.binding;
    again.sent_potential = sent;
    RC_ASSERT(potential_to_send(rules.potential_expiration, again, c.now, c.desired) == sent);
    const bool draft = rules.potential_expiration == usual_potential_expiration;
    const Seconds runs = c.binding.lease_expiration - c.now;
    if (draft && runs > 0) RC_ASSERT(sent >= c.now + runs / 2 + c.desired);  // FO-5.2.1-12
  }
}

}  // namespace
}  // namespace twinlease::model
