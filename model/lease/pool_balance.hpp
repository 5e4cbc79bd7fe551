// How the available addresses of a pool are divided between the two servers (5.4, 7.6, 7.7).
//
// 1. Only available addresses count. One that is on its way counts for the server that is to have it, or the
//    primary would send it again with every look at the pool.
// 2. A reserved address is available to both servers and takes no part.
// 3. An address is sent on its way only from a server that has it, and once.
// 4. What is owed is given at once, so that the next POOLREQ is owed nothing, and asking ends.
//
// A pool here is all addresses of one kind on one segment; each is balanced by itself (FO-7.6.2-07).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/lease/binding.hpp"
#include "model/lease/load_balance.hpp"
#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

// How a relationship is configured to divide its work. Percentages are 0 to 100.
struct Sharing {
  bool hot_standby = false;
  int primary_percent = 50;           // load balancing: of the clients (C8)
  Role standby = Role::secondary;     // hot standby: who waits (C17),
  int reserve_percent = 5;            // and what part of the addresses it holds
  std::optional<int> pool_percent{};  // the secondary's part of the pools, where it is configured by itself
};

// What percentage of the available addresses is to be the secondary's: one of the three below. FO-5.4-07, C9
using PoolShare = int (*)(const Sharing&);

// The pools go with the clients, or the standby holds its reserve.
constexpr int share_of_mode(const Sharing& sharing) {
  if (!sharing.hot_standby) return 100 - sharing.primary_percent;
  return sharing.standby == Role::secondary ? sharing.reserve_percent : 100 - sharing.reserve_percent;
}
// The draft's "configured ratio", which need not be that of the clients.
constexpr int configured_share(const Sharing& sharing) {
  return sharing.pool_percent.value_or(share_of_mode(sharing));
}
// Half and half, whatever is configured: dialect isc.
constexpr int even_share(const Sharing&) {
  return 50;
}

enum class Moving : std::uint8_t { no, to_secondary, to_primary };

// An address in the primary's record. While it moves either way its status is BACKUP.
struct PoolAddress {
  BindingStatus status = BindingStatus::free;
  Moving moving = Moving::no;  // BNDUPD(BACKUP) or BNDUPD(FREE) was sent, and no BNDACK came yet
  bool reserved = false;
  std::optional<std::uint8_t> last_bucket{};  // hash bucket of its most recent client
  friend constexpr bool operator==(const PoolAddress&, const PoolAddress&) = default;
};

struct PoolCount {
  int primary = 0, secondary = 0;
  constexpr int available() const { return primary + secondary; }
  friend constexpr bool operator==(const PoolCount&, const PoolCount&) = default;
};
PoolCount count(std::span<const PoolAddress>);

// How many of the available addresses are to be the secondary's. What the division leaves over stays with the
// primary, which owns all addresses at first (FO-5.4-02); but no server with a share goes without any as long
// as there is more than one. D-30
int secondary_target(int available, int percent);

// How many addresses the primary gives to the secondary that asks: all that it is owed, and it takes nothing
// back. FO-5.4-04, FO-7.6.2-01. POOLRESP has the number of those that chosen() found (FO-7.6.2-03).
int owed_on_poolreq(const PoolCount&, int percent);

// How many the primary gives, or takes back if it is negative, when it looks at a pool by itself: none as
// long as no more than `threshold_percent` of the available addresses are with the wrong server, unless a
// server that has none is owed some. FO-5.4-06, FO-5.4-07, FO-5.4-08; D-30. In a pool of dynamic BOOTP it
// takes nothing back: what it once gave there it never uses. FO-5.14-05.
int owed_on_change(const PoolCount&, int percent, int threshold_percent, bool dynamic_bootp_pool = false);

// Which addresses: places in the pool, at most as many as `owed` says. To the secondary go first those whose
// last client it serves, and last those whose last client the primary serves; back to the primary the other
// way round (FO-5.4-12, FO-5.4-13). Without load balancing there is no assignment, and none is preferred.
std::vector<std::size_t> chosen(std::span<const PoolAddress>, int owed, const HashBucketAssignment*);

// What makes the primary look at its pools. A-47
enum class PoolTrigger : std::uint8_t {
  request_or_change,  // POOLREQ, and every change of a number: FO-5.4-04, FO-5.4-06
  timer,              // neither: MS-3.2.2.1-01, MS-3.2.5.2-01, MS-3.2.6-01
};

// When a server looks at the balance of its pools by itself, while it is in NORMAL. Times in seconds.
struct PoolTimes {
  Role role = Role::primary;
  State state = State::normal;
  bool communications_ok = true;
  Seconds normal_since = 0;             // entry into NORMAL
  std::optional<Seconds> last{};        // of POOLREQ, or of balancing by the timer, since then
  bool more_may_come = false;           // the last POOLRESP had addresses-transferred other than 0
  Seconds period = 300;                 // between two of them,
  Seconds least_between_requests = 60;  // and where more may come
};

// From when the secondary is to send its next POOLREQ; nothing if it is not to send any. On entry to NORMAL,
// periodically, and sooner after a POOLRESP that gave something, but never without a pause. FO-7.6-01,
// FO-7.6-02, FO-7.6-03, FO-7.7.2-01, FO-9.8.1-02, A-47.
std::optional<Seconds> poolreq_due(PoolTrigger, const PoolTimes&);

// From when the primary is to balance its pools without being asked; nothing if it is not to.
// `changed`: when a number of available addresses changed that it has not looked at since.
std::optional<Seconds> balancing_due(PoolTrigger, const PoolTimes&, std::optional<Seconds> changed);

}  // namespace twinlease::model
