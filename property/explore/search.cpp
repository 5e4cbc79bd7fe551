#include "property/explore/search.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>

#include "model/explore/normal_form.hpp"
#include "model/explore/packer.hpp"
#include "model/machine/rows.hpp"

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
};

template <class Visit>
void each_successor(const Scope& scope, const Configs& configs, const World& world, Effects& effects,
                    std::uint64_t& overflows, const Visit& visit) {
  for (Step step : steps(scope, configs, world)) {
    Choices choices;
    do {
      choices.begin();
      World after = world;
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
      : scope_(scope), configs_(scope), packer_(scope), store_(store), limits_(limits) {}

  Result run() {
    World first = first_world(scope_, configs_, kNow);
    normalise(scope_, configs_, first);
    store_.insert(packer_.canonical(first), kNobody, 0);
    for (std::size_t shard = 0; shard < Store::kShards; ++shard) from_[shard] = store_.begin(shard);
    std::uint64_t seen = 0;
    while (seen < store_.size() && within_limits()) {
      seen = store_.size();
      level();
      if (limits_.progress) limits_.progress({store_.size(), transitions(), store_.size() - seen, depth_});
      if (limits_.until_finding && anything_found()) break;
      ++depth_;
    }
    return summary(seen == store_.size());
  }

 private:
  bool within_limits() const { return store_.size() < limits_.states && store_.octets() < limits_.octets; }
  bool anything_found() const {
    return std::ranges::any_of(tallies_, [](const Tally& tally) { return !tally.findings.empty(); });
  }
  std::uint64_t transitions() const {
    std::uint64_t sum = 0;
    for (const Tally& tally : tallies_) sum += tally.transitions;
    return sum;
  }

  void level() {
    for (std::size_t shard = 0; shard < Store::kShards; ++shard) to_[shard] = store_.end(shard);
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    tallies_.resize(std::max(1u, limits_.threads));
    for (Tally& tally : tallies_)
      threads.emplace_back([&] {
        for (std::size_t shard; (shard = next++) < Store::kShards;) expand(shard, tally);
      });
    for (std::thread& thread : threads) thread.join();
    from_ = to_;
  }

  void expand(std::size_t shard, Tally& tally) {
    Effects effects;
    for (Handle at = from_[shard]; (at = store_.skip_padding(at, to_[shard])) != to_[shard];
         at = store_.next(at)) {
      const World world = packer_.unpack(store_.read(at).key);
      each_successor(scope_, configs_, world, effects, tally.overflows,
                     [&](const Step& step, const Effects& did, World& after) {
                       ++tally.transitions;
                       tally.note(did);
                       const Violations broken = violations({scope_, configs_, world, step, did, after});
                       if (broken != 0) return note(tally, broken, at, step);
                       normalise(scope_, configs_, after);
                       store_.insert(packer_.canonical(after), at, step.packed());
                       return true;
                     });
    }
  }

  bool note(Tally& tally, Violations broken, Handle before, const Step& step) const {
    for (std::size_t at = 0; at < invariants().size(); ++at) {
      if ((broken >> at & 1) == 0) continue;
      const std::string id(invariants()[at].id);
      if (std::ranges::none_of(tally.findings, [&](const Finding& f) { return f.id == id; }))
        tally.findings.push_back({id, before, step, depth_});
    }
    return true;
  }

  Result summary(bool complete) {
    Result result;
    result.states = store_.size();
    result.octets = store_.octets();
    result.transitions = transitions();
    result.depth = depth_;
    result.complete = complete;
    for (const Tally& tally : tallies_) {
      result.overflows += tally.overflows;
      for (int s = 0; s < model::kStates; ++s) {
        const auto rows = model::rows_of(static_cast<model::State>(s));
        for (std::size_t at = 0; at < rows.size(); ++at)
          if ((tally.rows[static_cast<std::size_t>(s)] >> at & 1) != 0) result.rows.insert(rows[at].id);
      }
      for (const Finding& finding : tally.findings) {
        const auto known = std::ranges::find(result.findings, finding.id, &Finding::id);
        if (known == result.findings.end())
          result.findings.push_back(finding);
        else if (finding.depth < known->depth)
          *known = finding;
      }
    }
    std::ranges::sort(result.findings, {}, [](const Finding& f) { return std::pair(f.depth, f.id); });
    return result;
  }

  const Scope& scope_;
  const Configs configs_;
  const Packer packer_;
  Store& store_;
  const Limits& limits_;
  std::array<Handle, Store::kShards> from_{}, to_{};
  std::vector<Tally> tallies_;
  std::uint32_t depth_ = 0;
};

}  // namespace

Result search(const Scope& scope, Store& store, const Limits& limits) {
  return Search(scope, store, limits).run();
}

void successors(const Scope& scope, const Configs& configs, const World& world, const Visitor& visitor) {
  Effects effects;
  std::uint64_t overflows = 0;
  each_successor(scope, configs, world, effects, overflows, visitor);
}

}  // namespace twinlease::explore
