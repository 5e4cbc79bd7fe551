#include "model/lease/pool_balance.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace twinlease::model {
namespace {

bool takes_part(const PoolAddress& address) {
  return is_available(address.status) && !address.reserved;
}

bool secondarys(const PoolAddress& address) {
  return address.moving == Moving::no ? address.status == BindingStatus::backup
                                      : address.moving == Moving::to_secondary;
}

// 0: of the server that is to have it; 1: of nobody; 2: of the server that is to give it up.
int rank(const PoolAddress& address, bool to_secondary, const HashBucketAssignment& hba) {
  if (!address.last_bucket) return 1;
  return secondary_serves(hba, *address.last_bucket) == to_secondary ? 0 : 2;
}

bool looks(const PoolTimes& times, Role role) {
  return times.role == role && times.state == State::normal && times.communications_ok;
}

}  // namespace

PoolCount count(std::span<const PoolAddress> pool) {
  PoolCount found;
  for (const PoolAddress& address : pool)
    if (takes_part(address)) ++(secondarys(address) ? found.secondary : found.primary);
  return found;
}

int secondary_target(int available, int percent) {
  const int share = available * percent / 100;
  return percent == 0 || available < 2 ? share : std::max(share, 1);  // rounded down, it leaves one behind
}

int owed_on_poolreq(const PoolCount& pool, int percent) {
  return std::max(0, secondary_target(pool.available(), percent) - pool.secondary);
}

int owed_on_change(const PoolCount& pool, int percent, int threshold_percent, bool dynamic_bootp_pool) {
  const int target = secondary_target(pool.available(), percent);
  const int owed = target - pool.secondary;
  if (owed < 0 && dynamic_bootp_pool) return 0;
  const bool empty = (owed > 0 && pool.secondary == 0) || (owed < 0 && pool.primary == 0);
  const bool beyond = std::abs(owed) * 100 > pool.available() * threshold_percent;
  return empty || beyond ? owed : 0;
}

std::vector<std::size_t> chosen(std::span<const PoolAddress> pool, int owed,
                                const HashBucketAssignment* hba) {
  const bool to_secondary = owed > 0;
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < pool.size(); ++place) {
    const PoolAddress& address = pool[place];
    if (takes_part(address) && address.moving == Moving::no && secondarys(address) != to_secondary)
      places.push_back(place);
  }
  if (hba)
    std::ranges::sort(places, {}, [&](std::size_t place) {
      return std::pair(rank(pool[place], to_secondary, *hba), place);
    });
  places.resize(std::min(places.size(), static_cast<std::size_t>(std::abs(owed))));
  return places;
}

std::optional<Seconds> poolreq_due(PoolTrigger trigger, const PoolTimes& times) {
  if (trigger == PoolTrigger::timer || !looks(times, Role::secondary)) return std::nullopt;
  if (!times.last) return times.normal_since;
  return *times.last +
         (times.more_may_come ? std::min(times.least_between_requests, times.period) : times.period);
}

std::optional<Seconds> balancing_due(PoolTrigger trigger, const PoolTimes& times,
                                     std::optional<Seconds> changed) {
  if (!looks(times, Role::primary)) return std::nullopt;
  if (trigger == PoolTrigger::request_or_change) return changed;
  return times.last.value_or(times.normal_since) + times.period;
}

}  // namespace twinlease::model
