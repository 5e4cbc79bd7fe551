#include "impl/core/dhcp/ends.hpp"

#include <algorithm>

#include "impl/core/dhcp/note.hpp"

namespace twinlease::core {
namespace {

// A partner whose clock is a little behind would refuse the news of an end that has not come for it.
constexpr std::int64_t expiry_margin_s = 2;
constexpr std::size_t ends_at_once = 256;
constexpr std::size_t sweep_at_once = 4096;
constexpr Milliseconds sweep_pause_ms = 10;   // between two parts of a pass
constexpr Milliseconds sweep_soon_ms = 1000;  // between passes while something waits for its end
constexpr Milliseconds sweep_later_ms =
    10'000;  // and while only ABANDONED addresses do, or perhaps reserved ones

void move_to(Lease& lease, BindingStatus status, Seconds now_s) {
  lease.status = status;
  lease.start_time_of_state_s = now_s;
}

Audit audit(int id, const Lease& lease, std::string_view why) {
  return {.id = id,
          .address = lease.address,
          .client = in_hex(lease.client),
          .host_name = lease.details ? lease.details->host_name : std::string(),
          .reason = std::string(why)};
}

}  // namespace

// A release is a transaction of the client: without its time the partner takes RELEASED for old. In the
// second of the DHCPACK it has to be later than that, too (7.1.3 time(1)).
void Ends::release(Lease lease) {
  lease.client_last_transaction_s = std::max(ledger_.now().wall_s, lease.client_last_transaction_s + 1);
  end(lease, BindingStatus::released);
}

void Ends::abandon(const Lease& lease, std::string_view why) {
  const ScopeStanding at = standing_of_(*ledger_.book().scope_of(lease.address));
  Lease next = lease;
  move_to(next, BindingStatus::abandoned, ledger_.now().wall_s);
  next.client = {};
  next.details = nullptr;
  next.lease_expiration_s = 0;
  next.untold = at.shared();
  ledger_.write(next);
  ledger_.journal().tell(audit(13, lease, why));
  if (in_use_.due(ledger_.now().monotonic_ms))
    ledger_.journal().tell(
        Event{.id = EventId::address_in_use,
              .level = Level::warning,
              .text = dotted(lease.address) + " is in use and left alone: " + std::string(why)});
}

void Ends::end(Lease lease, BindingStatus status) {
  const ScopeIndex scope = *ledger_.book().scope_of(lease.address);
  const ScopeStanding at = standing_of_(scope);
  move_to(lease, status, ledger_.now().wall_s);
  lease.untold = at.shared();
  make_available(lease, scope, at);
  ledger_.write(lease);
}

// False: not yet.
bool Ends::make_available(Lease& lease, ScopeIndex scope, const ScopeStanding& at) const {
  const Seconds now_s = ledger_.now().wall_s;
  const std::int64_t grace_s = ledger_.config().scopes[scope].delete_grace_s;
  // Of a lease that ran out the grace was before the end (FO-5.11-14).
  if (lease.status == BindingStatus::released && now_s < lease.start_time_of_state_s + grace_s) return false;
  const BindingStatus next = at.rules->after_end(at.standing, lease, now_s);
  if (next == lease.status) return false;
  lease = made_available(lease, next, now_s);
  // The partner took the end for FREE; that it is BACKUP is news again.
  lease.untold = at.shared() && (lease.untold || next == BindingStatus::backup);
  return true;
}

void Ends::on_tick() {
  if (ledger_.journal().failing()) return;
  expire();
  if (ledger_.now().monotonic_ms >= sweep_due_ms()) sweep();
}

void Ends::expire() {
  for (const Ipv4 address : ledger_.book().expired(ledger_.now().wall_s - expiry_margin_s, ends_at_once)) {
    const Lease lease = *ledger_.book().find(address);
    ledger_.journal().tell(audit(17, lease, "the lease ran out (FO-5.11-20)"));
    end(lease, BindingStatus::expired);
  }
}

void Ends::sweep() {
  swept_ms_ = ledger_.now().monotonic_ms;
  const std::vector<Ipv4> part =
      ledger_.book().next(swept_, sweep_at_once, [](const Lease&) { return true; });
  for (const Ipv4 address : part) look_at(address);
  swept_ = part.size() < sweep_at_once ? std::nullopt : std::optional(part.back());
}

void Ends::look_at(Ipv4 address) {
  const Lease& now = *ledger_.book().find(address);
  const std::int64_t hold_s = ledger_.config().decline_hold_s;
  const Seconds now_s = ledger_.now().wall_s;
  const bool comes_back =
      now.status == BindingStatus::abandoned && hold_s != 0 && now_s >= now.start_time_of_state_s + hold_s;
  if (!comes_back && !now.ended()) return;
  const ScopeIndex scope = *ledger_.book().scope_of(address);
  const ScopeStanding at = standing_of_(scope);
  Lease lease = now;
  if (comes_back) {  // note 3 of Figure 5.11-1
    move_to(lease, BindingStatus::reset, now_s);
    lease.untold = at.shared();
  }
  if (make_available(lease, scope, at) || comes_back) ledger_.write(lease);
}

Milliseconds Ends::sweep_due_ms() const {
  if (swept_) return swept_ms_ + sweep_pause_ms;
  bool abandoned = any_reservation_;
  for (ScopeIndex scope = 0; scope < ledger_.config().scopes.size(); ++scope) {
    const Counts counts = ledger_.book().counts(scope);
    if (counts.expired + counts.released + counts.reset > 0) return swept_ms_ + sweep_soon_ms;
    abandoned = abandoned || counts.abandoned > 0;
  }
  return abandoned ? swept_ms_ + sweep_later_ms : never;
}

Milliseconds Ends::next_deadline() const {
  if (ledger_.journal().failing()) return never;  // until a batch is stored, and that is an input
  Milliseconds due_ms = sweep_due_ms();
  const Now now = ledger_.now();
  if (const auto expires_s = ledger_.book().next_expiration_s()) {
    const std::int64_t left_s = std::max<std::int64_t>(0, *expires_s + expiry_margin_s - now.wall_s);
    due_ms = std::min(due_ms, now.monotonic_ms + left_s * 1000);
  }
  return due_ms;
}

}  // namespace twinlease::core
