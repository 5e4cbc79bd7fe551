#include "model/explore/world.hpp"

#include <algorithm>
#include <cstdlib>

#include "model/explore/text.hpp"

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

// A server that is up again and serves before its partner hears of its SHUTDOWN: against AS2.
bool brings_shutdown(const World& world, Side side) {
  const Message& first = *world.to[side].begin();
  return first.type == Message::Type::state && first.server_state == State::shutdown;
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
  const Seconds mclt = world.endpoint[kPrimary].mclt(configs.of[kPrimary]);
  Endpoint& secondary = world.endpoint[kSecondary];
  if (!configs.of[kPrimary].broken.has(Broken::own_mclt) && secondary.mclt(configs.of[kSecondary]) != mclt)
    secondary.new_mclt(configs.of[kSecondary], mclt, world.now, choices, effects);
  for (Side side : {kPrimary, kSecondary}) {
    world.endpoint[side].connected(configs.of[side], world.now, choices, effects);
    if (!send(world, side, effects)) return Taken::overflow;
  }
  return Taken::yes;
}

void crash(const Configs& configs, World& world, Side side) {
  const Endpoint& endpoint = world.endpoint[side];
  // A server that stops is down already, and one in STARTUP has not served since.
  const bool served = endpoint.state() != State::startup && !kStopping.has(endpoint.state());
  if (endpoint.record().any && served) world.ghosts.down[side] = world.now;
  world.endpoint[side].crash(configs.of[side], world.now);
  end_of_link(world, side);
}

// What the storage of a server held is gone: S5 is not about what it promised before.
void forget_promises(World& world, Side side) {
  for (Client& client : world.client)
    if (client.by == side) client.on_disk = false;
}

void lose_storage(World& world, Side side) {
  world.endpoint[side].wipe();
  world.lost[side] = true;
  world.restored[side] = false;
  if (world.backup.of(side)) world.backup.forget();
  forget_promises(world, side);
}

void restore(const Configs& configs, World& world, Side side, Choices& choices, Effects& effects) {
  Endpoint& endpoint = world.endpoint[side];
  if (!world.backup.of(side)) world.backup.keep(side, endpoint.on_disk(configs.of[side], world.now));
  world.restored[side] = !endpoint.running();
  world.lost[side] = false;
  endpoint.restore(configs.of[side], world.backup.storage(), world.now, choices, effects);
  world.backup.forget();
  const bool stopped = !endpoint.running() || endpoint.state() == State::recover;
  if (stopped) world.ghosts.down[side] = world.now;
  forget_promises(world, side);
}

void start(const Scope& scope, const Config& config, World& world, Side side, Choices& choices,
           Effects& effects) {
  if (world.endpoint[side].running()) end_of_link(world, side);
  const Storage storage = world.restored[side]                        ? Storage::restored
                          : world.lost[side] && !scope.unnoticed_loss ? Storage::lost
                                                                      : Storage::kept;
  world.restored[side] = false;
  world.endpoint[side].start(config, world.now, storage, choices, effects);
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

void use_up(std::uint8_t& left) {
  if (left != kWithoutEnd) --left;
}

void fault(const Configs& configs, World& world, const Step& step) {
  switch (step.kind) {
    case Kind::cut:
      use_up(world.left.cuts);
      world.deaf = {true, true};
      break;
    case Kind::cut_to:
      use_up(world.left.cuts);
      world.deaf[step.side] = true;
      break;
    case Kind::crash:
      use_up(world.left.crashes);
      crash(configs, world, step.side);
      break;
    case Kind::lose_storage:
      use_up(world.left.losses);
      lose_storage(world, step.side);
      break;
    default: break;
  }
}

Event event_of(Kind kind) {
  switch (kind) {
    case Kind::timer_startup: return Event::timer_startup;
    case Kind::timer_mclt: return Event::timer_mclt;
    case Kind::timer_safe_period: return Event::timer_safe_period;
    case Kind::timer_stop: return Event::timer_stop;
    case Kind::timer_receive: return Event::timer_receive;
    case Kind::timer_sync: return Event::timer_sync;
    case Kind::timer_no_ack: return Event::timer_no_ack;
    case Kind::partner_down: return Event::operator_partner_down;
    case Kind::partner_up: return Event::operator_partner_up;
    case Kind::pause: return Event::operator_pause;
    default: return Event::operator_shutdown;
  }
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
    if (endpoint.running() && !kStopping.has(state) && state != State::startup && state != State::recover &&
        state != State::recover_wait)
      world.ghosts.down[side] = 0;
  }
  for (ClientId c = 1; c <= kMostClients; ++c)
    if (!world.holds(c)) world.client[c] = {};
}

