// The decisions behind Rules, one file each: their contracts stand in impl/core/rules.hpp.
#pragma once

#include "impl/core/rules.hpp"

namespace twinlease::core::rules {

// service.cpp. profile: whose hash decides who serves a client (C7).
Answer service(const Standing&, const ClientQuestion&, Profile profile);

// load_balance.cpp: is the client one of this server's by bucket, or anybody's by secs? (5.3)
bool ours(const Standing&, const ClientQuestion&, Profile profile);

// lease_time.cpp
std::int64_t longest_lease(const Standing&, const LeaseQuestion&);
// C2: no more than MCLT while the partner is out of reach.
std::int64_t longest_lease_windows(const Standing&, const LeaseQuestion&);

// potential_expiration.cpp
Seconds potential_expiration(const Standing&, const LeaseQuestion&, std::int64_t lease_s);

// conflict.cpp, merge.cpp
UpdateAnswer judge_update(const Standing&, const UpdateQuestion&);
Lease merge(const Standing&, const UpdateQuestion&);

// allocation.cpp
Answer may_allocate(const Standing&, const LeaseQuestion&);
BindingStatus after_end(const Standing&, const Lease&, Seconds now_s);

// pool.cpp
std::int64_t pool_transfer(const Standing&, const PoolCounts&);
bool pool_request(const Standing&, const PoolCounts&);

}  // namespace twinlease::core::rules
