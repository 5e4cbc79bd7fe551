// S9: what a server in PARTNER-DOWN has to wait for before it gives an address to another client.
// (partner_pool_opens(), reallocation_opens(), A-09, A-10, A-58)
//
// Judged for each DHCPACK in PARTNER-DOWN to a client that did not have the address, if the address was not
// the server's own and its record is sure. An address of a pool for dynamic BOOTP is never taken from the
// partner. Needs AS2, AS4, AS5. Evidence: the DHCPACKs so judged; addresses of the own pool need no wait and
// prove nothing.
#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"
#include "model/lease/allocation.hpp"

namespace twinlease::model::history {

namespace {

class Waits {
 public:
  Waits(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      if (const auto* ack = as<Acked>(event)) acked(*ack, event.time_ms, i);
      if (const auto* pool = as<Pool>(event))
        if (pool->dynamic_bootp) bootp_.push_back(*pool);
      scene_.apply(event, i);
    }
    return out_.judgement({{"the partner's addresses given in PARTNER-DOWN", partners_},
                           {"addresses that changed their client in PARTNER-DOWN", reallocated_}},
                          unsure_ > 0 ? "the MCLT, or a sure record of the address" : "");
  }

 private:
  void acked(const Acked& ack, TimeMs now, std::size_t event) {
    const std::optional<TimeMs> entered = scene_.standing.partner_down_since_ms(ack.server);
    if (!entered) return;
    const Entry* entry = scene_.ledger.find(ack.server, ack.address);
    if (entry == nullptr || !entry->sure || !scene_.standing.mclt_s()) {
      ++unsure_;
      return;
    }
    const Binding& binding = entry->binding;
    if (own(ack.server, binding)) return;
    const bool was_its_own = !available(binding) && binding.client == scene_.ledger.id(ack.client);
    if (was_its_own) return;
    const Allocator who{ack.server, State::partner_down, seconds(*entered), *scene_.standing.mclt_s(),
                        is_bootp(ack.address)};
    out_.examine();
    ++(available(binding) ? partners_ : reallocated_);
    const Seconds opens = available(binding) ? partner_pool_opens(who) : reallocation_opens(who, binding);
    const std::vector<std::size_t> because{scene_.standing.partner_down_by(ack.server), entry->by};
    const std::string who_gave = "the " + std::string(name(ack.server)) + " gave " + text(ack.address) +
                                 ", " + std::string(name(binding.status)) + ", to " + text(ack.client);
    if (available(binding) && who.dynamic_bootp_pool) {
      out_.found(event, because, who_gave + " from a pool for dynamic BOOTP", ack.address);
    } else if (now + bounds_.eps_ms < opens * 1000) {
      out_.found(
          event, because,
          who_gave + " at " + history_.when(now) + ", and had to wait until " + history_.when(opens * 1000),
          ack.address);
    }
  }

  bool is_bootp(Address address) const {
    for (const Pool& pool : bootp_)
      if (address >= pool.first && address <= pool.last) return true;
    return false;
  }

  const History& history_;
  const Bounds& bounds_;
  Scene scene_;
  Findings out_{"S9", history_};
  std::vector<Pool> bootp_;
  std::uint64_t partners_ = 0, reallocated_ = 0, unsure_ = 0;
};

}  // namespace

Judgement waits_in_partner_down(const History& history, const Bounds& bounds) {
  return Waits(history, bounds).judge();
}

}  // namespace twinlease::model::history
