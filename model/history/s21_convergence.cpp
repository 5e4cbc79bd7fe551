// S21: with everything told and acknowledged, both servers hold the same status and client for each address.
//
// Judged on what each of them answered when all its bindings were asked for (Record). Left out: addresses
// about which the last BNDUPD was rejected or came after a record, ABANDONED ones, and leases that ended
// meanwhile.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Told {
  std::size_t event = 0;
  TimeMs time_ms = 0;
  Record record;
};

struct Both {
  std::array<std::optional<Told>, 2> by;  // by Server
  bool rejected = false;
};

// Does the lease of either record end in that span?
bool ends_within(const Record& p, const Record& s, TimeMs first_ms, TimeMs last_ms) noexcept {
  const auto within = [first_ms, last_ms](const Record& record) {
    const TimeMs end_ms = TimeMs{record.lease_expiration_s} * 1000;
    return record.lease_expiration_s != 0 && end_ms >= first_ms && end_ms <= last_ms;
  };
  return within(p) || within(s);
}

bool differ(const Record& a, const Record& b) noexcept {
  return a.status != b.status || (a.status == BindingStatus::active && a.client != b.client);
}

}  // namespace

Judgement convergence(const History& history, const Bounds& bounds) {
  std::map<Address, Both> addresses;
  TimeMs parted_ms = history.end_ms();  // when the servers last lost each other
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* record = as<Record>(event)) {
      addresses[record->address].by[static_cast<std::size_t>(record->server)] =
          Told{i, event.time_ms, *record};
    } else if (const auto* connection = as<Connection>(event)) {
      if (!connection->up) parted_ms = event.time_ms;
    } else if (const auto* update = as<Updated>(event)) {
      Both& both = addresses[update->address];
      both.rejected = false;
      both.by = {};  // what was told before is not what holds now
    } else if (const auto* ack = as<Acknowledged>(event)) {
      addresses[ack->address].rejected = ack->reject_reason.has_value();
    }
  }

  Judgement out;
  std::uint64_t active = 0;
  for (const auto& [address, both] : addresses) {
    if (both.rejected || !both.by[0] || !both.by[1]) continue;
    const Told& p = *both.by[0];
    const Told& s = *both.by[1];
    if (p.record.status == BindingStatus::abandoned || s.record.status == BindingStatus::abandoned) continue;
    const TimeMs last_told_ms = std::max(p.time_ms, s.time_ms);
    const TimeMs alone_ms = std::min({p.time_ms, s.time_ms, parted_ms});
    if (ends_within(p.record, s.record, alone_ms - bounds.settle_ms, last_told_ms + bounds.eps_ms)) continue;
    ++out.examined;
    active += p.record.status == BindingStatus::active ? 1 : 0;
    if (differ(p.record, s.record))
      out.findings.push_back(
          {"S21",
           std::max(p.time_ms, s.time_ms),
           address,
           {p.event, s.event},
           describe(history.events()[p.event]) + ", " + describe(history.events()[s.event])});
  }
  out.counts = {{"addresses that both servers told", out.examined}, {"ACTIVE at the primary", active}};
  return out;
}

}  // namespace twinlease::model::history
