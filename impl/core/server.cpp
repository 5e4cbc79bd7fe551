#include "impl/core/server.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "impl/core/dhcp/dhcp_server.hpp"
#include "impl/core/event_limit.hpp"
#include "impl/core/failover/relationship.hpp"
#include "impl/core/failover/strangers.hpp"
#include "impl/core/ledger.hpp"

namespace twinlease::core {

namespace {

// Where nobody is waited for with a CONNECT a connection only says that the partner is there (8.2).
constexpr Milliseconds stimulus_ms = 2'000;

std::vector<ScopeIndex> scopes_of(const Config& config, const std::string& relationship) {
  std::vector<ScopeIndex> scopes;
  for (ScopeIndex i = 0; i < config.scopes.size(); ++i)
    if (config.scopes[i].relationship == relationship) scopes.push_back(i);
  return scopes;
}

bool same_scopes(const Config& one, const Config& two, const std::string& relationship) {
  const std::vector<ScopeIndex> scopes = scopes_of(one, relationship);
  return scopes == scopes_of(two, relationship) &&
         std::ranges::all_of(scopes, [&](ScopeIndex i) { return one.scopes[i] == two.scopes[i]; });
}

}  // namespace

struct Server::Impl {
  // A relationship, and the configuration that it was made from: it may be an earlier one, with equal values.
  struct Endpoint {
    std::shared_ptr<const Config> config;
    std::unique_ptr<Relationship> relationship;
  };

  Impl(Config its, std::vector<Record> records, std::uint64_t seed, Now now, const Rules* its_rules)
      : config(std::make_shared<const Config>(std::move(its))),
        rules(its_rules),
        ledger(*config, seed),
        strangers(ledger) {
    ledger.set_now(now);
    std::map<std::string, RelationshipRecord> stored = load(std::move(records));
    for (const RelationshipConfig& each : config->relationships)
      endpoints.push_back(make(each, std::move(stored[each.name])));
    make_dhcp();
  }

  std::map<std::string, RelationshipRecord> load(std::vector<Record> records);
  Endpoint make(const RelationshipConfig&, RelationshipRecord);
  void make_dhcp();
  ScopeStanding standing_of(ScopeIndex) const;

  Relationship* find(const std::string& name) const;
  Relationship* owner(ConnectionId) const;
  void settle(Outputs&);
  void end_overflowed(Outputs&);
  void introduce(const Strangers::Introduction&);
  void stop_if_all_rest();

  void on(const DhcpPacket& packet) { dhcp->handle(packet); }
  void on(const ProbeResult& result) { dhcp->on_probe(result); }
  void on(const ConnectionUp&);
  void on(const ConnectionFailed&);
  void on(const ConnectionDown&);
  void on(const ConnectionOctets&);
  void on(const Tick&);
  void on(const StoreFailed&);
  void on(const OperatorCommand&);