// AS2: the operator knows that the partner is down. In the second in which it went down the two servers
// cannot tell which of them stopped first, and the draft has them resolve conflicts (9.3.2, A-28, A-66).
bool command_fits(const Scope& scope, const World& world, Side side) {
  if (scope.any_command) return true;
  const Side partner = other(side);
  if (world.endpoint[partner].running()) return scope.false_partner_down;
  return !scope.false_partner_down && (scope.hasty_command || world.now > world.ghosts.down[partner]);
}

// Where faults have no end, a server does nothing new before its partner has read what it said.
bool may_act(const Scope& scope, const World& world, Side side) {
  return !scope.any_command ||
         (world.to[other(side)].size() < scope.most_waiting && world.to[side].size() <= 3);
}

void operator_steps(const Scope& scope, const World& world, Side side, Steps& out) {
  const Endpoint& endpoint = world.endpoint[side];
  if (world.left.stops > 0 && !kStopping.has(endpoint.state())) {
    out.add({Kind::pause, side});
    out.add({Kind::shutdown, side});
  }
  if (scope.new_mclts && endpoint.state() == State::partner_down) out.add({Kind::partner_up, side});
  if (scope.new_mclts && side == kPrimary && !world.linked()) out.add({Kind::new_mclt});
}

// Nothing is heard for long only where nothing arrives; no answer comes where none is under way.
void more_timers(const Config& config, const World& world, Side side, Steps& out) {
  const Endpoint& endpoint = world.endpoint[side];
  const bool silence = world.deaf[side] || world.deaf[other(side)];
  if (silence && endpoint.due(config, Event::timer_receive, world.now)) out.add({Kind::timer_receive, side});
  for (Kind kind : {Kind::timer_sync, Kind::timer_no_ack})
    if (endpoint.due(config, event_of(kind), world.now)) out.add({kind, side});
}

void storage_steps(const Scope& scope, const World& world, Side side, Steps& out) {
  const Endpoint& endpoint = world.endpoint[side];
  if (world.left.restores == 0 || kStopping.has(endpoint.state()) || !endpoint.record().any) return;
  if (scope.addresses == 0) {  // a backup is as good as what there is
    if (endpoint.running() || !world.restored[side]) out.add({Kind::restore, side});
    return;
  }
  if (!world.backup.any() && endpoint.running()) out.add({Kind::back_up, side});
  if (world.backup.of(side)) out.add({Kind::restore, side});
}

