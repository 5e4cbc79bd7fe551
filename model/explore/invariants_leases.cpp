// S1 to S10, S22, S23: what clients are given.
#include <algorithm>

#include "model/explore/invariants.hpp"

namespace twinlease::model::explore {
namespace {

constexpr StateSet kServesNewClients = StateSet(State::normal) | State::communications_interrupted |
                                       State::partner_down | State::resolution_interrupted |
                                       State::conflict_done;

bool ended(const Binding& binding) {
  return !available(binding) && binding.status != BindingStatus::active;
}

// S9, items 2 and 4: from when the address of a binding may go to another client. A lease given alone needs
// no wait once it has ended: at its time, or by a RELEASE before.
Seconds end_of_wait(const Endpoint& server, const Binding& binding, Seconds mclt) {
  return binding.given_alone ? binding.start_of_state
                             : std::max(server.since(), binding.latest_promise()) + mclt;
}

}  // namespace

bool s01_mutual_exclusion(const Moment& moment) {
  const World& world = moment.after;
  for (ClientId one = 1; one < kMostClients; ++one)
    for (ClientId two = one + 1; two <= kMostClients; ++two)
      if (world.holds(one) && world.holds(two) && world.client[one].address == world.client[two].address)
        return false;
  return true;
}

bool s02_lead_time_bound(const Moment& moment) {
  const Endpoint& server = moment.server();
  return std::ranges::all_of(moment.effects.acks, [&](const ClientAck& ack) {
    if (server.state() == State::partner_down) return true;
    const Binding& binding = server.binding(ack.address);
    const Seconds now = moment.before.now;
    const Seconds known = moment.to_new_client(ack)
                              ? now
                              : std::max({now, binding.acked_potential, binding.received_potential});
    return ack.until <= known + moment.scope.mclt;
  });
}

bool s05_lease_after_commit(const Moment& moment) {
  const World& world = moment.after;
  for (ClientId c = 1; c <= kMostClients; ++c) {
    const Client& client = world.client[c];
    if (!world.holds(c) || !client.on_disk) continue;
    const Binding& stored = world.endpoint[client.by].stored(client.address);
    if (stored.client != c || stored.status != BindingStatus::active ||
        stored.lease_expiration < client.until)
      return false;
  }
  return true;
}

bool s06_disjoint_pools(const Moment& moment) {
  const auto may_allocate = [&](Side side, Address a) {
    const Endpoint& server = moment.after.endpoint[side];
    return server.running() && kServesNewClients.has(server.state()) && own(role_of(side), server.binding(a));
  };
  for (Address a = 0; a < moment.scope.addresses; ++a)
    if (may_allocate(kPrimary, a) && may_allocate(kSecondary, a)) return false;
  return true;
}

bool s07_own_pool_only(const Moment& moment) {
  const Endpoint& server = moment.server();
  return std::ranges::all_of(moment.effects.acks, [&](const ClientAck& ack) {
    return server.state() == State::partner_down || !moment.to_new_client(ack) ||
           own(role_of(moment.step.side), server.binding(ack.address));
  });
}

bool s08_reallocation_needs_the_partner(const Moment& moment) {
  const Endpoint& server = moment.server();
  return std::ranges::all_of(moment.effects.acks, [&](const ClientAck& ack) {
    if (server.state() == State::partner_down) return true;
    const ClientId last = moment.before.ghosts.last[moment.step.side][ack.address];
    const Binding& binding = server.binding(ack.address);
    return (last == 0 || last == ack.client) && !(ended(binding) && told(binding.unacked));
  });
}

bool s09_waits_in_partner_down(const Moment& moment) {
  const Endpoint& server = moment.server();
  const Seconds now = moment.before.now, mclt = moment.scope.mclt;
  if (server.state() != State::partner_down) return true;
  if (moment.step.kind == Step::Kind::free_alone) {
    const Binding& binding = server.binding(moment.step.address);
    return now >= end_of_wait(server, binding, mclt) &&
           (binding.given_alone || now >= binding.start_of_state + mclt);
  }
  return std::ranges::all_of(moment.effects.acks, [&](const ClientAck& ack) {
    const Binding& binding = server.binding(ack.address);
    if (!moment.to_new_client(ack) || own(role_of(moment.step.side), binding)) return true;
    return now >= (available(binding) ? server.since() + mclt : end_of_wait(server, binding, mclt));
  });
}

bool s10_silence(const Moment& moment) {
  const Endpoint& server = moment.server();
  const bool renewal = moment.step.kind == Step::Kind::renew;
  return moment.effects.acks.empty() || kServesNewClients.has(server.state()) ||
         (server.state() == State::recover_done && renewal);
}

bool s22_exclusive_load_balancing(const Moment& moment) {
  const World& world = moment.after;
  for (Side side : {kPrimary, kSecondary})
    if (!world.endpoint[side].running() || world.endpoint[side].state() != State::normal) return true;
  for (ClientId c = 1; c <= static_cast<ClientId>(moment.scope.clients); ++c) {
    const bool primary =
        world.endpoint[kPrimary].serves(moment.configs.of[kPrimary], ClientMessage::discover, c);
    const bool secondary =
        world.endpoint[kSecondary].serves(moment.configs.of[kSecondary], ClientMessage::discover, c);
    if (primary == secondary) return false;
  }
  return true;
}

bool s23_same_mclt(const Moment& moment) {
  const auto used = [](const Moment& m, const World& world, Side side) {
    return world.endpoint[side].mclt(m.configs.of[side]);
  };
  const World& after = moment.after;
  if (!moment.effects.acks.empty() && used(moment, moment.before, moment.step.side) != moment.scope.mclt)
    return false;
  const bool met =
      after.endpoint[kPrimary].link() == Link::ok && after.endpoint[kSecondary].link() == Link::ok;
  return !met || after.deaf[kPrimary] || after.deaf[kSecondary] || !moment.scope.new_mclts ||
         used(moment, after, kPrimary) == used(moment, after, kSecondary);
}

}  // namespace twinlease::model::explore
