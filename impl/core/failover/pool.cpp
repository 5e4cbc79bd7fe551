#include "impl/core/failover/pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "impl/wire/typed.hpp"

namespace twinlease::core {

namespace {

constexpr Milliseconds period_ms = 15'000;        // between two looks at the balance (7.6)
constexpr Milliseconds ask_again_ms = 2'000;      // after a POOLRESP that brought something (7.7.2, A-47)
constexpr std::int64_t moved_at_once_max = 4096;  // addresses; the rest follows at the next look
constexpr std::size_t looked_at_min = 256;        // addresses searched for those of the right clients (5.4)

}  // namespace

struct Pool::Impl {
  Ledger& ledger;
  Outbox& outbox;
  const Standing& standing;
  const Rules& rules;
  const std::vector<ScopeIndex> scopes;
  std::optional<std::uint32_t> poolreq_xid = std::nullopt;  // unanswered
  Milliseconds next_ms = never;

  bool primary() const { return standing.config->role == Role::primary; }
  bool in_normal() const { return outbox.open() && standing.state == State::normal; }
  Milliseconds now_ms() const { return ledger.now().monotonic_ms; }

  PoolCounts counts_of(ScopeIndex scope) const {
    const Counts counts = ledger.book().counts(scope);
    const auto [own, partner] =
        primary() ? std::pair(counts.free, counts.backup) : std::pair(counts.backup, counts.free);
    return {own, partner, counts.addresses};
  }

  // 5.4: an address goes to the server that serves its last client.
  bool served_by(bool secondary, const Lease& lease) const {
    if (lease.client.none()) return false;
    const std::uint8_t b = bucket(lease.client, standing.config->profile);
    const bool mine = (standing.buckets[b / 8] >> (b % 8) & 1) != 0;
    return mine != secondary;  // asked at the primary only
  }

  // At most `count` addresses of that status, of the right clients first, longest in it first.
  std::vector<Ipv4> choose(ScopeIndex scope, BindingStatus status, std::size_t count) const {
    const bool to_secondary = status == BindingStatus::free;
    std::vector<Ipv4> right, others;
    ledger.book().first(scope, status, std::max(2 * count, looked_at_min), [&](const Lease& lease) {
      if (!lease.untold) (served_by(to_secondary, lease) ? right : others).push_back(lease.address);
      return right.size() == count;
    });
    right.insert(right.end(), others.begin(), others.end());
    right.resize(std::min(right.size(), count));
    return right;
  }

  // Moves what is out of balance in one scope; what it has on its way already is not moved back.
  // Returns how many became the secondary's.
  std::int64_t balance(ScopeIndex scope, std::int64_t most) {
    const std::int64_t wanted = rules.pool_transfer(standing, counts_of(scope));
    const auto [from, to] = wanted > 0 ? std::pair(BindingStatus::free, BindingStatus::backup)
                                       : std::pair(BindingStatus::backup, BindingStatus::free);
    const auto chosen = choose(scope, from, static_cast<std::size_t>(std::min(std::abs(wanted), most)));
    for (const Ipv4 address : chosen) {
      Lease lease = made_available(*ledger.book().find(address), to, ledger.now().wall_s);
      lease.untold = true;
      ledger.write(lease);
    }
    return wanted > 0 ? static_cast<std::int64_t>(chosen.size()) : 0;
  }

  std::int64_t balance_all() {
    std::int64_t to_secondary = 0;
    for (const ScopeIndex scope : scopes) to_secondary += balance(scope, moved_at_once_max - to_secondary);
    return to_secondary;
  }

  void ask() {
    if (poolreq_xid) return;
    const std::uint32_t xid = outbox.new_xid();
    if (outbox.send(wire::MessageType::poolreq, xid, [](wire::MessageWriter&) {})) poolreq_xid = xid;
  }

  bool short_of_addresses() const {
    return std::ranges::any_of(
        scopes, [this](ScopeIndex scope) { return rules.pool_request(standing, counts_of(scope)); });
  }

  void entered_normal() {
    if (primary())
      balance_all();
    else
      ask();
    next_ms = now_ms() + period_ms;
  }

  void on_poolreq(std::uint32_t xid) {
    if (!primary()) {  // 7.6.2
      ledger.journal().tell(Event{EventId::partner_protocol_error, Level::warning, standing.config->name,
                                  "POOLREQ from a primary server is ignored (7.6.2)."});
      return;
    }
    const auto transferred = static_cast<std::uint32_t>(in_normal() ? balance_all() : 0);
    outbox.send(wire::MessageType::poolresp, xid, [transferred](wire::MessageWriter& writer) {
      wire::write(writer, wire::PoolResp{transferred});
    });
  }

  void on_poolresp(std::uint32_t xid, std::uint32_t transferred) {
    if (poolreq_xid != xid) return;
    poolreq_xid.reset();
    if (transferred > 0 && in_normal()) next_ms = std::min(next_ms, now_ms() + ask_again_ms);
  }

  void on_tick() {
    if (now_ms() < next_ms) return;
    next_ms = now_ms() + period_ms;
    if (!in_normal()) return;
    if (primary())
      balance_all();
    else if (short_of_addresses())
      ask();
  }
};

Pool::Pool(Ledger& ledger, Outbox& outbox, const Standing& standing, const Rules& rules,
           std::vector<ScopeIndex> scopes)
    : impl_(new Impl{ledger, outbox, standing, rules, std::move(scopes)}) {}
Pool::~Pool() = default;

void Pool::entered_normal() {
  impl_->entered_normal();
}
void Pool::disconnected() {
  impl_->poolreq_xid.reset();
  impl_->next_ms = never;
}
void Pool::on_poolreq(std::uint32_t xid) {
  impl_->on_poolreq(xid);
}
void Pool::on_poolresp(std::uint32_t xid, std::uint32_t transferred) {
  impl_->on_poolresp(xid, transferred);
}
void Pool::on_tick() {
  impl_->on_tick();
}
Milliseconds Pool::next_deadline() const {
  return impl_->next_ms;
}

}  // namespace twinlease::core
