// server-inputs: a server, and all that may reach it: datagrams and failover octets of anybody, clients and a
// partner that know what they do, time, a disk that waits or fails, an operator. What is held after every
// input:
//
//  1. No two clients hold one address at a time by this server's word: what a client was told is its own
//  until it ends, until the client gives it back, or until the partner says otherwise.
//  2. An answer that leases an address leaves when a batch with that lease is on disk.
//  3. While anything is not on disk nothing is said on a connection but what storage has let go; batches are
//  numbered one by one.
//  4. A reply is well-formed DHCP. What is sent to the partner is one whole message, authentic where a secret
//  is configured.
//  5. Outputs, events of a second, texts, connections and queued updates are bounded.
//  6. The counts of a scope are those of its leases.
//  7. A Tick settles the deadline that it is for.
//  8. Some scripts are played twice: both times with the same outputs.
//
// An input is a script (server/steps.hpp), not octets of a wire: what a server does depends on who speaks
// when.
#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/targets/server/checks.hpp"
#include "fuzz/targets/server/people.hpp"
#include "fuzz/targets/server/steps.hpp"
#include "fuzz/targets/server/trace.hpp"
#include "fuzz/targets/target.hpp"
#include "impl/wire/dhcp4_typed.hpp"

namespace twinlease::fuzz {

namespace {

using namespace core;

constexpr Seconds begin_s = 0x6a0219f3;  // 2026: the time in the seeds of messages
constexpr const char* relationship_name = "fo-pair";

Scope scope_of(const char* name, wire::Ipv4 subnet, std::uint32_t first, std::uint32_t last) {
  Scope scope;
  scope.name = name;
  scope.subnet = subnet;
  scope.ranges = {{{subnet.value + first}, {subnet.value + last}}};
  scope.lease_time_s = 3600;
  return scope;
}

Config config_of(std::uint8_t setting) {
  Scope shared = scope_of("office", shared_subnet, 10, 17),
        unshared = scope_of("lab", unshared_subnet, 10, 13);
  shared.relationship = relationship_name;
  shared.reservations = {{{shared_subnet.value + 20}, {"id-7", {}}, "printer", {}}};
  unshared.delete_grace_s = 600;
  RelationshipConfig relationship;
  relationship.name = relationship_name;
  relationship.role = (setting & setting::secondary) != 0 ? Role::secondary : Role::primary;
  relationship.mode = (setting & setting::hot_standby) != 0 ? Mode::hot_standby : Mode::load_balance;
  relationship.active = relationship.role == Role::primary;
  relationship.profile = (setting & setting::windows) != 0 ? Profile::windows : Profile::draft;
  relationship.mclt_s = 600;
  relationship.local_address = "192.0.2.1";
  relationship.partner_address = "192.0.2.2";
  if (const int dialect = setting >> setting::dialect_shift; dialect != 0)
    relationship.dialect =
        wire::all_dialects()[static_cast<std::size_t>(dialect - 1) % wire::all_dialects().size()];
  if ((setting & setting::secret) != 0) relationship.secrets = {{std::string(shared_secret)}};
  Config config;
  config.name = "server";
  config.scopes = {shared, unshared};
  config.relationships = {relationship};
  config.probe_ms = (setting & setting::probing) != 0 ? 500 : 0;
  return config;
}

Client client_of(Octets payload) {
  const auto decoded = wire::dhcp4::decode(payload);
  const auto* message = std::get_if<wire::dhcp4::Message>(&decoded);
  Client client;
  if (message == nullptr) return client;
  const Octets hardware = message->header().hardware_address();
  client.hardware.size = static_cast<std::uint8_t>(hardware.size());
  client.hardware.type = message->header().htype;
  std::ranges::copy(hardware, client.hardware.octets.begin());
  if (const auto identifier = wire::dhcp4::client_identifier(*message)) {
    client.identifier.resize(identifier->size());
    static_cast<void>(identifier->read(
        0, {reinterpret_cast<std::uint8_t*>(client.identifier.data()), client.identifier.size()}));
  }
  return client;
}

class Run {
 public:
  explicit Run(Octets first)
      : config_(config_of(octet(first, 0))),
        partner_(config_.relationships[0]),
        server_(config_, {}, octet(first, 1), now_) {
    server_.start(now_, outputs_);
    take(Tick{}, 0);
  }

  void step(StepKind, Octets body);
  std::string_view broken() const { return verdict_.broken(); }
  std::uint64_t trace() const { return trace_.value(); }

 private:
  void give(const Input&, std::size_t octets = 0);
  void take(const Input&, std::size_t octets);
  void carry_out(const Output&, const LeaseWatch::Cause&);
  void settle();

