#include "property/explore/liveness.hpp"

#include <algorithm>
#include <deque>
#include <thread>
#include <vector>

namespace twinlease::explore {
namespace {

using namespace model::explore;

// The worlds of a store have the numbers from 0, shard by shard.
class Numbers {
 public:
  explicit Numbers(const Store& store) : store_(store), first_(store.shards() + 1) {
    for (std::size_t shard = 0; shard < store.shards(); ++shard)
      first_[shard + 1] = first_[shard] + store.size(shard);
  }
  std::uint32_t of(Handle handle) const { return first_[store_.shard_of(handle)] + store_.place_of(handle); }
  std::uint32_t all() const { return first_.back(); }
  Handle handle(std::uint32_t number) const {
    const auto shard =
        static_cast<std::size_t>(std::ranges::upper_bound(first_, number) - first_.begin()) - 1;
    return store_.handle(shard, number - first_[shard]);
  }

 private:
  const Store& store_;
  std::vector<std::uint32_t> first_;
};

struct Edge {
  std::uint32_t from, to;
};

// What one thread finds in the worlds of some shards.
struct Seen {
  std::deque<Edge> edges;
  std::vector<std::uint32_t> in_service, usable;
};

// The worlds from which a world can be reached in one step.
struct Graph {
  std::vector<std::uint64_t> first;  // of each world; one more than there are worlds
  std::vector<std::uint32_t> from;
};

void look(const Scope& scope, Store& store, const Numbers& numbers, std::size_t shard, Seen& part) {
  Keys keys(scope, store);
  for (std::uint32_t place = 0; place < store.size(shard); ++place) {
    const Keys::Opened here = keys.open(store.handle(shard, place));
    const std::uint32_t number = numbers.of(store.handle(shard, place));
    if (back_in_service(scope, here.world)) {
      part.in_service.push_back(number);
      if (pools_usable(scope, here.world)) part.usable.push_back(number);
    }
    successors(scope, keys.configs(), here.world, [&](const Step& step, const model::Effects&, World& after) {
      if (step.is_fault()) return true;
      if (const auto to = store.find(keys.after(here, step, after)))
        part.edges.push_back({number, numbers.of(*to)});
      return true;
    });
  }
}

std::vector<Seen> look_everywhere(const Scope& scope, Store& store, const Numbers& numbers,
                                  unsigned threads) {
  std::vector<Seen> parts(threads);
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> running;
  for (Seen& part : parts)
    running.emplace_back([&] {
      for (std::size_t shard; (shard = next++) < store.shards();) look(scope, store, numbers, shard, part);
    });
  running.clear();  // each has ended
  return parts;
}

Graph graph_of(std::vector<Seen>& parts, std::uint32_t worlds) {
  Graph graph;
  graph.first.resize(std::size_t{worlds} + 1);
  for (const Seen& part : parts)
    for (const Edge& edge : part.edges) ++graph.first[edge.to + 1];
  for (std::size_t at = 1; at < graph.first.size(); ++at) graph.first[at] += graph.first[at - 1];
  graph.from.resize(graph.first.back());
  std::vector<std::uint64_t> next(graph.first.begin(), graph.first.end() - 1);
  for (Seen& part : parts) {
    for (const Edge& edge : part.edges) graph.from[next[edge.to]++] = edge.from;
    part.edges = {};
  }
  return graph;
}

std::uint32_t depth_of(const Store& store, Handle handle) {
  std::uint32_t depth = 0;
  while ((handle = store.parent(handle)) != kNobody) ++depth;
  return depth;
}

// Backwards from the worlds `todo`.
Target reach(const Graph& graph, const Store& store, const Numbers& numbers,
             std::vector<std::uint32_t> todo) {
  Target target;
  target.reached = todo.size();
  std::vector<bool> returns(numbers.all());
  for (std::uint32_t world : todo) returns[world] = true;
  while (!todo.empty()) {
    const std::uint32_t world = todo.back();
    todo.pop_back();
    for (std::uint64_t at = graph.first[world]; at < graph.first[world + 1]; ++at) {
      const std::uint32_t from = graph.from[at];
      if (returns[from]) continue;
      returns[from] = true;
      todo.push_back(from);
    }
  }
  std::uint32_t least = 0;
  for (std::uint32_t at = 0; at < numbers.all(); ++at) {
    if (returns[at]) continue;
    ++target.stuck;
    const std::uint32_t depth = depth_of(store, numbers.handle(at));
    if (target.nearest && depth >= least) continue;
    target.nearest = numbers.handle(at);
    least = depth;
  }
  return target;
}

}  // namespace

bool pools_usable(const Scope& scope, const World& world) {
  const auto has_one = [&](Side side) {
    for (model::Address a = 0; a < scope.addresses; ++a)
      if (model::own(role_of(side), world.endpoint[side].binding(a))) return true;
    return false;
  };
  if (scope.addresses == 0) return true;
  return scope.addresses == 1 ? has_one(kPrimary) || has_one(kSecondary)
                              : has_one(kPrimary) && has_one(kSecondary);
}

bool back_in_service(const Scope& scope, const World& world) {
  for (Side side : {kPrimary, kSecondary}) {
    const model::Endpoint& endpoint = world.endpoint[side];
    if (!endpoint.running() || endpoint.state() != model::State::normal || endpoint.link() != model::Link::ok)
      return false;
    if (endpoint.asks() || world.deaf[side] || world.to[side].size() > 0) return false;
    for (model::Address a = 0; a < scope.addresses; ++a)
      if (endpoint.binding(a).unacked == model::Unacked::queued) return false;
  }
  return true;
}

std::uint64_t liveness_octets(const Result& result) {
  constexpr std::uint64_t kOfState =
      2 * sizeof(std::uint64_t) + sizeof(std::uint32_t);  // graph_of(), the way back
  return result.octets + result.transitions * (sizeof(Edge) + sizeof(std::uint32_t)) +
         result.states * kOfState;
}

Liveness liveness(const Scope& scope, Store& store, unsigned threads) {
  const Numbers numbers(store);
  std::vector<Seen> parts = look_everywhere(scope, store, numbers, threads);
  const Graph graph = graph_of(parts, numbers.all());
  std::vector<std::uint32_t> in_service, usable;
  for (const Seen& part : parts) {
    in_service.insert(in_service.end(), part.in_service.begin(), part.in_service.end());
    usable.insert(usable.end(), part.usable.begin(), part.usable.end());
  }
  return {numbers.all(), reach(graph, store, numbers, std::move(in_service)),
          reach(graph, store, numbers, std::move(usable))};
}

}  // namespace twinlease::explore
