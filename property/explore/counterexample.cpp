#include "property/explore/counterexample.hpp"

#include <algorithm>
#include <stdexcept>

#include "model/explore/normal_form.hpp"
#include "model/explore/text.hpp"

namespace twinlease::explore {
namespace {

using namespace model::explore;
using model::Effects;
using model::Message;

// The step from the end of the run that `wanted` accepts, with the effects and the world after it.
template <class Wanted>
void extend(const Scope& scope, const Configs& configs, Run& run, World& world, const Wanted& wanted) {
  bool found = false;
  successors(scope, configs, world, [&](const Step& step, const Effects& effects, const World& after) {
    if (!wanted(step, effects, after)) return true;
    run.push_back({step, effects, world, after});
    found = true;
    return false;
  });
  if (!found) throw std::logic_error("the way to a world in the store cannot be gone again");
  world = run.back().after;
}

std::vector<Pieces> keys_to(const Store& store, Handle handle) {
  std::vector<Pieces> keys;
  for (; handle != kNobody; handle = store.parent(handle)) keys.push_back(store.pieces(handle));
  std::ranges::reverse(keys);
  return keys;
}

// Messages that the step put under way to `side`.
std::vector<Message> sent_to(const Moved& moved, Side side) {
  const auto& before = moved.before.to[side];
  const auto& after = moved.after.to[side];
  const bool emptied =
      moved.step.kind == Step::Kind::connect || moved.after.deaf[side] != moved.before.deaf[side];
  const bool taken = moved.step.kind == Step::Kind::deliver && moved.step.side == side;
  std::size_t old = emptied ? 0 : before.size() - (taken ? 1 : 0);
  old = std::min(old, after.size());
  return {after.begin() + old, after.end()};
}

std::string state_of(const model::Endpoint& endpoint) {
  return endpoint.running() ? std::string(model::to_string(endpoint.state())) : "down";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

}  // namespace

Run run_to(const Scope& scope, const Store& store, Handle handle) {
  const Configs configs(scope);
  const Packer packer(scope);
  const std::vector<Pieces> keys = keys_to(store, handle);
  World world = first_world(scope, configs, kNow);
  Run run;
  for (std::size_t at = 1; at < keys.size(); ++at)
    extend(scope, configs, run, world, [&](const Step&, const Effects&, const World& after) {
      World normal = after;
      normalise(scope, configs, normal);
      return packer.canonical(normal) == keys[at];
    });
  return run;
}

Run run_to(const Scope& scope, const Store& store, const Finding& finding) {
  const Configs configs(scope);
  Run run = run_to(scope, store, finding.before);
  World world = run.empty() ? first_world(scope, configs, kNow) : run.back().after;
  const auto invariant = std::ranges::find(invariants(), std::string_view(finding.id), &Invariant::id);
  extend(scope, configs, run, world, [&](const Step& step, const Effects& effects, const World& after) {
    return !invariant->holds({scope, configs, run.empty() ? after : run.back().after, step, effects, after});
  });
  return run;
}

std::string outcome(const Moved& moved) {
  std::string text;
  for (Side side : {kPrimary, kSecondary})
    for (const Message& message : sent_to(moved, other(side)))
      text += std::string(name(side)) + " sends " + to_text(message, moved.after.now) + "\n";
  for (const model::ClientAck& ack : moved.effects.acks)
    text += "DHCPACK client=" + std::to_string(ack.client) + " address=" + std::to_string(ack.address) +
            " until " + relative(ack.until, moved.after.now) + "\n";
  for (Side side : {kPrimary, kSecondary}) {
    const std::string was = state_of(moved.before.endpoint[side]), is = state_of(moved.after.endpoint[side]);
    if (was != is) text += std::string(name(side)) + " " + was + " -> " + is + "\n";
  }
  return text.empty() ? "ok\n" : text;
}

std::string ladder(const Run& run) {
  std::string text = "time  primary                     secondary                   step\n";
  for (const Moved& moved : run) {
    text += padded(std::to_string(moved.after.now - kNow), 6) +
            padded(state_of(moved.after.endpoint[kPrimary]), 28) +
            padded(state_of(moved.after.endpoint[kSecondary]), 28) + to_text(moved.step);
    for (Side side : {kPrimary, kSecondary})
      for (const Message& message : sent_to(moved, other(side)))
        text += (side == kPrimary ? "  >> " : "  << ") + to_text(message, moved.after.now);
    for (const model::ClientAck& ack : moved.effects.acks)
      text += "  DHCPACK until " + relative(ack.until, moved.after.now);
    text += "\n";
  }
  return text;
}

}  // namespace twinlease::explore
