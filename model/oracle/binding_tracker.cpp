#include "model/oracle/binding_tracker.hpp"

#include <algorithm>

#include "model/lease/lease_time.hpp"

namespace twinlease::model::oracle {
namespace {

std::string name_of(BindingStatus status) {
  return std::string(history::name(static_cast<history::BindingStatus>(status)));
}

// The requirement of a cell of Figure 7.1.3-1: FO-7.1.3-13 to -61, by the receiver's status and the one
// received.
std::string clause_of(BindingStatus ours, BindingStatus received) {
  using enum BindingStatus;
  constexpr BindingStatus kRows[] = {active, expired, released, free, backup, reset, abandoned};
  constexpr BindingStatus kColumns[] = {active, expired, released, free, backup, reset, abandoned};
  const auto row = std::ranges::find(kRows, ours) - std::begin(kRows);
  const auto column = std::ranges::find(kColumns, received) - std::begin(kColumns);
  return "FO-7.1.3-" + std::to_string(13 + 7 * row + column);
}

// Rejections that Figure 7.1.3-1 knows. For all others the receiver has reasons of its own (A-12, 12.21).
constexpr bool is_of_the_figure(std::uint8_t reason) {
  return reason == static_cast<std::uint8_t>(RejectReason::fatal_conflict) ||
         reason == static_cast<std::uint8_t>(RejectReason::outdated) ||
         reason == static_cast<std::uint8_t>(RejectReason::less_critical);
}

struct Judged {
  bool may_accept = false;
  bool may_reject = false;
};

// All answers that are right for some time within eps, and for whatever is not known.
Judged judge_all(const Binding& ours, bool same_client, bool clients_known, const Transaction& t, Role role,
                 TimeMs now_ms, TimeMs eps_ms) {
  const Seconds now = now_ms / 1000, eps = (eps_ms + 999) / 1000;
  Update update;
  update.status = t.status;
  update.client_last_transaction = t.client_last_transaction;
  update.reserved = t.reserved;
  Judged judged;
  for (Seconds shift : {-eps, Seconds{0}, eps})
    for (bool same : {false, true}) {
      if (clients_known && same != same_client) continue;
      update.client = same ? ours.client : ours.client + 1;
      Update shifted = update;
      if (shifted.client_last_transaction) *shifted.client_last_transaction += shift;
      (judge(ours, shifted, role, now + shift) ? judged.may_reject : judged.may_accept) = true;
    }
  const CellRule rule = cell(ours.status, t.status);
  const bool needs_times = rule == CellRule::later_transaction || rule == CellRule::transaction_after_state ||
                           rule == CellRule::lease_over;
  const bool has_times = rule == CellRule::lease_over
                             ? ours.lease_expiration > 0
                             : ours.client_last_transaction && t.client_last_transaction;
  if (needs_times && !has_times) judged = {true, true};
  if (t.status == BindingStatus::backup && t.reserved)
    judged = {true, true};  // whose reservations: not known
  return judged;
}

}  // namespace

void BindingTracker::told(const Transaction& t, std::uint64_t place) {
  Known& known = addresses_[t.address];
  Binding& ours = known.binding;
  ours.status = t.status;
  ours.client = t.client ? 1 : 0;
  ours.lease_expiration = t.lease_expiration.value_or(0);
  ours.client_last_transaction = t.client_last_transaction;
  ours.start_of_state = t.start_of_state.value_or(0);
  known.client = t.client;
  known.since = place;
  known.status = true;
  known.as_sent = false;
  if (is_available(t.status)) {
    known.bounds = true;
    ours.acked_potential = ours.received_potential = 0;
  }
}

void BindingTracker::accepted(const Transaction& t) {
  Known& known = addresses_[t.address];
  Binding& ours = known.binding;
  if (t.status == BindingStatus::active)
    ours.acked_potential = std::max(ours.acked_potential, t.potential_expiration.value_or(0));
  if (known.status && ended(t.status) && known.binding.status == t.status) {
    known.as_sent = true;  // it becomes FREE when the BNDACK is read (5.11)
    known.sent = t.status;
    ours.status = BindingStatus::free;
  }
}

void BindingTracker::heard(const Transaction& t) {
  Binding& ours = addresses_[t.address].binding;
  ours.received_potential = std::max(ours.received_potential, t.potential_expiration.value_or(0));
}

void BindingTracker::given_up(const GivenUp& event) {
  addresses_[event.address].status = false;
}

// What its record may be now; nothing if that is not known.
std::vector<Binding> BindingTracker::possible(const Known& known, TimeMs now_ms) const {
  std::vector<Binding> all;
  if (!known.status) return all;
  all.push_back(known.binding);
  auto also = [&](BindingStatus status) {
    all.push_back(known.binding);
    all.back().status = status;
  };
  if (known.as_sent) also(known.sent);
  if (known.binding.status == BindingStatus::active &&
      known.binding.lease_expiration <= (now_ms + options_.eps_ms) / 1000) {
    also(BindingStatus::expired);
    also(BindingStatus::free);
  }
  if (known.binding.status == BindingStatus::free && options_.role == Role::primary)
    also(BindingStatus::backup);  // given to the secondary, and not told yet
  return all;
}

void BindingTracker::answered(const Transaction& t, std::uint64_t arrived, const Answer& answer,
                              TimeMs now_ms, std::uint64_t place, std::vector<Suspicion>& out) {
  Known& known = addresses_[t.address];
  if (known.status && (!answer.rejected || is_of_the_figure(answer.reject_reason))) {
    // One by its client-identifier and the other by its hardware address: they cannot be compared.
    const bool clients_known = known.client && t.client && known.client->front() == t.client->front();
    Judged judged;
    for (const Binding& ours : possible(known, now_ms)) {
      const Judged one =
          judge_all(ours, known.client == t.client, clients_known, t, options_.role, now_ms, options_.eps_ms);
      judged.may_accept |= one.may_accept;
      judged.may_reject |= one.may_reject;
    }
    const bool wrong = answer.rejected ? !judged.may_reject : !judged.may_accept;
    if (wrong && (judged.may_accept || judged.may_reject)) {
      Finding finding;
      finding.topic = "BNDACK";
      finding.invariant = "S20";
      finding.clauses = {clause_of(known.binding.status, t.status)};
      finding.level = Level::should;
      finding.address = t.address;
      finding.text = history::text(t.address) + ", " + name_of(known.binding.status) +
                     " at the endpoint: " + (answer.rejected ? "rejects " : "accepts ") + name_of(t.status) +
                     (answer.rejected ? " with reason " + std::to_string(answer.reject_reason) : "");
      finding.allowed = answer.rejected ? "accept" : "reject";
      const std::uint64_t from = std::min(arrived, known.since);
      out.push_back({std::move(finding), options_.clients_seen ? place : from, place});
    }
  }
  if (answer.rejected) return;
  Binding& ours = known.binding;
  const bool same = ours.status == BindingStatus::active && known.client && known.client == t.client;
  known.as_sent = ended(t.status);
  known.sent = t.status;
  ours.status = known.as_sent ? BindingStatus::free : t.status;
  ours.client = t.client ? 1 : 0;
  ours.lease_expiration =
      same ? std::max(ours.lease_expiration, t.lease_expiration.value_or(0)) : t.lease_expiration.value_or(0);
  ours.client_last_transaction = t.client_last_transaction;
  known.client = t.client;
  known.since = place;
  known.status = true;
  if (is_available(t.status)) {
    known.bounds = true;
    ours.acked_potential = ours.received_potential = 0;
  }
}

void BindingTracker::acked(const Replied& reply, TimeMs now_ms, std::uint64_t place, bool bound,
                           std::optional<Seconds> mclt, std::vector<Finding>& out) {
  Known& known = addresses_[reply.address];
  Binding ours = known.binding;
  const Seconds now = (now_ms + 999) / 1000, eps = (options_.eps_ms + 999) / 1000;
  const Seconds held = now_ms / 1000 + reply.lease_s;
  if (bound && mclt && known.bounds) {
    // A-07 always is observed only: what the endpoint itself gave before counts for it.
    const Seconds ceiling = lease_ceiling(ours, now, *mclt, CeilingReading::always);
    if (options_.eps_ms * 10 > *mclt * 1000) {
      Finding finding;
      finding.topic = "lease time";
      finding.clauses = {"FO-5.2.1-01"};
      finding.level = Level::unjudged;
      finding.text = "leases with an MCLT of " + std::to_string(*mclt) + " s, of which a tolerance of " +
                     std::to_string(eps) + " s is more than a tenth";
      finding.allowed = "MCLT beyond what the partner knows";
      out.push_back(std::move(finding));
    } else if (held > ceiling + eps) {
      Finding finding;
      finding.topic = "lease";
      finding.invariant = "S2";
      finding.clauses = {"FO-5.2.1-01", "FO-5.2.1-08"};
      finding.address = reply.address;
      finding.text = history::text(reply.address) + " given for " + std::to_string(reply.lease_s) +
                     " s, which ends " + std::to_string(held - ceiling) + " s after the latest time allowed";
      finding.allowed = "a lease of at most " + std::to_string(ceiling - now) + " s: MCLT " +
                        std::to_string(*mclt) + " s beyond what the partner knows";
      out.push_back(std::move(finding));
    }
  }
  known.status = true;
  known.as_sent = false;
  known.since = place;
  known.client = reply.client;
  known.binding.status = BindingStatus::active;
  known.binding.client = 1;
  known.binding.lease_expiration = held;
  known.binding.client_last_transaction = now_ms / 1000;
}

}  // namespace twinlease::model::oracle
