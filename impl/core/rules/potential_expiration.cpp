#include <algorithm>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

Seconds potential_expiration(const Standing& standing, const LeaseQuestion& question, std::int64_t lease_s) {
  const std::int64_t renewal_s = lease_s / 2;  // T1, as 5.2.1 assumes
  // Nothing is sent while nobody is there, and a time that was never sent must not prolong the wait of 9.4.2:
  // whoever sends it later asks again.
  const std::int64_t ahead_s = standing.config && standing.communications_ok
                                   ? std::max(lease_s, renewal_s + question.desired_s)
                                   : lease_s;
  // The latest sent stays what counts while the binding lasts (7.1.5).
  const Seconds before_s =
      continues_binding(*question.lease, *question.client) ? question.lease->potential_expiration_sent_s : 0;
  return std::max(before_s, question.now_s + ahead_s);
}

}  // namespace twinlease::core::rules