  void up(Octets body);
  void down(Octets body);
  void say(std::uint8_t slot, Octets, bool in_pieces);
  void time(Octets body);
  void tick();
  void storage(Octets body);
  void command(Octets body);

  Config config_;
  Now now_{begin_s, 1000};
  Clients clients_;
  Partner partner_;
  Server server_;
  Verdict verdict_;
  Trace trace_;
  LeaseWatch leases_;
  Bounds bounds_;
  Replies replies_{clients_, partner_};
  Outputs outputs_;
  std::set<ConnectionId> open_;
  std::vector<ConnectionId> closed_;  // by the server, and not reported down yet
  std::array<ConnectionId, 4> slots_{};
  ConnectionId last_connection_ = 0;
  bool connect_asked_ = false;
  bool disk_holds_ = false;
};

// ---- inputs and outputs

void Run::give(const Input& input, std::size_t octets) {
  server_.handle(input, now_, outputs_);
  take(input, octets);
  settle();
}

void Run::take(const Input& input, std::size_t octets) {
  const Outputs outputs = std::exchange(outputs_, {});
  bounds_.outputs(input, octets, outputs, verdict_);
  bounds_.events(outputs, now_.monotonic_ms, verdict_);
  const auto* packet = std::get_if<DhcpPacket>(&input);
  const Client client = packet != nullptr ? client_of(packet->payload) : Client();
  const LeaseWatch::Cause cause{std::holds_alternative<ConnectionOctets>(input),
                                packet != nullptr ? &client : nullptr};
  const bool may_speak = leases_.all_stored() || std::holds_alternative<Stored>(input);
  for (const Output& output : outputs) {
    verdict_.hold(may_speak || !std::holds_alternative<SendOctets>(output),
                  "3: said before what came earlier is on disk");
    carry_out(output, cause);
    trace_.add(output);
  }
  Bounds::state(server_, open_.size(), verdict_);
  check_counts(server_, verdict_);
}

void Run::carry_out(const Output& output, const LeaseWatch::Cause& cause) {
  if (const auto* batch = std::get_if<StoreBatch>(&output))
    leases_.handed_out(*batch, cause, now_.wall_s, verdict_);
  if (const auto* reply = std::get_if<SendDhcp>(&output))
    replies_.dhcp(*reply, leases_, now_.wall_s, verdict_);
  if (const auto* sent = std::get_if<SendOctets>(&output))
    if (open_.contains(sent->connection)) replies_.failover(*sent, verdict_);
  if (std::holds_alternative<Connect>(output)) connect_asked_ = true;
  if (const auto* close = std::get_if<CloseConnection>(&output))
    if (open_.erase(close->connection) != 0) closed_.push_back(close->connection);
}

// What the shell says by itself: a connection closed is down, a batch is on disk.
void Run::settle() {
  constexpr int rounds_max = 1000;  // an end, should one thing cause another for ever
  int rounds = 0;
  for (; rounds < rounds_max && broken().empty(); ++rounds) {
    if (!closed_.empty()) {
      const ConnectionDown down{closed_.back(), "closed"};
      closed_.pop_back();
      server_.handle(down, now_, outputs_);
      take(down, 0);
    } else if (!disk_holds_ && !leases_.all_stored()) {
      const Stored stored{leases_.pending().front().batch};
      leases_.stored(stored.batch);
      server_.handle(stored, now_, outputs_);
      take(stored, 0);
    } else {
      return;
    }
  }
  verdict_.hold(rounds < rounds_max, "5: one thing causes another for ever");
}

// ---- steps

void Run::step(StepKind kind, Octets body) {
  switch (kind) {
    case StepKind::setting: return;
    case StepKind::client: return give(clients_.packet(body));
    case StepKind::datagram: {
      DhcpPacket packet = clients_.packet({});
      packet.payload = body;
      return give(packet);
    }
    case StepKind::up: return up(body);
    case StepKind::down: return down(body);
    case StepKind::octets: return say(octet(body, 0), after(body, 1), false);
    case StepKind::message:
      return say(octet(body, 0), partner_.message(body, now_.wall_s),
                 (octet(body, 0) & message_flag::in_pieces) != 0);
    case StepKind::acknowledge:
      return say(octet(body, 0), partner_.acknowledgement(body, now_.wall_s), false);
    case StepKind::time: return time(body);
    case StepKind::storage: return storage(body);
    case StepKind::probe:
      return give(ProbeResult{{shared_subnet.value + octet(body, 0)}, octet(body, 1) != 0});
    case StepKind::command: return command(body);
  }
}

void Run::up(Octets body) {
  const bool asked = (octet(body, 0) & 0x80) != 0;
  if (asked && !std::exchange(connect_asked_, false)) return;
  const ConnectionId connection = ++last_connection_;
  slots_[octet(body, 0) % slots_.size()] = connection;
  open_.insert(connection);
  give(ConnectionUp{connection, asked ? relationship_name : "", "192.0.2.2:40000"});
}

void Run::down(Octets body) {
  if ((octet(body, 0) & 0x80) != 0) {
    if (std::exchange(connect_asked_, false)) give(ConnectionFailed{relationship_name, "no route"});
    return;
  }
  const ConnectionId connection = slots_[octet(body, 0) % slots_.size()];
  if (open_.erase(connection) != 0) give(ConnectionDown{connection, "reset"});
}

void Run::say(std::uint8_t slot, Octets octets, bool in_pieces) {
  const ConnectionId connection = slots_[slot % slots_.size()];
  const std::size_t half = in_pieces ? octets.size() / 2 : 0;
  for (const Octets piece : {octets.first(half), octets.subspan(half)})
    if (!piece.empty() && open_.contains(connection)) give(ConnectionOctets{connection, piece}, piece.size());
}

void Run::time(Octets body) {
  const std::int64_t n = octet(body, 1) * 256 + octet(body, 2);
  Milliseconds passed_ms = 0;
  switch (static_cast<TimeStep>(octet(body, 0) % 6)) {
    case TimeStep::milliseconds: passed_ms = n; break;
    case TimeStep::seconds: passed_ms = n * 1000; break;
    case TimeStep::minutes: passed_ms = n * 60'000; break;
    case TimeStep::deadline: {
      const Milliseconds due_ms = server_.next_deadline();
      if (due_ms != never) passed_ms = std::max<Milliseconds>(due_ms - now_.monotonic_ms, 0);
      break;
    }
    case TimeStep::clock_ahead: now_.wall_s += n; break;
    case TimeStep::clock_back: now_.wall_s -= n; break;
  }
  now_.wall_s += (now_.monotonic_ms % 1000 + passed_ms) / 1000;
  now_.monotonic_ms += passed_ms;
  if (server_.next_deadline() <= now_.monotonic_ms) tick();
}

// A deadline by the clock on the wall may need the rest of a second.
void Run::tick() {
  give(Tick{});
  for (int again = 0; again < 2 && server_.next_deadline() <= now_.monotonic_ms; ++again) {
    now_.wall_s += 1;
    now_.monotonic_ms += 1000;
    give(Tick{});
  }
  verdict_.hold(server_.next_deadline() > now_.monotonic_ms, "7: a deadline that no Tick settles");
}

void Run::storage(Octets body) {
  const auto what = static_cast<StorageStep>(octet(body, 0) % 4);
  disk_holds_ = what != StorageStep::go_on;
  if (what == StorageStep::go_on) return settle();
  if (leases_.all_stored() || what == StorageStep::hold) return;
  const std::uint64_t first = leases_.pending().front().batch;
  if (what == StorageStep::fail_one) return give(StoreFailed{first, "the disk is full"});
  leases_.stored(first);
  give(Stored{first});
}

void Run::command(Octets body) {
  constexpr std::uint8_t reconfigure = 5;
  const std::uint8_t what = octet(body, 0) % (reconfigure + 1);
  if (what != reconfigure) {
    const Seconds since_s = octet(body, 1) == 0 ? 0 : now_.wall_s - octet(body, 1) * 60;
    return give(OperatorCommand{static_cast<Command>(what),
                                (octet(body, 2) & 2) != 0 ? "" : relationship_name, since_s,
                                (octet(body, 2) & 1) != 0});
  }
  config_.scopes[0].lease_time_s = 60 * (1 + octet(body, 1));
  config_.relationships[0].local_share_percent = octet(body, 2) % 101;
  const auto refused = server_.reconfigure(config_, now_, outputs_);
  verdict_.hold(refused.empty(), "5: a configuration without a mistake was refused");
  take(Tick{}, 0);
  settle();
}

// ---- a script

struct Outcome {
  std::string_view broken;
  std::uint64_t trace = 0;
};

Outcome play(Octets script) {
  std::unique_ptr<Run> run;
  for_each_step(script, [&](StepKind kind, Octets body) {
    if (run == nullptr) run = std::make_unique<Run>(kind == StepKind::setting ? body : Octets());
    run->step(kind, body);
    return run->broken().empty();
  });
  return run == nullptr ? Outcome{} : Outcome{run->broken(), run->trace()};
}

std::string_view check(Octets script) {
  const Outcome once = play(script);
  constexpr std::uint64_t one_in = 16;
  if (!once.broken.empty() || once.trace % one_in != 0) return once.broken;
  return play(script).trace == once.trace ? "" : "8: played again, another history";
}

}  // namespace

constinit const Target server_inputs = {"server-inputs", Shape::embedded_options, check};

}  // namespace twinlease::fuzz