  std::shared_ptr<const Config> config;
  const Rules* rules;
  Ledger ledger;
  Strangers strangers;
  std::vector<Endpoint> endpoints;
  std::unique_ptr<DhcpServer> dhcp;
  EventLimit limit;
  bool stopping = false;  // by a command to all relationships
};

// ---- construction

std::map<std::string, RelationshipRecord> Server::Impl::load(std::vector<Record> records) {
  std::map<std::string, RelationshipRecord> relationships;
  std::vector<Lease> leases;
  for (Record& record : records) {
    if (auto* lease = std::get_if<Lease>(&record)) leases.push_back(std::move(*lease));
    if (auto* its = std::get_if<RelationshipRecord>(&record)) relationships[its->name] = std::move(*its);
  }
  std::ranges::sort(leases, [](const Lease& a, const Lease& b) {
    return std::pair(a.start_time_of_state_s, a.address) < std::pair(b.start_time_of_state_s, b.address);
  });
  for (const Lease& lease : leases) ledger.loading().load(lease);
  return relationships;
}

Server::Impl::Endpoint Server::Impl::make(const RelationshipConfig& its, RelationshipRecord record) {
  const Rules& used = rules != nullptr ? *rules : rules_of(its.profile);
  return {config,
          std::make_unique<Relationship>(ledger, its, used, std::move(record), scopes_of(*config, its.name))};
}

void Server::Impl::make_dhcp() {
  dhcp = std::make_unique<DhcpServer>(ledger, [this](ScopeIndex scope) { return standing_of(scope); });
}

ScopeStanding Server::Impl::standing_of(ScopeIndex scope) const {
  if (const Relationship* shared = find(config->scopes[scope].relationship))
    return {shared->standing(), &shared->rules()};
  return {{}, rules != nullptr ? rules : &draft_rules};
}

Relationship* Server::Impl::find(const std::string& name) const {
  const auto found = std::ranges::find_if(
      endpoints, [&](const Endpoint& e) { return e.relationship->config().name == name; });
  return found == endpoints.end() ? nullptr : found->relationship.get();
}

Relationship* Server::Impl::owner(ConnectionId connection) const {
  const auto found =
      std::ranges::find_if(endpoints, [&](const Endpoint& e) { return e.relationship->owns(connection); });
  return found == endpoints.end() ? nullptr : found->relationship.get();
}

// ---- inputs

void Server::Impl::on(const ConnectionUp& up) {
  if (!up.relationship.empty()) {
    if (Relationship* its = find(up.relationship)) return its->on_up(up.connection, up.remote_address);
    return ledger.journal().say(CloseConnection{up.connection});
  }
  bool expected = false;
  for (const Endpoint& each : endpoints) {
    each.relationship->stimulus();
    expected = expected || each.relationship->expects_connect();
  }
  strangers.up(up, expected ? Strangers::wait_ms : stimulus_ms);
}

void Server::Impl::on(const ConnectionFailed& failed) {
  if (Relationship* its = find(failed.relationship)) its->on_failed(failed.reason);
}

void Server::Impl::on(const ConnectionDown& down) {
  ledger.journal().forget(down.connection);
  strangers.down(down.connection);
  if (Relationship* its = owner(down.connection)) its->on_down(down.reason);
}

void Server::Impl::on(const ConnectionOctets& input) {
  Octets octets = input.octets;
  if (strangers.knows(input.connection))
    octets = strangers.receive(input.connection, octets,
                               [this](const Strangers::Introduction& stranger) { introduce(stranger); });
  if (octets.empty()) return;
  if (Relationship* its = owner(input.connection)) its->receive(octets);
}

void Server::Impl::introduce(const Strangers::Introduction& stranger) {
  const auto found = std::ranges::find_if(endpoints, [&](const Endpoint& e) {
    return same_name(e.relationship->config().name, stranger.relationship);
  });
  if (found == endpoints.end() || stranger.relationship.empty())
    return strangers.reject(stranger, wire::RejectReason::invalid_failover_partner);  // 7.8.2 (5)
  found->relationship->accept(stranger.connection, stranger.remote_address, stranger.framer,
                              *stranger.connect);
}

void Server::Impl::on(const Tick&) {
  strangers.on_tick();
  for (const Endpoint& each : endpoints) each.relationship->on_tick();
  dhcp->on_tick();
}

void Server::Impl::on(const StoreFailed& failed) {
  if (!ledger.journal().failing())
    ledger.journal().tell(Event{EventId::storage_failed, Level::error, {}, failed.reason});
  ledger.journal().failed();
}

void Server::Impl::on(const OperatorCommand& command) {
  if (Relationship* its = find(command.relationship)) return its->command(command);
  if (!command.relationship.empty())
    return ledger.journal().tell(Event{EventId::command_refused, Level::warning, command.relationship,
                                       "there is no such relationship"});
  stopping = command.command == Command::pause || command.command == Command::shutdown;
  for (const Endpoint& each : endpoints) each.relationship->command(command);
}

// ---- the end of an input

void Server::Impl::stop_if_all_rest() {
  if (!stopping ||
      !std::ranges::all_of(endpoints, [](const Endpoint& e) { return e.relationship->at_rest(); }))
    return;
  stopping = false;
  ledger.journal().say(Stop{"by command"});
}

// What an input changed is queued for the partner; what is queued may be sent, and change something.
void Server::Impl::settle(Outputs& outputs) {
  const std::size_t first = outputs.size();
  for (;;) {
    for (const Ipv4 address : ledger.take_changed()) {
      const auto scope = ledger.book().scope_of(address);
      if (!scope) continue;
      if (Relationship* its = find(config->scopes[*scope].relationship)) its->queue(address);
    }
    for (const Endpoint& each : endpoints) each.relationship->finish();
    if (!ledger.changed()) break;
  }
  stop_if_all_rest();
  ledger.journal().seal(ledger.now(), outputs);
  end_overflowed(outputs);
  limit.apply(outputs, first, ledger.now().monotonic_ms);
}

void Server::Impl::end_overflowed(Outputs& outputs) {
  const std::vector<ConnectionId> overflowed = ledger.journal().take_overflowed();
  for (const ConnectionId connection : overflowed) {
    outputs.emplace_back(CloseConnection{connection});
    strangers.down(connection);
    if (Relationship* its = owner(connection)) its->on_overflow();
  }
  if (overflowed.empty()) return;
  for (const Endpoint& each : endpoints) each.relationship->finish();
  ledger.journal().seal(ledger.now(), outputs);
}

// ---- Server

Server::Server(Config config, std::vector<Record> records, std::uint64_t seed, Now now, const Rules* rules)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(records), seed, now, rules)) {}

