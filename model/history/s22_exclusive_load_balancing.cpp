// S22: with both servers in NORMAL each DISCOVER is answered by exactly one server, the one whose buckets
// contain it.
//
// A DISCOVER that nobody answered may have been lost on the way: it counts against the pair when the client
// asked again, was heard by both, and was left without an answer once more. With the pool exhausted silence
// is no breach. INIT-REBOOT, which is balanced too, is not judged here.
#include <map>
#include <utility>
#include <vector>

#include "model/history/predicate.hpp"
#include "model/history/situation.hpp"

namespace twinlease::model::history {

namespace {

struct Asked {
  std::size_t event = 0;
  const Discovered* discovered = nullptr;
  bool exhausted = false;
  std::vector<std::size_t> offers;
};

const Offered& offer_at(const History& history, std::size_t index) {
  return *as<Offered>(history.events()[index]);
}

// The DISCOVERs sent while both were in NORMAL, and stayed there until the answer was due, with their offers.
std::vector<Asked> asked_in_normal(const History& history, const Bounds& bounds,
                                   std::optional<HashBucketAssignment>& buckets) {
  Situation situation;
  std::vector<Asked> out;
  std::map<std::uint32_t, std::size_t> open;  // xid -> place in out
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    situation.apply(event);
    if (!situation.normal()) {  // whoever has not been answered now was not asked in NORMAL alone
      for (const auto& [xid, place] : open) out[place].discovered = nullptr;
      open.clear();
      continue;
    }
    if (const auto* discovered = as<Discovered>(event)) {
      if (event.time_ms - situation.since_ms() < bounds.settle_ms) continue;
      open[discovered->xid] = out.size();
      out.push_back({i, discovered, situation.exhausted(), {}});
    } else if (const auto* offer = as<Offered>(event)) {
      const auto found = open.find(offer->xid);
      if (found != open.end()) out[found->second].offers.push_back(i);
    }
    while (!open.empty()) {  // xids grow: the first is the oldest
      const Asked& oldest = out[open.begin()->second];
      if (event.time_ms - history.events()[oldest.event].time_ms < bounds.answer_ms) break;
      open.erase(open.begin());
    }
  }
  for (const auto& [xid, place] : open)
    out[place].discovered = nullptr;  // the history ends before the answer is due
  buckets = situation.buckets();
  std::erase_if(out, [](const Asked& asked) { return asked.discovered == nullptr; });
  return out;
}

}  // namespace

Judgement exclusive_load_balancing(const History& history, const Bounds& bounds) {
  Judgement out;
  std::optional<HashBucketAssignment> buckets;
  std::map<Client, std::size_t> unanswered;  // who was left alone the last time, and when
  std::uint64_t silent = 0;
  const auto found = [&](const Asked& asked, std::vector<std::size_t> events, std::string sentence) {
    out.findings.push_back({"S22", history.events()[asked.event].time_ms, std::nullopt, std::move(events),
                            text(asked.discovered->client) + " " + std::move(sentence)});
  };
  for (const Asked& asked : asked_in_normal(history, bounds, buckets)) {
    const Client& client = asked.discovered->client;
    ++out.examined;
    std::vector<std::size_t> events{asked.event};
    events.insert(events.end(), asked.offers.begin(), asked.offers.end());
    if (asked.offers.empty()) {
      ++silent;
      if (asked.exhausted || asked.discovered->heard_by != Servers::both) continue;
      const auto before = unanswered.find(client);
      if (before != unanswered.end())
        found(asked, {before->second, asked.event}, "asked both servers, twice, in vain");
      unanswered[client] = asked.event;
      continue;
    }
    unanswered.erase(client);
    const Server by = offer_at(history, asked.offers.front()).server;
    for (const std::size_t other : asked.offers) {
      if (offer_at(history, other).server == by) continue;
      found(asked, events, "was answered by both servers");
      break;
    }
    if (!buckets) continue;
    const std::uint8_t bucket =
        hash_bucket({reinterpret_cast<const std::uint8_t*>(client.data()), client.size()});
    const Server due = secondary_serves(*buckets, bucket) ? Server::secondary : Server::primary;
    if (by != due && !asked.exhausted)
      found(asked, events,
            "of bucket " + std::to_string(bucket) + ", the " + std::string(name(due)) +
                "'s, was answered by the " + std::string(name(by)));
  }
  out.counts = {{"DISCOVERs in NORMAL", out.examined}, {"unanswered", silent}};
  return out;
}

}  // namespace twinlease::model::history
