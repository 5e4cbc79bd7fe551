#include "property/explore/search.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>

#include "model/explore/normal_form.hpp"
#include "model/machine/rows.hpp"
#include "property/explore/keys.hpp"

namespace twinlease::explore {
namespace {

using namespace model::explore;
using model::Choices;
using model::Effects;

// What one thread counts for itself.
struct Tally {
  std::uint64_t transitions = 0, overflows = 0;
  std::array<std::uint64_t, model::kStates> rows{};  // bit n: the n-th row of that state
  std::vector<Finding> findings;
  void note(const Effects& effects) {
    for (const Effects::Taken& taken : effects.rows) {
      const auto at = taken.row - model::rows_of(taken.state).data();
      rows[static_cast<std::size_t>(taken.state)] |= std::uint64_t{1} << (at % 64);
    }
  }
  // The nearest of each invariant is kept.
  void add(const Finding& finding) {
    const auto known = std::ranges::find(findings, finding.id, &Finding::id);
    if (known == findings.end())
      findings.push_back(finding);
    else if (finding.depth < known->depth)
      *known = finding;
  }
  void add(const Tally& other) {
    transitions += other.transitions;
    overflows += other.overflows;
    for (std::size_t state = 0; state < rows.size(); ++state) rows[state] |= other.rows[state];
    for (const Finding& finding : other.findings) add(finding);
  }
};

// What a step is taken in; made once, since a world is large.
struct Room {
  World after;
  Effects effects;
};

template <class Visit>
void each_successor(const Scope& scope, const Configs& configs, const World& world, Room& room,
                    std::uint64_t& overflows, const Visit& visit) {
  auto& [after, effects] = room;
  for (Step step : steps(scope, configs, world)) {
    Choices choices;
    do {
      choices.begin();
      after = world;
      const Taken taken = take(scope, configs, after, step, choices, effects);
      overflows += taken == Taken::overflow;
      if (taken == Taken::yes && !visit(step, effects, after)) return;
      ++step.choice;
    } while (choices.next());
  }
}

class Search {
 public:
  Search(const Scope& scope, Store& store, const Limits& limits)
      : scope_(scope), store_(store), keys_(scope, store), configs_(keys_.configs()), limits_(limits) {}

  Result run() {
    Store::Batches batches(store_);
    batches.add(keys_.of(first_world(scope_, configs_, kNow)), kNobody);
    batches.flush();
    from_.assign(store_.shards(), 0);
    std::uint64_t seen = 0;
    while (seen < store_.size()) {
      seen = store_.size();
      level();
      if (limits_.progress) limits_.progress({store_.size(), transitions(), store_.octets(), depth_});
      if (full_ || (limits_.until_finding && anything_found())) break;
      ++depth_;
    }
    return summary(!full_ && seen == store_.size());
  }

 private:
  bool anything_found() const {
    return std::ranges::any_of(tallies_, [](const Tally& tally) { return !tally.findings.empty(); });
  }
  std::uint64_t transitions() const {
    std::uint64_t sum = 0;
    for (const Tally& tally : tallies_) sum += tally.transitions;
    return sum;
  }

  // A piece of a shard's part of the level.
  struct Portion {
    std::size_t shard;
    std::uint32_t from, to;
  };
  std::vector<Portion> portions() {
    constexpr std::uint32_t kMost = 4096;
    std::vector<Portion> all;
    for (std::size_t shard = 0; shard < store_.shards(); ++shard)
      for (std::uint32_t &from = from_[shard], end = store_.size(shard); from < end; from = all.back().to)
        all.push_back({shard, from, std::min(end, from + kMost)});
    return all;
  }

  void level() {
    const std::vector<Portion> all = portions();
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    tallies_.resize(std::max(1u, limits_.threads));
    for (Tally& tally : tallies_)
      threads.emplace_back([&] {
        Store::Batches batches(store_);
        for (std::size_t at; (at = next++) < all.size() && !full_;) {
          expand(all[at], batches, tally);
          if (store_.octets() >= limits_.octets) full_ = true;
        }
        batches.flush();
      });
    for (std::thread& thread : threads) thread.join();
  }

  void expand(const Portion& portion, Store::Batches& batches, Tally& shared) {
    constexpr std::uint32_t kAhead = 4;
    Room room;
    Tally tally;
    for (std::uint32_t place = portion.from; place < portion.to; ++place) {
      const Handle at = store_.handle(portion.shard, place);
      if (place + kAhead < portion.to) store_.prefetch(at + kAhead);
      const Keys::Opened here = keys_.open(at);
      each_successor(scope_, configs_, here.world, room, tally.overflows,
                     [&](const Step& step, const Effects& did, World& after) {
                       ++tally.transitions;
                       tally.note(did);
                       const Violations broken =
                           violations({scope_, configs_, here.world, step, did, after}) & limits_.looks_for;
                       if (broken != 0) return note(tally, broken, at, step);
                       const Key next = keys_.after(here, step, after);
                       if (next != here.key) batches.add(next, at);
                       return true;
                     });
    }
    shared.add(tally);
  }

  bool note(Tally& tally, Violations broken, Handle before, const Step& step) const {
    for (std::size_t at = 0; at < invariants().size(); ++at)
      if ((broken >> at & 1) != 0) tally.add({std::string(invariants()[at].id), before, step, depth_});
    return true;
  }

  Result summary(bool complete) {
    Result result;
    result.states = store_.size();
    result.octets = store_.octets();
    result.transitions = transitions();
    result.depth = depth_;
    result.complete = complete;
    result.too_large = full_;
    Tally sum;
    for (const Tally& tally : tallies_) sum.add(tally);
    result.overflows = sum.overflows;
    result.findings = sum.findings;
    for (int s = 0; s < model::kStates; ++s) {
      const auto rows = model::rows_of(static_cast<model::State>(s));
      for (std::size_t at = 0; at < rows.size(); ++at)
        if ((sum.rows[static_cast<std::size_t>(s)] >> at & 1) != 0) result.rows.insert(rows[at].id);
    }
    std::ranges::sort(result.findings, {}, [](const Finding& f) { return std::pair(f.depth, f.id); });
    return result;
  }

  const Scope& scope_;
  Store& store_;
  Keys keys_;
  const Configs& configs_;
  const Limits& limits_;
  std::vector<std::uint32_t> from_;  // by shard: the first world that is not expanded
  std::vector<Tally> tallies_;
  std::atomic<bool> full_ = false;
  std::uint32_t depth_ = 0;
};

}  // namespace

Result search(const Scope& scope, Store& store, const Limits& limits) {
  return Search(scope, store, limits).run();
}

void successors(const Scope& scope, const Configs& configs, const World& world, const Visitor& visitor) {
  Room room;
  std::uint64_t overflows = 0;
  each_successor(scope, configs, world, room, overflows, visitor);
}

}  // namespace twinlease::explore
