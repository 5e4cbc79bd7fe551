// S20: whether an update is accepted follows from the update, the receiver's own record, its role and the
// time alone. (judge(), Figure 7.1.3-1, A-37, A-38)
//
// Judged where the receiver's record is sure, its lease not over (it may have ended it by itself), and the
// same decision is due eps earlier and eps later. Rejects for what the figure does not decide (an address
// that is not the pair's, missing information) are left out. Needs AS5. Evidence: BNDACKs so judged.
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

constexpr bool decided_by_the_figure(std::uint8_t reason) noexcept {
  return reason == static_cast<std::uint8_t>(RejectReason::fatal_conflict) ||
         reason == static_cast<std::uint8_t>(RejectReason::outdated) ||
         reason == static_cast<std::uint8_t>(RejectReason::less_critical) ||
         reason == static_cast<std::uint8_t>(RejectReason::not_reserved);
}

// Every decision that the inexact times allow: none if they differ.
std::optional<bool> accepts(const Binding& ours, const Update& update, Role role, Seconds now, Seconds eps) {
  std::optional<bool> decision;
  for (const Seconds late : {-eps, Seconds{0}, eps})
    for (const Seconds shift : {-eps, Seconds{0}, eps}) {
      Update shifted = update;
      if (shifted.client_last_transaction) *shifted.client_last_transaction += shift;
      const bool one = !judge(ours, shifted, role, now + late).has_value();
      if (decision && *decision != one) return std::nullopt;
      decision = one;
    }
  return decision;
}

}  // namespace

Judgement deterministic_decisions(const History& history, const Bounds& bounds) {
  Findings out("S20", history);
  Scene scene;
  std::uint64_t rejects = 0, unsure = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    const auto* ack = as<Acknowledged>(event);
    std::optional<Entry> before;
    if (ack != nullptr)
      if (const Entry* entry = scene.ledger.find(ack->from, ack->address)) before = *entry;
    scene.apply(event, i);
    const std::optional<PendingUpdate>& answered = scene.ledger.answered();
    if (ack == nullptr || !answered) continue;
    if (ack->reject_reason && !decided_by_the_figure(*ack->reject_reason)) continue;
    const bool ran_out = before && before->binding.status == BindingStatus::active &&
                         before->binding.lease_expiration * 1000 <= event.time_ms + bounds.eps_ms;
    if (!before || !before->sure || ran_out || event.time_ms - before->changed_ms < bounds.eps_ms) {
      ++unsure;
      continue;
    }
    const std::optional<bool> due = accepts(before->binding, answered->update, ack->from,
                                            seconds(event.time_ms), bounds.eps_ms / 1000 + 1);
    if (!due) {
      ++unsure;
      continue;
    }
    out.examine();
    rejects += ack->reject_reason ? 1 : 0;
    if (*due == !ack->reject_reason) continue;
    out.found(i, {before->by, answered->event},
              "the " + std::string(name(ack->from)) + (ack->reject_reason ? " rejected " : " accepted ") +
                  std::string(name(answered->update.status)) + " for " + text(ack->address) +
                  ", of which its own record is " + std::string(name(before->binding.status)),
              ack->address);
  }
  return out.judgement({{"decisions", out.examined()}, {"rejects", rejects}, {"not sure", unsure}});
}

}  // namespace twinlease::model::history
