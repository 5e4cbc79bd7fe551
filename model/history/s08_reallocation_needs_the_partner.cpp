// S8: outside PARTNER-DOWN an address changes its client only after the end of the first binding was reported
// in a BNDUPD and acknowledged; and from that BNDUPD to its BNDACK nobody gets the address from its sender.
//
// A BNDACK seen within eps after the DHCPACK may have been before it. A server that may have been in
// PARTNER-DOWN since the first client had the address is not judged (S9). Needs AS3, AS8. Evidence: changes
// of the client, and DHCPACKs of addresses whose end was reported.
#include <utility>

#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

constexpr bool ends_a_binding(BindingStatus status) noexcept {
  return is_end_of_lease(status) || status == BindingStatus::free;
}

struct Trail {  // of one address since the latest DHCPACK
  std::optional<std::size_t> ack;
  Client client;
  bool reported = false;                 // its end, and that was acknowledged
  bool partner_down = false;             // somebody may have been there since
  std::optional<std::size_t> reporting;  // the BNDUPD that is not acknowledged
};

class Reallocation {
 public:
  Reallocation(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      settle(event.time_ms);
      if (const auto* ack = as<Acked>(event)) acked(*ack, event.time_ms, i);
      scene_.apply(event, i);
      follow(event, i);
      watch_partner_down(event.time_ms);
    }
    settle(history_.end_ms() + bounds_.eps_ms + 1);
    return out_.judgement({{"changes of the client of an address", changes_},
                           {"leases while a report was not acknowledged", early_}});
  }

 private:
  struct Suspect {
    std::size_t event = 0;
    std::size_t before = 0;  // the DHCPACK to the first client
    Client client;
    Acked ack;
  };

  void follow(const Event& event, std::size_t index) {
    if (const auto* update = as<Updated>(event)) {
      Trail& trail = trails_[update->address];
      if (ends_a_binding(update->status)) trail.reporting = index;
    } else if (const auto* ack = as<Acknowledged>(event)) {
      const std::optional<PendingUpdate>& answered = scene_.ledger.answered();
      if (!answered || !ends_a_binding(answered->update.status)) return;
      if (!ack->reject_reason)
        std::erase_if(suspects_, [&](const Suspect& s) {
          return s.ack.address == ack->address && s.before < answered->event && answered->event < s.event;
        });
      Trail& trail = trails_[ack->address];
      if (trail.reporting == answered->event) trail.reporting.reset();
      trail.reported |= !ack->reject_reason && trail.ack && *trail.ack < answered->event;
    } else if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
      trails_.clear();
    }
  }

  void acked(const Acked& ack, TimeMs now, std::size_t event) {
    watch_partner_down(now);
    Trail& trail = trails_[ack.address];
    if (!trail.partner_down && !partner_down_) {
      if (trail.reported && trail.client == ack.client) out_.examine();
      if (trail.ack && trail.client != ack.client) changed(trail, ack, event);
      if (trail.reporting && as<Updated>(at(*trail.reporting))->from == ack.server)
        unanswered(trail, ack, now, event);
    }
    if (trail.client != ack.client || trail.reported) trail = Trail{};
    trail.ack = event;
    trail.client = ack.client;
    trail.partner_down = partner_down_;
  }

  void watch_partner_down(TimeMs now) {
    const bool before =
        std::exchange(partner_down_, scene_.standing.could_be_partner_down(Server::primary, now) ||
                                         scene_.standing.could_be_partner_down(Server::secondary, now));
    if (before || !partner_down_) return;
    for (auto& [address, trail] : trails_) trail.partner_down = true;
  }

  void changed(const Trail& trail, const Acked& ack, std::size_t event) {
    out_.examine();
    ++changes_;
    if (trail.reported) return;
    suspects_.push_back({event, *trail.ack, trail.client, ack});
  }

  void settle(TimeMs now) {
    std::erase_if(suspects_, [&](const Suspect& s) {
      if (now - out_.time_ms(s.event) <= bounds_.eps_ms) return false;
      accuse(s);
      return true;
    });
  }

  void accuse(const Suspect& s) {
    const Acked& ack = s.ack;
    out_.found(s.event, {s.before},
               text(ack.address) + " went from " + text(s.client) + " to " + text(ack.client) +
                   ", and no end of the first lease was acknowledged in between",
               ack.address);
  }

  void unanswered(const Trail& trail, const Acked& ack, TimeMs now, std::size_t event) {
    if (now - at(*trail.reporting).time_ms <= bounds_.eps_ms) return;
    out_.examine();
    ++early_;
    out_.found(event, {*trail.reporting},
               "the " + std::string(name(ack.server)) + " leased " + text(ack.address) + " to " +
                   text(ack.client) + " while its report of the end of a lease was not acknowledged",
               ack.address);
  }

  const Event& at(std::size_t event) const { return history_.events()[event]; }

  const History& history_;
  const Bounds& bounds_;
  Scene scene_;
  Findings out_{"S8", history_};
  std::map<Address, Trail> trails_;
  std::vector<Suspect> suspects_;
  bool partner_down_ = false;
  std::uint64_t changes_ = 0, early_ = 0;
};

}  // namespace

Judgement reallocation_needs_the_partner(const History& history, const Bounds& bounds) {
  return Reallocation(history, bounds).judge();
}

}  // namespace twinlease::model::history
