// S2: a lease ends at most the MCLT beyond now, or beyond what the partner knows of. (lease_ceiling(), A-06)
//
// Judged for each DHCPACK of a server that cannot be in PARTNER-DOWN, or keeps to the limit there, once the
// MCLT is known. A renewal may use the server's own lease-expiration-time for one step; an excess that
// grows after that is a breach. A BNDACK seen within eps after the DHCPACK may have been before it. Needs
// AS4, AS5. Evidence: the DHCPACKs so judged.
#include <tuple>

#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"
#include "model/lease/allocation.hpp"
#include "model/lease/lease_time.hpp"

namespace twinlease::model::history {

namespace {

class LeadTime {
 public:
  LeadTime(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      std::erase_if(suspects_, [&](const Suspect& s) { return confirmed(s, event.time_ms); });
      if (const auto* ack = as<Acked>(event)) acked(*ack, event.time_ms, i);
      scene_.apply(event, i);
      if (as<Acknowledged>(event) != nullptr)
        std::erase_if(suspects_,
                      [&](const Suspect& s) { return excess_ms(*s.ack, s.time_ms) <= bounds_.eps_ms; });
    }
    for (const Suspect& suspect : suspects_) confirmed(suspect, suspect.time_ms + bounds_.eps_ms + 1);
    const std::uint64_t judged = out_.examined();
    return out_.judgement({{"DHCPACKs bound by the MCLT", judged},
                           {"longer than the MCLT", longer_},
                           {"in the wider reading", wider_}},
                          unbound_ > 0 ? "the MCLT" : "");
  }

 private:
  struct Suspect {
    const Acked* ack = nullptr;
    std::size_t event = 0;
    TimeMs time_ms = 0;
    Seconds ceiling = 0;
  };
  using Lease = std::tuple<Server, Address, Client>;

  Binding binding(const Acked& ack) const {
    const Entry* entry = scene_.ledger.find(ack.server, ack.address);
    const bool same = entry != nullptr && entry->binding.client == scene_.ledger.id(ack.client) &&
                      !available(entry->binding);
    return same ? entry->binding : Binding{};
  }
  Seconds ceiling(const Acked& ack, TimeMs now, CeilingReading reading) const {
    return lease_ceiling(binding(ack), seconds(now), *scene_.standing.mclt_s(), reading);
  }
  TimeMs excess_ms(const Acked& ack, TimeMs now) const {
    return ack.held_until_ms() - ceiling(ack, now, CeilingReading::if_partner_has_it) * 1000 - 1000;
  }

  void acked(const Acked& ack, TimeMs now, std::size_t event) {
    const Standing& standing = scene_.standing;
    if (!standing.mclt_s()) {
      ++unbound_;
      return;
    }
    if (standing.could_be_partner_down(ack.server, now) &&
        !standing.configured(ack.server).bound_in_partner_down)
      return;
    out_.examine();
    longer_ += TimeMs{ack.lease_s} > *standing.mclt_s() ? 1 : 0;
    const Lease lease{ack.server, ack.address, ack.client};
    const TimeMs excess = excess_ms(ack, now);
    const auto carried = carried_.find(lease);
    if (excess <= bounds_.eps_ms) {
      if (carried != carried_.end()) carried_.erase(carried);
      return;
    }
    const bool one_step = carried == carried_.end() || excess <= carried->second + bounds_.eps_ms;
    if (may_exceed(ack) && one_step &&
        ack.held_until_ms() <= (ceiling(ack, now, CeilingReading::always) + 1) * 1000 + bounds_.eps_ms) {
      carried_[lease] = excess;
      ++wider_;
      return;
    }
    suspects_.push_back({&ack, event, now, ceiling(ack, now, CeilingReading::if_partner_has_it)});
  }

  bool may_exceed(const Acked& ack) const {
    const std::optional<State> state = scene_.standing.state(ack.server);
    if (!state) return ack.request != Request::selecting;
    return service(*state, message_of(ack.request)).renewal_may_exceed;
  }

  bool confirmed(const Suspect& s, TimeMs now) {
    if (now <= s.time_ms + bounds_.eps_ms) return false;
    out_.found(s.event, {},
               "the " + std::string(name(s.ack->server)) + " leased " + text(s.ack->address) + " to " +
                   text(s.ack->client) + " until " + history_.when(s.ack->held_until_ms()) +
                   ", but no longer than until " + history_.when(s.ceiling * 1000) + " was allowed",
               s.ack->address);
    return true;
  }

  const History& history_;
  const Bounds& bounds_;
  Scene scene_;
  Findings out_{"S2", history_};
  std::vector<Suspect> suspects_;
  std::map<Lease, TimeMs> carried_;  // by how much the last lease was beyond A-06
  std::uint64_t longer_ = 0, wider_ = 0, unbound_ = 0;
};

}  // namespace

Judgement lead_time_bound(const History& history, const Bounds& bounds) {
  return LeadTime(history, bounds).judge();
}

}  // namespace twinlease::model::history
