// L4: two servers that lost each other, neither of them in PARTNER-DOWN, reach NORMAL when the link returns.
//
// The link returns with the end of the last cut, or with the start of a server that had ended: from then on
// both run and nothing is in the way. A new fault before the bound is over makes that return say nothing.
#include <algorithm>

#include "model/history/predicate.hpp"
#include "model/history/situation.hpp"

namespace twinlease::model::history {

namespace {

bool passable(const Situation& situation) {
  return situation.running(Server::primary) && situation.running(Server::secondary) && !situation.cut();
}

bool partner_down(const Situation& situation) {
  return situation.partner_down(Server::primary) || situation.partner_down(Server::secondary);
}

}  // namespace

Judgement interrupted_pair_reunites(const History& history, const Bounds& bounds) {
  Judgement out;
  Situation situation;
  std::uint64_t returns = 0;
  bool was_passable = true;
  std::optional<std::size_t> returned;  // the event with which the link returned, until NORMAL
  TimeMs longest_ms = 0;
  const auto since_ms = [&] { return history.events()[*returned].time_ms; };
  const auto overdue = [&](TimeMs now, std::size_t event) {
    if (!returned || now - since_ms() <= bounds.reunite_ms) return;
    ++out.examined;
    out.findings.push_back({"L4",
                            now,
                            std::nullopt,
                            {*returned, event},
                            "the link is back since " + history.when(since_ms()) + ", and " +
                                text_of_seconds(now - since_ms()) + " later the pair was not in NORMAL"});
    returned.reset();
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    overdue(event.time_ms, i);
    situation.apply(event);
    if (!passable(situation) || partner_down(situation)) {
      returned.reset();
    } else if (!was_passable) {
      returned = i;
      ++returns;
    }
    was_passable = passable(situation);
    if (returned && situation.normal()) {
      ++out.examined;
      longest_ms = std::max(longest_ms, event.time_ms - since_ms());
      returned.reset();
    }
  }
  out.counts = {{"returns of the link", returns},
                {"reunions", out.examined - out.findings.size()},
                {"seconds, the longest", static_cast<std::uint64_t>(longest_ms / 1000)}};
  return out;
}

}  // namespace twinlease::model::history
