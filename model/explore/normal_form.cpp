#include "model/explore/normal_form.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "model/explore/fields.hpp"

namespace twinlease::model::explore {
namespace {

bool is_request(Message::Type type) {
  return type == Message::Type::bndupd || type == Message::Type::updreq || type == Message::Type::updreqall;
}
bool is_answer(Message::Type type) {
  return type == Message::Type::bndack || type == Message::Type::upddone;
}

void forget_dead(Message& message, Seconds over) {
  if (message.type == Message::Type::poolreq) message.xid = 0;  // its answer is read by nobody
  if (message.type == Message::Type::state && message.server_state != State::partner_down) message.since = 0;
  if (message.type != Message::Type::bndupd) return;
  if (message.update.potential_expiration <= over) message.update.potential_expiration = 0;
  if (message.update.status == BindingStatus::free || message.update.status == BindingStatus::backup)
    message.update.client_last_transaction.reset();  // no rule of Figure 7.1.3-1 asks for it
}

// Times that are compared with each other, as far as they are past: in their order, without gaps.
class Past {
 public:
  void add(Seconds time) {
    const auto at = std::lower_bound(begin(), end(), time);
    if (at != end() && *at == time) return;
    if (size_ == times_.size()) std::abort();
    std::move_backward(at, end(), end() + 1);
    *at = time;
    ++size_;
  }
  Seconds rank_from_the_end(Seconds time) const {
    return std::end(times_) - std::lower_bound(begin(), end(), time) -
           static_cast<Seconds>(times_.size() - size_);
  }