void server_steps(const Scope& scope, const Configs& configs, const World& world, Side side, Steps& out) {
  const Endpoint& endpoint = world.endpoint[side];
  const Config& config = configs.of[side];
  if (!may_act(scope, world, side)) return;
  for (Kind kind : {Kind::timer_startup, Kind::timer_mclt, Kind::timer_safe_period, Kind::timer_stop})
    if (endpoint.due(config, event_of(kind), world.now)) out.add({kind, side});
  if (world.left.commands > 0 && !kStopping.has(endpoint.state()) &&
      endpoint.state() != State::partner_down && command_fits(scope, world, side))
    out.add({Kind::partner_down, side});
  if (endpoint.uncommitted()) out.add({Kind::commit, side});
  operator_steps(scope, world, side, out);
  if (scope.timers) more_timers(config, world, side, out);
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
  if (world.to[other(side)].size() < scope.most_waiting && may_act(scope, world, side))
    storage_steps(scope, world, side, out);
  if (endpoint.running() && kStopping.has(endpoint.state())) out.add({Kind::start, side});
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
  if (choice >= 64 || client >= 4 || address >= 4) std::abort();  // a scope with too many choices
  return static_cast<std::uint16_t>(static_cast<unsigned>(kind) | side << 5u | client << 6u | address << 8u |
                                    choice << 10u);
}

Step Step::unpacked(std::uint16_t bits) {
  return {static_cast<Kind>(bits & 31), static_cast<Side>(bits >> 5 & 1),
          static_cast<ClientId>(bits >> 6 & 3), static_cast<Address>(bits >> 8 & 3),
          static_cast<std::uint8_t>(bits >> 10 & 63)};
}

Steps steps(const Scope& scope, const Configs& configs, const World& world) {
  Steps out;
  for (Side side : {kPrimary, kSecondary}) side_steps(scope, configs, world, side, out);
  const auto may_connect = [](const Endpoint& server) {
    return server.running() && server.state() != State::paused;
  };
  const bool both_run = may_connect(world.endpoint[0]) && may_connect(world.endpoint[1]);
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
    case Kind::deliver:
      under_as2 = brings_shutdown(world, side);
      taken = deliver(configs, world, side, choices, effects);
      break;
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
    case Kind::timer_mclt: endpoint.event(config, event_of(step.kind), now, choices, effects); break;
    case Kind::ask_for_pool: endpoint.ask_for_pool(config, effects); break;
    case Kind::start: start(scope, config, world, side, choices, effects); break;
    case Kind::partner_down:
      use_up(world.left.commands);
      under_as2 = true;
      endpoint.event(config, event_of(step.kind), now, choices, effects);
      break;
    case Kind::pause:
    case Kind::shutdown:
      use_up(world.left.stops);
      world.ghosts.down[side] = now;  // it serves nobody from now on
      endpoint.event(config, event_of(step.kind), now, choices, effects);
      break;
    case Kind::timer_stop:
    case Kind::timer_receive:
    case Kind::timer_sync:
    case Kind::timer_no_ack:
    case Kind::partner_up: endpoint.event(config, event_of(step.kind), now, choices, effects); break;
    case Kind::new_mclt: {
      const Seconds mclt = endpoint.mclt(config) == config.mclt ? config.longest_mclt() : config.mclt;
      endpoint.new_mclt(config, mclt, now, choices, effects);
      break;
    }
    case Kind::back_up: world.backup.keep(side, endpoint.on_disk(config, now)); break;
    case Kind::restore:
      use_up(world.left.restores);
      restore(configs, world, side, choices, effects);
      break;
    case Kind::commit: endpoint.commit(); break;
    default: fault(configs, world, step); break;
  }
  if (taken != Taken::yes || !send(world, side, effects)) return Taken::overflow;
  if (under_as2 && !scope.false_partner_down && !scope.any_command && !as2_holds(world))
    return Taken::forbidden;
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
  for (const std::string_view line : scope.prelude) {
    const auto step = parse_step(line);
    Choices choices;
    if (!step || take(scope, configs, world, *step, choices, effects) != Taken::yes) std::abort();
  }
  world.left = {static_cast<std::uint8_t>(scope.crashes), static_cast<std::uint8_t>(scope.cuts),
                static_cast<std::uint8_t>(scope.losses),  static_cast<std::uint8_t>(scope.commands),
                static_cast<std::uint8_t>(scope.stops),   static_cast<std::uint8_t>(scope.restores)};
  return world;
}

}  // namespace twinlease::model::explore
