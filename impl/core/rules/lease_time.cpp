#include <algorithm>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

namespace {

// how long a lease may be at most, so that its end is not more than MCLT beyond what the partner knows.
std::int64_t ceiling(const Standing& standing, const LeaseQuestion& question) {
  Seconds known_s = question.now_s;
  // Of another client's binding nothing counts.
  if (continues_binding(*question.lease, *question.client))
    known_s = std::max({known_s, question.lease->potential_expiration_acked_s,
                        question.lease->potential_expiration_received_s});
  return known_s - question.now_s + standing.mclt_s;
}

// 9.4.2 leaves the choice. Once a partner is there again to be told, what it was not told in time could be
// given away by it: the bound holds again.
bool free_choice(const Standing& standing) {
  return standing.state == State::partner_down && !standing.communications_ok &&
         standing.config->full_lease_in_partner_down;
}

}  // namespace

std::int64_t longest_lease(const Standing& standing, const LeaseQuestion& question) {
  if (!standing.config || free_choice(standing)) return question.desired_s;
  return std::min(question.desired_s, ceiling(standing, question));
}

std::int64_t longest_lease_windows(const Standing& standing, const LeaseQuestion& question) {
  const std::int64_t longest = longest_lease(standing, question);
  if (!standing.config || standing.communications_ok || standing.state == State::partner_down) return longest;
  return std::min<std::int64_t>(longest, standing.mclt_s);
}

}  // namespace twinlease::core::rules
