#include "model/explore/world.hpp"

#include <algorithm>

namespace twinlease::model::explore {
namespace {

using Kind = Step::Kind;

// Whether a server gives leases, or renews them.
bool serves_anybody(const Endpoint& endpoint) {
  return endpoint.running() &&
         (service(endpoint.state(), ClientMessage::request_renewing).serve != Serve::no);
}

// A server that takes its partner for dead, or will when it comes back.
bool believes_partner_down(const Endpoint& endpoint) {
  return endpoint.running() && endpoint.state() != State::startup
             ? endpoint.state() == State::partner_down
             : endpoint.record().state == State::partner_down;
}

// AS2: while a server is in PARTNER-DOWN its partner serves nobody. What the two say to each other is the
// protocol's business; that a server without contact does not begin to serve meanwhile is the assumption.
bool as2_holds(const World& world) {
  for (Side side : {kPrimary, kSecondary})
    if (believes_partner_down(world.endpoint[side]) && serves_anybody(world.endpoint[other(side)]))
      return false;
  return true;
}

// The connection is gone for `side`: it hears nothing more.
void end_of_link(World& world, Side side) {
  world.deaf[side] = true;
  world.to[side].clear();
}

bool send(World& world, Side from, Effects& effects) {
  for (const Message& message : effects.messages) {
    if (message.type == Message::Type::poolresp) continue;  // nothing rests on it
    Channel& channel = world.to[other(from)];
    if (world.deaf[other(from)]) continue;
    if (channel.full()) return false;
    channel.push(message);
  }
  effects.messages.clear();
  if (effects.closes) end_of_link(world, from);
  return true;
}

void client_hears(World& world, Side from, const Effects& effects) {
  for (const ClientAck& ack : effects.acks) {
    world.client[ack.client] = {true, ack.address, ack.until, from, true};
    for (auto& last : world.ghosts.last) last[ack.address] = ack.client;
  }
}

// S8: `side` learns that a binding has ended, by an update that it accepts or by the BNDACK for its own.
void note_end(World& world, Side side, const Message& message, const std::optional<Update>& mine,
              const Effects& effects) {
  const auto ends = [&](BindingStatus status) {
    if (status != BindingStatus::active && status != BindingStatus::abandoned)
      world.ghosts.last[side][message.address] = 0;
  };
  if (message.type == Message::Type::bndack && !message.reject && mine) ends(mine->status);
  if (message.type != Message::Type::bndupd) return;
  for (const Message& answer : effects.messages)
    if (answer.type == Message::Type::bndack && !answer.reject) ends(message.update.status);
}

Taken deliver(const Configs& configs, World& world, Side side, Choices& choices, Effects& effects) {
  const Message message = world.to[side].pop();
  Endpoint& endpoint = world.endpoint[side];
  const Update* told = endpoint.in_flight(message.address);
  const std::optional<Update> mine = told == nullptr ? std::nullopt : std::optional(*told);
  endpoint.receive(configs.of[side], message, world.now, choices, effects);
  note_end(world, side, message, mine, effects);
  return send(world, side, effects) ? Taken::yes : Taken::overflow;
}

Taken connect(const Configs& configs, World& world, Choices& choices, Effects& effects) {
  world.deaf = {};
  for (Channel& channel : world.to) channel.clear();
  for (Side side : {kPrimary, kSecondary}) {
    world.endpoint[side].connected(configs.of[side], world.now, choices, effects);
    if (!send(world, side, effects)) return Taken::overflow;
  }
  return Taken::yes;
}

void crash(World& world, Side side) {
  world.endpoint[side].crash(world.now);
  world.ghosts.down[side] = world.now;
  end_of_link(world, side);
}

void lose_storage(World& world, Side side) {
  world.endpoint[side].wipe();
  world.lost[side] = true;
  for (Client& client : world.client)
    if (client.by == side) client.on_disk = false;
}

// Messages to a side that the connection has died for may arrive at once, or never.
bool nothing_under_way(const World& world) {
  for (Side side : {kPrimary, kSecondary})
    if (world.to[side].size() > 0 && !world.deaf[side]) return false;
  return true;
}

void tick(const Scope& scope, World& world) {
  ++world.now;
  for (Side side : {kPrimary, kSecondary})
    if (!scope.delays && world.deaf[side]) world.to[side].clear();
}

void fault(World& world, const Step& step) {
  switch (step.kind) {
    case Kind::cut:
      --world.left.cuts;
      world.deaf = {true, true};
      break;
    case Kind::cut_to:
      --world.left.cuts;
      world.deaf[step.side] = true;
      break;
    case Kind::crash:
      --world.left.crashes;
      crash(world, step.side);
      break;
    case Kind::lose_storage:
      --world.left.losses;
      lose_storage(world, step.side);
      break;
    default: break;
  }
}

Event timer_of(Kind kind) {
  return kind == Kind::timer_startup ? Event::timer_startup
         : kind == Kind::timer_mclt  ? Event::timer_mclt
                                     : Event::timer_safe_period;
}

// What is left to do of a connection or a recovery that is over is forgotten.
void tidy(World& world) {
  if (!world.linked()) {
    world.deaf = {};
    for (Channel& channel : world.to) channel.clear();
  }
  for (Side side : {kPrimary, kSecondary}) {
    const Endpoint& endpoint = world.endpoint[side];
    if (endpoint.record().any) world.lost[side] = false;
    const State state = endpoint.state();
    if (endpoint.running() && state != State::startup && state != State::recover &&
        state != State::recover_wait)
      world.ghosts.down[side] = 0;
  }
  for (ClientId c = 1; c <= kMostClients; ++c)
    if (!world.holds(c)) world.client[c] = {};
}

// AS2: the operator knows that the partner is down. In the second in which it went down the two servers
// cannot tell which of them stopped first, and the draft has them resolve conflicts (9.3.2, A-28).
bool command_fits(const Scope& scope, const World& world, Side side) {
  const Side partner = other(side);
  if (world.endpoint[partner].running()) return scope.false_partner_down;
  return !scope.false_partner_down && (scope.hasty_command || world.now > world.ghosts.down[partner]);
}

void server_steps(const Scope& scope, const Configs& configs, const World& world, Side side, Steps& out) {
  const Endpoint& endpoint = world.endpoint[side];
  const Config& config = configs.of[side];
  for (Kind kind : {Kind::timer_startup, Kind::timer_mclt, Kind::timer_safe_period})
    if (endpoint.due(config, timer_of(kind), world.now)) out.add({kind, side});
  if (world.left.commands > 0 && endpoint.state() != State::partner_down && command_fits(scope, world, side))
    out.add({Kind::partner_down, side});
  if (endpoint.uncommitted()) out.add({Kind::commit, side});
  if (world.to[other(side)].size() >= scope.most_waiting) return;
  if (endpoint.may_ask_for_pool(config)) out.add({Kind::ask_for_pool, side});
  for (Address a = 0; a < scope.addresses; ++a) {
    if (endpoint.may_expire(config, a, world.now)) out.add({Kind::expire, side, 0, a});
    if (endpoint.may_free(config, a, world.now)) out.add({Kind::free_alone, side, 0, a});
  }
  for (ClientId c = 1; c <= static_cast<ClientId>(scope.clients); ++c) {
    if (!world.holds(c)) {
      for (Address a = 0; a < scope.addresses; ++a)
        if (endpoint.may_give(config, c, a, world.now)) out.add({Kind::discover, side, c, a});
      continue;
    }
    const Address a = world.client[c].address;
    const Binding& binding = endpoint.binding(a);
    if (endpoint.serves(config, ClientMessage::request_renewing, c) && binding.client == c &&
        binding.status == BindingStatus::active)
      out.add({Kind::renew, side, c, a});
  }
}

void side_steps(const Scope& scope, const Configs& configs, const World& world, Side side, Steps& out) {
  const Endpoint& endpoint = world.endpoint[side];
  if (!endpoint.running()) {
    out.add({Kind::start, side});
    if (world.left.losses > 0 && endpoint.record().any) out.add({Kind::lose_storage, side});
    return;
  }
  if (world.to[side].size() > 0) out.add({Kind::deliver, side});
  if (endpoint.link() != Link::none) {
    if (world.deaf[kPrimary] || world.deaf[kSecondary]) out.add({Kind::notice, side});
    if (scope.one_way_cuts && world.left.cuts > 0 && !world.deaf[side]) out.add({Kind::cut_to, side});
  }
  if (world.left.crashes > 0) out.add({Kind::crash, side});
  server_steps(scope, configs, world, side, out);
}

}  // namespace

std::uint16_t Step::packed() const {
  assert(choice < 32 && client < 4 && address < 4);
  return static_cast<std::uint16_t>(static_cast<unsigned>(kind) | side << 5u | client << 6u | address << 8u |
                                    choice << 10u);
}

Step Step::unpacked(std::uint16_t bits) {
  return {static_cast<Kind>(bits & 31), static_cast<Side>(bits >> 5 & 1),
          static_cast<ClientId>(bits >> 6 & 3), static_cast<Address>(bits >> 8 & 3),
          static_cast<std::uint8_t>(bits >> 10 & 31)};
}

Steps steps(const Scope& scope, const Configs& configs, const World& world) {
  Steps out;
  for (Side side : {kPrimary, kSecondary}) side_steps(scope, configs, world, side, out);
  const bool both_run = world.endpoint[0].running() && world.endpoint[1].running();
  if (both_run && !world.linked()) out.add({Kind::connect});
  if (world.linked() && world.left.cuts > 0 && !(world.deaf[0] && world.deaf[1])) out.add({Kind::cut});
  for (ClientId c = 1; c <= static_cast<ClientId>(scope.clients); ++c)
    if (world.holds(c)) out.add({Kind::release, world.client[c].by, c, world.client[c].address});
  if (scope.delays || nothing_under_way(world)) out.add({Kind::tick});
  return out;
}

Taken take(const Scope& scope, const Configs& configs, World& world, const Step& step, Choices& choices,
           Effects& effects) {
  effects.clear();
  const Side side = step.side;
  Endpoint& endpoint = world.endpoint[side];
  const Config& config = configs.of[side];
  const Seconds now = world.now;
  bool under_as2 = false;
  Taken taken = Taken::yes;
  switch (step.kind) {
    case Kind::tick: tick(scope, world); break;
    case Kind::deliver: taken = deliver(configs, world, side, choices, effects); break;
    case Kind::connect: taken = connect(configs, world, choices, effects); break;
    case Kind::notice:
      end_of_link(world, side);
      endpoint.lost(config, now, choices, effects);
      break;
    case Kind::discover: endpoint.give(config, step.client, step.address, now, choices, effects); break;
    case Kind::renew: endpoint.renew(config, step.client, step.address, now, choices, effects); break;
    case Kind::release:
      world.client[step.client] = {};
      endpoint.release(config, step.client, step.address, now, choices, effects);
      break;
    case Kind::expire: endpoint.expire(config, step.address, now, choices, effects); break;
    case Kind::free_alone:
      endpoint.free_alone(config, step.address, now, choices, effects);
      world.ghosts.last[side][step.address] = 0;  // S9 says when this may be
      break;
    case Kind::timer_startup:
    case Kind::timer_safe_period: under_as2 = true; [[fallthrough]];
    case Kind::timer_mclt: endpoint.event(config, timer_of(step.kind), now, choices, effects); break;
    case Kind::ask_for_pool: endpoint.ask_for_pool(config, effects); break;
    case Kind::start:
      endpoint.start(config, now, world.lost[side] && !scope.unnoticed_loss, choices, effects);
      break;
    case Kind::partner_down:
      --world.left.commands;
      under_as2 = !scope.false_partner_down;
      endpoint.event(config, Event::operator_partner_down, now, choices, effects);
      break;
    case Kind::commit: endpoint.commit(); break;
    default: fault(world, step); break;
  }
  if (taken != Taken::yes || !send(world, side, effects)) return Taken::overflow;
  if (under_as2 && !scope.false_partner_down && !as2_holds(world)) return Taken::forbidden;
  client_hears(world, side, effects);
  tidy(world);
  return Taken::yes;
}

World first_world(const Scope& scope, const Configs& configs, Seconds clock) {
  World world;
  world.now = clock;
  Effects effects;
  const auto prepares = [](Kind kind) {
    return kind == Kind::start || kind == Kind::connect || kind == Kind::deliver ||
           kind == Kind::timer_mclt || kind == Kind::ask_for_pool;
  };
  for (bool more = scope.from_normal; more;) {
    const Steps possible = steps(scope, configs, world);
    const Step* next = std::ranges::find_if(possible, [&](const Step& step) { return prepares(step.kind); });
    more = next != possible.end();
    Choices choices;
    if (more) take(scope, configs, world, *next, choices, effects);
  }
  world.left = {static_cast<std::uint8_t>(scope.crashes), static_cast<std::uint8_t>(scope.cuts),
                static_cast<std::uint8_t>(scope.losses), static_cast<std::uint8_t>(scope.commands)};
  return world;
}

}  // namespace twinlease::model::explore