Server::~Server() = default;

void Server::start(Now now, Outputs& outputs) {
  impl_->ledger.set_now(now);
  for (const Impl::Endpoint& each : impl_->endpoints) each.relationship->start();
  impl_->on(Tick{});
  impl_->settle(outputs);
}

void Server::handle(const Input& input, Now now, Outputs& outputs) {
  impl_->ledger.set_now(now);
  if (const auto* stored = std::get_if<Stored>(&input)) {
    const bool failing = impl_->ledger.journal().failing();
    impl_->ledger.journal().stored(stored->batch, now, outputs);
    if (failing && !impl_->ledger.journal().failing())
      impl_->ledger.journal().tell(Event{EventId::storage_recovered, Level::info, {}, "storage works again"});
  } else {
    std::visit(
        [this](const auto& value) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(value)>, Stored>) impl_->on(value);
        },
        input);
  }
  impl_->settle(outputs);
}

Milliseconds Server::next_deadline() const {
  Milliseconds due_ms = std::min(
      {impl_->strangers.next_deadline(), impl_->dhcp->next_deadline(), impl_->limit.next_deadline()});
  for (const Impl::Endpoint& each : impl_->endpoints)
    due_ms = std::min(due_ms, each.relationship->next_deadline());
  return due_ms;
}

std::vector<std::string> Server::reconfigure(Config config, Now now, Outputs& outputs) {
  std::vector<std::string> refused = check(config);
  for (const RelationshipConfig& each : config.relationships)
    if (const Relationship* its = impl_->find(each.name); its != nullptr && its->config().role != each.role)
      refused.push_back("relationship " + each.name + ": its role cannot change; remove it first");
  if (!refused.empty()) return refused;
  impl_->ledger.set_now(now);
  const std::shared_ptr<const Config> before = impl_->config;
  impl_->config = std::make_shared<const Config>(std::move(config));
  impl_->ledger.reconfigure(*impl_->config);
  std::vector<Impl::Endpoint> endpoints;
  for (const RelationshipConfig& each : impl_->config->relationships) {
    const auto old = std::ranges::find_if(impl_->endpoints, [&](const Impl::Endpoint& e) {
      return e.relationship && e.relationship->config().name == each.name;
    });
    if (old == impl_->endpoints.end()) {
      endpoints.push_back(impl_->make(each, {}));
      endpoints.back().relationship->start();
    } else if (old->relationship->config() == each && same_scopes(*before, *impl_->config, each.name)) {
      endpoints.push_back(std::move(*old));  // goes on with its connection
    } else {
      old->relationship->retire("its configuration has changed");
      endpoints.push_back(impl_->make(each, old->relationship->record()));
      endpoints.back().relationship->start();
    }
  }
  for (const Impl::Endpoint& gone : impl_->endpoints)
    if (gone.relationship) gone.relationship->retire("it is not configured any more");
  impl_->endpoints = std::move(endpoints);
  impl_->make_dhcp();
  impl_->settle(outputs);
  return {};
}

const Config& Server::config() const {
  return *impl_->config;
}
const Book& Server::book() const {
  return impl_->ledger.book();
}
bool Server::storage_failing() const {
  return impl_->ledger.journal().failing();
}

std::vector<RelationshipStatus> Server::relationships() const {
  std::vector<RelationshipStatus> all;
  for (const Impl::Endpoint& each : impl_->endpoints) all.push_back(each.relationship->status());
  return all;
}

}  // namespace twinlease::core
