#include "property/explore/liveness.hpp"

#include <vector>

#include "model/explore/normal_form.hpp"

namespace twinlease::explore {
namespace {

using namespace model::explore;

// The numbers of worlds, and from which of them each can be reached.
struct Graph {
  std::vector<Handle> handle;
  std::vector<std::uint32_t> first;  // of the predecessors of a world; one more than there are worlds
  std::vector<std::uint32_t> predecessor;
};

template <class Visit>
void each_world(const Store& store, const Visit& visit) {
  for (std::size_t shard = 0; shard < Store::kShards; ++shard)
    for (Handle at = store.begin(shard); (at = store.skip_padding(at, store.end(shard))) != store.end(shard);
         at = store.next(at))
      visit(at, store.read(at));
}

Graph graph_of(const Scope& scope, const Store& store, std::vector<bool>& good) {
  const Configs configs(scope);
  const Packer packer(scope);
  Graph graph;
  graph.handle.resize(store.size());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;  // from, to
  each_world(store, [&](Handle at, const Record& record) {
    graph.handle[record.number] = at;
    const World world = packer.unpack(record.key);
    good[record.number] = back_in_service(world);
    successors(scope, configs, world, [&](const Step& step, const model::Effects&, const World& after) {
      if (step.is_fault()) return true;
      World normal = after;
      normalise(scope, configs, normal);
      if (const auto to = store.find(packer.canonical(normal)))
        edges.emplace_back(record.number, store.read(*to).number);
      return true;
    });
  });
  graph.first.resize(store.size() + 1);
  for (const auto& [from, to] : edges) ++graph.first[to + 1];
  for (std::size_t at = 1; at < graph.first.size(); ++at) graph.first[at] += graph.first[at - 1];
  std::vector<std::uint32_t> next(graph.first.begin(), graph.first.end() - 1);
  graph.predecessor.resize(edges.size());
  for (const auto& [from, to] : edges) graph.predecessor[next[to]++] = from;
  return graph;
}

}  // namespace

bool back_in_service(const World& world) {
  for (Side side : {kPrimary, kSecondary}) {
    const model::Endpoint& endpoint = world.endpoint[side];
    if (!endpoint.running() || endpoint.state() != model::State::normal || endpoint.link() != model::Link::ok)
      return false;
    if (endpoint.asks() || world.deaf[side] || world.to[side].size() > 0) return false;
    for (model::Address a = 0; a < model::kMostAddresses; ++a)
      if (endpoint.binding(a).unacked == model::Unacked::queued) return false;
  }
  return true;
}

Liveness liveness(const Scope& scope, const Store& store) {
  std::vector<bool> returns(store.size());
  const Graph graph = graph_of(scope, store, returns);
  Liveness result;
  result.worlds = store.size();
  std::vector<std::uint32_t> todo;
  for (std::uint32_t at = 0; at < returns.size(); ++at)
    if (returns[at]) todo.push_back(at);
  result.good = todo.size();
  while (!todo.empty()) {
    const std::uint32_t world = todo.back();
    todo.pop_back();
    for (std::uint32_t at = graph.first[world]; at < graph.first[world + 1]; ++at) {
      const std::uint32_t from = graph.predecessor[at];
      if (returns[from]) continue;
      returns[from] = true;
      todo.push_back(from);
    }
  }
  for (std::uint32_t at = 0; at < returns.size(); ++at) {
    if (returns[at]) continue;
    ++result.stuck;
    if (!result.nearest) result.nearest = graph.handle[at];
  }
  return result;
}

}  // namespace twinlease::explore
