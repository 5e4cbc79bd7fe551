#include "model/explore/normal_form.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>

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
  for (Address a = 0; a < config.addresses; ++a) {
    const bool same = endpoint.bindings_[a] == endpoint.disk_[a];
    forget_dead(endpoint.bindings_[a], config, now);
    if (same)
      endpoint.disk_[a] = endpoint.bindings_[a];
    else
      forget_dead(endpoint.disk_[a], config, now);
  }
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

template <class Mark>
void Fields::renumber(World& world, Side side, const Mark& mark) {
  Endpoint& mine = world.endpoint[side];
  Endpoint& theirs = world.endpoint[other(side)];
  std::array<Xid*, 24> used;  // written as far as it is read
  std::size_t count = 0;
  const auto add = [&](Xid& xid) { used.at(count++) = &xid; };
  const auto set = [&](Xid& xid, Xid to) {
    if (xid != to) mark(&xid);
    xid = to;
  };
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
    set(*used[at], number);
  }
  set(mine.next_xid_, mine.link_ == Link::none ? Xid{1} : static_cast<Xid>(number + 1));
}

namespace {

// Makes the times of one domain relative. Those before `reach` keep their order only: the latest of them is
// just before it. `mark` is told of each that is not what it was. Without Shifted the present is kNow
// already.
template <bool Shifted, class Domain, class Mark>
void relate(Seconds now, Seconds reach, const Domain& each, const Mark& mark) {
  std::array<Seconds*, 96> past;  // written as far as it is read
  std::size_t size = 0;
  const Seconds shift = kNow - now;
  const auto set = [&](Seconds& time, Seconds to) {
    if (time != to) mark(&time);
    time = to;
  };
  each([&](Seconds& time) {
    if (static_cast<std::uint64_t>(time - 1) < static_cast<std::uint64_t>(reach - 1)) {  // 0 is no time
      if (size == past.size()) std::abort();
      past[size++] = &time;
    } else if constexpr (Shifted) {
      if (time != 0) set(time, time + shift);
    }
  });
  std::sort(past.begin(), past.begin() + static_cast<std::ptrdiff_t>(size),
            [](const Seconds* a, const Seconds* b) { return *a > *b; });
  Seconds before = reach, to = reach + shift;
  for (std::size_t at = 0; at < size; ++at) {
    if (*past[at] != before) --to;
    before = *past[at];
    set(*past[at], to);
  }
}

template <class Visit>
void each_storage(World& world, const Visit& visit) {
  for (Endpoint& endpoint : world.endpoint) visit(endpoint);
  if (world.backup.any()) visit(world.backup.storage());
}

template <bool Shifted, class Mark>
void relate_all(const Scope& scope, const Configs& configs, World& world, const Mark& mark) {
  const Seconds now = world.now, mclt = configs.of[kPrimary].longest_mclt(), over = now - mclt;
  for (Side side : {kPrimary, kSecondary}) {
    if (world.backup.of(side)) Fields::forget_dead(world.backup.storage(), configs.of[side], now);
    for (Message& message : world.to[side]) forget_dead(message, over);
    if (world.ghosts.down[side] <= over) world.ghosts.down[side] = 0;
  }
  for (Side side : {kPrimary, kSecondary}) Fields::renumber(world, side, mark);
  const auto related = [&](Seconds reach, const auto& each) { relate<Shifted>(now, reach, each, mark); };
  for (Address a = 0; a < scope.addresses; ++a) {
    related(over, [&](const auto& visit) { Fields::lease_times(world, a, visit); });
    related(now, [&](const auto& visit) { Fields::transaction_times(world, a, visit); });
  }
  related(now - std::max(mclt, scope.safe_period), [&](const auto& visit) {
    each_storage(world, [&](Endpoint& endpoint) { Fields::state_times(endpoint, visit); });
    for (Channel& channel : world.to)
      for (Message& message : channel) visit(message.since);
  });
  related(over, [&](const auto& visit) {  // these are compared with now alone
    each_storage(world, [&](Endpoint& endpoint) { Fields::waits(endpoint, scope.addresses, visit); });
    for (Channel& channel : world.to)
      for (Message& message : channel) visit(message.update.potential_expiration);
    for (Client& client : world.client) visit(client.until);
    for (Seconds& down : world.ghosts.down) visit(down);
  });
  world.now = kNow;
}

template <class Mark>
void relate_all(const Scope& scope, const Configs& configs, World& world, const Mark& mark) {
  world.now == kNow ? relate_all<false>(scope, configs, world, mark)
                    : relate_all<true>(scope, configs, world, mark);
}

// Which servers a step can concern; of a kind that is not known here, both.
Changed concerned(const Step& step) {
  using Kind = Step::Kind;
  switch (step.kind) {
    case Kind::deliver:
    case Kind::notice:
    case Kind::discover:
    case Kind::renew:
    case Kind::release:
    case Kind::expire:
    case Kind::free_alone:
    case Kind::timer_startup:
    case Kind::timer_mclt:
    case Kind::timer_safe_period:
    case Kind::ask_for_pool:
    case Kind::crash:
    case Kind::start:
    case Kind::lose_storage:
    case Kind::partner_down:
    case Kind::commit: return {step.side == kPrimary, step.side == kSecondary};
    default: return {true, true};
  }
}

}  // namespace

void normalise(const Scope& scope, const Configs& configs, World& world) {
  for (Side side : {kPrimary, kSecondary})
    Fields::forget_dead(world.endpoint[side], configs.of[side], world.now);
  relate_all(scope, configs, world, [](const void*) {});
}

Changed renormalise(const Scope& scope, const Configs& configs, World& world, const Step& step) {
  Changed changed = concerned(step);
  for (Side side : {kPrimary, kSecondary})
    if (changed[side]) Fields::forget_dead(world.endpoint[side], configs.of[side], world.now);
  const auto* end = static_cast<const void*>(world.endpoint.data() + 2);
  const auto* secondary = static_cast<const void*>(&world.endpoint[kSecondary]);
  const auto* begin = static_cast<const void*>(&world.endpoint[kPrimary]);
  const std::less<> before;
  relate_all(scope, configs, world, [&](const void* field) {
    if (!before(field, begin) && before(field, end))
      changed[before(field, secondary) ? kPrimary : kSecondary] = true;
  });
  return changed;
}

}  // namespace twinlease::model::explore
