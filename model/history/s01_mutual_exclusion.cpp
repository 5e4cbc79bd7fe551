// S1: for every address and every moment at most one client holds a lease on it.
//
// From the clients' view alone: what was ACKed to whom, and until when. A client that leaves without a word
// holds its lease to its end. Where S1 is not promised (PARTNER-DOWN that was false, a client that renewed a
// lease that was over, operators' resets) it is not for this predicate to know: whoever judges such a run
// does not ask for S1.
#include <algorithm>
#include <map>
#include <vector>

#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Holding {  // one client on one address without a gap
  Client client;
  TimeMs from_ms = 0;
  TimeMs until_ms = 0;
  std::size_t first_ack = 0;
  std::size_t last_ack = 0;
};

using Holdings = std::map<Address, std::vector<Holding>>;

Holding* last_of(std::vector<Holding>& holdings, const Client& client) {
  const auto found = std::find_if(holdings.rbegin(), holdings.rend(),
                                  [&client](const Holding& h) { return h.client == client; });
  return found == holdings.rend() ? nullptr : &*found;
}

void acked(Holdings& by_address, const Acked& ack, TimeMs time_ms, std::size_t index) {
  std::vector<Holding>& holdings = by_address[ack.address];
  Holding* known = last_of(holdings, ack.client);
  if (known != nullptr && known->until_ms >= time_ms) {
    known->until_ms = ack.held_until_ms();  // the latest DHCPACK counts, also when it is the shorter one
    known->last_ack = index;
  } else {
    holdings.push_back({ack.client, time_ms, ack.held_until_ms(), index, index});
  }
}

void ended(Holdings& by_address, const Ended& end, TimeMs time_ms) {
  if (end.how == Ending::left || end.how == Ending::lapsed) return;
  Holding* known = last_of(by_address[end.address], end.client);
  if (known != nullptr) known->until_ms = std::min(known->until_ms, time_ms);
}

Finding overlap(const History& history, Address address, const Holding& first, const Holding& second) {
  const TimeMs end_ms = std::min(first.until_ms, second.until_ms);
  std::vector<std::size_t> events{first.first_ack, first.last_ack, second.first_ack, second.last_ack};
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  return {"S1", second.from_ms, address, events,
          text(address) + " was leased to " + text(first.client) + " until " + history.when(first.until_ms) +
              ", and to " + text(second.client) + " from " + history.when(second.from_ms) +
              " on: both held it for " + text_of_seconds(end_ms - second.from_ms)};
}

}  // namespace

Judgement mutual_exclusion(const History& history, const Bounds& bounds) {
  Holdings by_address;
  std::uint64_t acks = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* ack = as<Acked>(event)) {
      acked(by_address, *ack, event.time_ms, i);
      ++acks;
    } else if (const auto* end = as<Ended>(event)) {
      ended(by_address, *end, event.time_ms);
    }
  }

  Judgement out;
  std::uint64_t handovers = 0;
  for (const auto& [address, holdings] : by_address) {  // in the order of from_ms, as they were recorded
    out.examined += holdings.size();
    for (std::size_t second = 1; second < holdings.size(); ++second) {
      handovers += holdings[second].client != holdings[second - 1].client ? 1 : 0;
      for (std::size_t first = 0; first < second; ++first) {
        const Holding& a = holdings[first];
        const Holding& b = holdings[second];
        if (a.client != b.client && std::min(a.until_ms, b.until_ms) - b.from_ms > bounds.eps_ms)
          out.findings.push_back(overlap(history, address, a, b));
      }
    }
  }
  out.counts = {{"DHCPACKs", acks},
                {"leases", out.examined},
                {"addresses", by_address.size()},
                {"changes of the client of an address", handovers}};
  return out;
}

}  // namespace twinlease::model::history
