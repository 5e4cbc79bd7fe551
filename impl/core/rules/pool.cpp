#include <algorithm>
#include <cstdlib>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core::rules {

namespace {

// How many of the available addresses are to be the secondary's (5.4, C9).
std::int64_t share_of_secondary(const RelationshipConfig& config, std::int64_t available) {
  if (config.even_pools) return available / 2;
  const bool primary = config.role == Role::primary;
  if (config.mode == Mode::load_balance) {
    const int primary_percent = primary ? config.local_share_percent : 100 - config.local_share_percent;
    return available * (100 - primary_percent) / 100;
  }
  // Rounded up, so that a small scope has a reserve, too; the last address is the active server's.
  std::int64_t reserve = (available * config.reserve_percent + 99) / 100;
  if (config.reserve_percent < 100) reserve = std::min(reserve, std::max<std::int64_t>(0, available - 1));
  return primary == config.active ? reserve : available - reserve;
}

// What the secondary has too few (positive) or too many (negative); 0 while it is not worth a message: up to
// a tenth of the smaller part and at least one, or every lease would move an address (5.4). A server that is
// to have some and has none is always worth it.
std::int64_t imbalance(const RelationshipConfig& config, std::int64_t available, std::int64_t of_secondary) {
  const std::int64_t target = share_of_secondary(config, available);
  const std::int64_t smaller = std::min(target, available - target);
  const std::int64_t threshold = smaller == 0 ? 0 : std::max<std::int64_t>(1, smaller / 10);
  const std::int64_t missing = target - of_secondary;
  const bool one_is_empty = of_secondary == 0 || of_secondary == available;
  return one_is_empty || std::abs(missing) > threshold ? missing : 0;
}

}  // namespace

std::int64_t pool_transfer(const Standing& standing, const PoolCounts& counts) {
  if (!standing.config) return 0;
  return imbalance(*standing.config, counts.own + counts.partner, counts.partner);
}

bool pool_request(const Standing& standing, const PoolCounts& counts) {
  return standing.config && imbalance(*standing.config, counts.own + counts.partner, counts.own) > 0;
}

}  // namespace twinlease::core::rules