 private:
  using Times = std::array<Seconds, 24>;
  Times::iterator begin() { return times_.begin(); }
  Times::iterator end() { return times_.begin() + static_cast<std::ptrdiff_t>(size_); }
  Times::const_iterator begin() const { return times_.begin(); }
  Times::const_iterator end() const { return times_.begin() + static_cast<std::ptrdiff_t>(size_); }
  Times times_{};
  std::size_t size_ = 0;
};

}  // namespace

void Fields::forget_dead(Binding& binding, const Config& config, Seconds now) {
  const Seconds over =
      now - config.longest_mclt();  // MCLT beyond it has passed: it bounds no lease and no wait any more
  for (Seconds* time : {&binding.sent_potential, &binding.acked_potential, &binding.received_potential})
    if (*time <= over) *time = 0;
  if (available(binding)) {
    binding.lease_expiration = binding.sent_potential = binding.start_of_state = 0;
    binding.client_last_transaction.reset();
    binding.partner_has_expiration = binding.given_alone = false;
  } else if (binding.status == BindingStatus::active) {
    binding.start_of_state = 0;  // only Figure 7.1.3-1's time(3) and the wait of an ended binding ask for it
  } else {
    if (binding.lease_expiration <= over) binding.lease_expiration = 0;
    if (binding.start_of_state <= over) binding.start_of_state = 0;
    binding.partner_has_expiration = false;
  }
}

void Fields::forget_dead(Endpoint& endpoint, const Config& config, Seconds now) {
  const bool same = endpoint.bindings_ == endpoint.disk_;
  for (Binding& binding : endpoint.bindings_) forget_dead(binding, config, now);
  if (same)
    endpoint.disk_ = endpoint.bindings_;
  else
    for (Binding& binding : endpoint.disk_) forget_dead(binding, config, now);
  for (Endpoint::Slot& slot : endpoint.slots_) {
    if (!slot.used) slot = {};
    slot.told.reserved = false;
    if (slot.superseded) slot.told = {}, slot.changed = false;
    if (slot.told.potential_expiration <= now - config.mclt) slot.told.potential_expiration = 0;
  }
  const State state = endpoint.state_;
  const bool starting = endpoint.running_ && state == State::startup;
  const bool recovering = starting || state == State::recover || state == State::recover_wait;
  if (!config.every_setting || (!starting && state != State::recover)) endpoint.first_time_ = false;
  if (endpoint.record_.no_new_before <= now) endpoint.record_.no_new_before = 0;
  if (!starting) endpoint.previous_ = State::recover;
  if (!endpoint.running_ || !recovering || endpoint.failure_ <= now - config.longest_mclt())
    endpoint.failure_ = 0;
  if (endpoint.running_ && !starting && !kStopping.has(state))
    endpoint.record_.last_operation = 0;  // written again by the next crash
  const bool interrupted = endpoint.record_.state == State::communications_interrupted &&
                           (config.safe_period > 0 || config.broken.has(Broken::partner_pool_after_mclt));
  if (endpoint.record_.state != State::partner_down && !interrupted) endpoint.record_.since = 0;
  endpoint.partner_since_ = 0;  // read in the step that sets it
  endpoint.storage_configured_lost_ = false;
  endpoint.announce_ = false;
  endpoint.begun_ = 0;
  if (endpoint.link_ != Link::ok) endpoint.partner_ = State::startup, endpoint.partner_startup_ = false;
  if (!endpoint.asks()) endpoint.my_xid_ = 0;
  if (!endpoint.asked_.any) endpoint.asked_ = {};
}

void Fields::renumber(World& world, Side side) {
  Endpoint& mine = world.endpoint[side];
  Endpoint& theirs = world.endpoint[other(side)];
  std::array<Xid*, 24> used{};
  std::size_t count = 0;
  const auto add = [&](Xid& xid) { used.at(count++) = &xid; };
  if (mine.asks()) add(mine.my_xid_);
  for (Endpoint::Slot& slot : mine.slots_)
    if (slot.used) add(slot.xid);
  if (theirs.asked_.any) add(theirs.asked_.xid);
  for (Message& message : world.to[other(side)])
    if (is_request(message.type)) add(message.xid);
  for (Message& message : world.to[side])
    if (is_answer(message.type)) add(message.xid);
  std::sort(used.begin(), used.begin() + static_cast<std::ptrdiff_t>(count),
            [](const Xid* a, const Xid* b) { return *a < *b; });
  Xid number = 0, before = 0;
  for (std::size_t at = 0; at < count; ++at) {
    if (at == 0 || *used[at] != before) ++number;
    before = *used[at];
    *used[at] = number;
  }
  mine.next_xid_ = mine.link_ == Link::none ? 1 : static_cast<Xid>(number + 1);
}

namespace {

// Makes the times of one domain relative. Those before `reach` keep their order only.
template <class Domain>
void relate(Seconds now, Seconds reach, const Domain& each) {
  Past past;
  each([&](Seconds time) {
    if (time != 0 && time < reach) past.add(time);
  });
  const Seconds shift = kNow - now;
  each([&](Seconds& time) {
    if (time == 0) return;
    time = time < reach ? reach + shift - past.rank_from_the_end(time) : time + shift;
    if (time <= 0 || time >= kTimes) std::abort();  // a scope with times too large for a normal form
  });
}

template <class Visit>
void each_storage(World& world, const Visit& visit) {
  for (Endpoint& endpoint : world.endpoint) visit(endpoint);
  if (world.backup.any()) visit(world.backup.storage());
}

}  // namespace

void normalise(const Scope& scope, const Configs& configs, World& world) {
  const Seconds mclt = configs.of[kPrimary].longest_mclt();
  for (Side side : {kPrimary, kSecondary}) {
    Fields::forget_dead(world.endpoint[side], configs.of[side], world.now);
    if (world.backup.of(side)) Fields::forget_dead(world.backup.storage(), configs.of[side], world.now);
    for (Message& message : world.to[side]) forget_dead(message, world.now - mclt);
    if (world.ghosts.down[side] <= world.now - mclt) world.ghosts.down[side] = 0;
  }
  for (Side side : {kPrimary, kSecondary}) Fields::renumber(world, side);

  const Seconds now = world.now;
  for (Address a = 0; a < scope.addresses; ++a) {
    relate(now, now - mclt, [&](const auto& visit) { Fields::lease_times(world, a, visit); });
    relate(now, now, [&](const auto& visit) { Fields::transaction_times(world, a, visit); });
  }
  relate(now, now - std::max(mclt, scope.safe_period), [&](const auto& visit) {
    each_storage(world, [&](Endpoint& endpoint) { Fields::state_times(endpoint, visit); });
    for (Channel& channel : world.to)
      for (Message& message : channel) visit(message.since);
  });
  relate(now, now - mclt, [&](const auto& visit) {  // these are compared with now alone
    each_storage(world, [&](Endpoint& endpoint) { Fields::waits(endpoint, visit); });
    for (Channel& channel : world.to)
      for (Message& message : channel) visit(message.update.potential_expiration);
    for (Client& client : world.client) visit(client.until);
    for (Seconds& down : world.ghosts.down) visit(down);
  });
  world.now = kNow;
}

}  // namespace twinlease::model::explore
