// S27: a constant added to the clock of one server changes no decision.
//
// Compared are scenarios of one name: the offers, DHCPACKs, BNDACKs and states of each server have to be the
// same, in the same order, from one to the next. Lease lengths may differ by eps. Needs AS5. Evidence:
// decisions compared; with fewer than two scenarios of a name it is undecided.
#include <array>
#include <cstdlib>
#include <map>
#include <vector>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Decision {
  std::size_t event = 0;
  std::string what;
  std::uint32_t lease_s = 0;
};

using Run = std::array<std::vector<Decision>, 2>;  // by server

void take(Run& run, const Event& event, std::size_t index) {
  const auto add = [&](Server server, std::string what, std::uint32_t lease_s = 0) {
    run[static_cast<std::size_t>(server)].push_back({index, std::move(what), lease_s});
  };
  if (const auto* offer = as<Offered>(event)) {
    add(offer->server, "offers " + text(offer->address) + " to " + text(offer->client));
  } else if (const auto* ack = as<Acked>(event)) {
    add(ack->server, "leases " + text(ack->address) + " to " + text(ack->client), ack->lease_s);
  } else if (const auto* nak = as<Refused>(event)) {
    add(nak->server, "refuses " + text(nak->client));
  } else if (const auto* answer = as<Acknowledged>(event)) {
    add(answer->from,
        (answer->reject_reason ? "rejects " + std::to_string(*answer->reject_reason) + " for " : "accepts ") +
            text(answer->address));
  } else if (const auto* said = as<StateSaid>(event)) {
    add(said->server, "says " + std::string(name(said->state)) + (said->startup ? " STARTUP" : ""));
  }
}

void compare(const Run& first, const Run& second, const Bounds& bounds, Findings& out) {
  for (const Server server : {Server::primary, Server::secondary}) {
    const auto& one = first[static_cast<std::size_t>(server)];
    const auto& other = second[static_cast<std::size_t>(server)];
    for (std::size_t i = 0; i < std::max(one.size(), other.size()); ++i) {
      out.examine();
      const bool both = i < one.size() && i < other.size();
      const auto apart_s =
          both ? std::llabs(std::int64_t{one[i].lease_s} - std::int64_t{other[i].lease_s}) : 0;
      if (both && one[i].what == other[i].what && apart_s * 1000 <= bounds.eps_ms + 1000) continue;
      const Decision& seen = i < other.size() ? other[i] : one[i];
      std::vector<std::size_t> because;
      if (i < one.size()) because.push_back(one[i].event);
      out.found(seen.event, because,
                "the " + std::string(name(server)) + " " +
                    (i < other.size() ? other[i].what : "does nothing") + " where with another clock it " +
                    (i < one.size() ? one[i].what : "does nothing"));
      break;  // what follows follows from it
    }
  }
}

}  // namespace

Judgement time_correction(const History& history, const Bounds& bounds) {
  Findings out("S27", history);
  std::map<std::string, std::vector<Run>> runs;
  Run* run = nullptr;
  std::uint64_t scenarios = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* scenario = as<Scenario>(event)) {
      ++scenarios;
      run = &runs[scenario->name].emplace_back();
    } else if (run != nullptr) {
      take(*run, event, i);
    }
  }
  for (const auto& [name, same] : runs)
    for (std::size_t i = 1; i < same.size(); ++i) compare(same.front(), same[i], bounds, out);
  return out.judgement({{"decisions compared", out.examined()}, {"scenarios", scenarios}},
                       history.events().empty() ? "" : "two scenarios of one name");
}

}  // namespace twinlease::model::history
