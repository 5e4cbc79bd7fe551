#include "impl/core/testing/pair.hpp"

#include <algorithm>
#include <utility>

namespace twinlease::core::testing {

namespace {

constexpr ConnectionId strangers_from = 1'000'000;

Config config_of(Role role) {
  Scope scope;
  scope.name = "office";
  scope.subnet = {0x0a4d0100};
  scope.ranges = {{{0x0a4d010a}, {0x0a4d0113}}};  // 10.77.1.10 to 10.77.1.19
  scope.lease_time_s = 3600;
  scope.relationship = Pair::name;
  RelationshipConfig relationship;
  relationship.name = Pair::name;
  relationship.role = role;
  relationship.mclt_s = 600;
  relationship.local_address = "192.0.2.1";
  relationship.partner_address = "192.0.2.2";
  Config config;
  config.name = role == Role::primary ? "a" : "b";
  config.scopes = {scope};
  config.relationships = {relationship};
  config.probe_ms = 0;
  return config;
}

}  // namespace

std::vector<Record> Pair::Side::disk() const {
  std::vector<Record> records;
  for (const auto& [address, lease] : leases) records.emplace_back(lease);
  if (record) records.emplace_back(*record);
  return records;
}

bool Pair::Side::told(EventId id) const {
  return std::ranges::any_of(events, [id](const Event& event) { return event.id == id; });
}

Pair::Pair() {
  side(0).config = config_of(Role::primary);
  side(1).config = config_of(Role::secondary);
}

Now Pair::now(int i) const {
  return {begin_s + sides_[static_cast<std::size_t>(i)].clock_s + now_ms_ / 1000, now_ms_};
}

void Pair::start(int i) {
  Side& its = side(i);
  ++lives_[static_cast<std::size_t>(i)];
  its.stopped = false;
  its.server = std::make_unique<Server>(its.config, its.disk(), 42 + static_cast<std::uint64_t>(i), now(i));
  Outputs outputs;
  its.server->start(now(i), outputs);
  carry_out(i, std::move(outputs));
}

void Pair::start_both() {
  start(0);
  start(1);
}

void Pair::crash(int i) {
  side(i).server.reset();
  ++lives_[static_cast<std::size_t>(i)];
  std::vector<ConnectionId> mine;
  for (const auto& [end, wire] : wires_)
    if (end.first == i) mine.push_back(end.second);
  for (const ConnectionId connection : mine) drop(i, connection, "the other side is gone");
}

void Pair::cut() {
  cut_ = true;
}
void Pair::heal() {
  cut_ = false;
}

void Pair::reset() {
  while (!wires_.empty()) {
    const auto [i, connection] = wires_.begin()->first;
    drop(i, connection, "reset");
  }
}

// ---- time

void Pair::later(int side, Milliseconds in_ms, std::function<void()> happens) {
  due_.push({now_ms_ + in_ms, order_++, side, lives_[static_cast<std::size_t>(side)], std::move(happens)});
}

Milliseconds Pair::next_ms() const {
  Milliseconds next = due_.empty() ? never : due_.top().at_ms;
  for (const Side& each : sides_)
    if (each.server) next = std::min(next, std::max(each.server->next_deadline(), now_ms_));
  return next;
}

void Pair::run(Milliseconds for_ms) {
  const Milliseconds end_ms = now_ms_ + for_ms;
  while (next_ms() <= end_ms) {
    now_ms_ = std::max(now_ms_, next_ms());
    if (!due_.empty() && due_.top().at_ms <= now_ms_) {
      const Due due = due_.top();
      due_.pop();
      if (due.life == lives_[static_cast<std::size_t>(due.side)]) due.happens();
      continue;
    }
    bool moved = false;
    for (int i = 0; i < 2; ++i) {
      if (!side(i).server || side(i).server->next_deadline() > now_ms_) continue;
      give(i, Tick{});
      moved = moved || !side(i).server || side(i).server->next_deadline() > now_ms_;
    }
    // A deadline by the wall clock may need the rest of a second.
    if (!moved) now_ms_ += 50;
  }
  now_ms_ = std::max(now_ms_, end_ms);
}

bool Pair::run_until(State primary, State secondary, Milliseconds at_most_ms) {
  constexpr Milliseconds step_ms = 100;
  for (Milliseconds passed_ms = 0; passed_ms <= at_most_ms; passed_ms += step_ms) {
    if (state(0) == primary && state(1) == secondary) return true;
    run(step_ms);
  }
  return false;
}

// ---- inputs and outputs

void Pair::give(int i, const Input& input) {
  if (!side(i).server) return;
  Outputs outputs;
  side(i).server->handle(input, now(i), outputs);
  carry_out(i, std::move(outputs));
}

void Pair::command(int i, Command command, Seconds since_s, bool confirmed) {
  give(i, OperatorCommand{command, name, since_s, confirmed});
}

std::vector<std::string> Pair::reconfigure(int i, const Config& config) {
  Outputs outputs;
  std::vector<std::string> refused = side(i).server->reconfigure(config, now(i), outputs);
  if (refused.empty()) side(i).config = config;
  carry_out(i, std::move(outputs));
  return refused;
}

void Pair::carry_out(int i, Outputs&& outputs) {
  for (Output& output : outputs) {
    if (auto* batch = std::get_if<StoreBatch>(&output)) on(i, std::move(*batch));
    if (auto* connect = std::get_if<Connect>(&output)) on(i, *connect);
    if (auto* octets = std::get_if<SendOctets>(&output)) on(i, std::move(*octets));
    if (auto* close = std::get_if<CloseConnection>(&output)) on(i, *close);
    if (auto* reply = std::get_if<SendDhcp>(&output)) side(i).replies.push_back(std::move(*reply));
    if (std::holds_alternative<Stop>(output)) side(i).stopped = true;
    if (auto* event = std::get_if<Event>(&output)) side(i).events.push_back(std::move(*event));
  }
}

void Pair::on(int i, StoreBatch&& batch) {
  later(i, store_ms, [this, i, batch = std::move(batch)] {
    if (disk_broken) return give(i, StoreFailed{batch.batch, "the disk is broken"});
    for (const Record& record : batch.records) {
      if (const auto* lease = std::get_if<Lease>(&record)) side(i).leases[lease->address] = *lease;
      if (const auto* its = std::get_if<RelationshipRecord>(&record)) side(i).record = *its;
    }
    give(i, Stored{batch.batch});
  });
}

void Pair::on(int i, const Connect& connect) {
  later(i, latency_ms, [this, i, connect] {
    const int far = 1 - i;
    if (cut_ || !side(far).server) return give(i, ConnectionFailed{connect.relationship, "no route"});
    const ConnectionId here = ++last_connection_, there = ++last_connection_;
    wires_[{i, here}] = {far, there};
    wires_[{far, there}] = {i, here};
    give(far, ConnectionUp{there, {}, "192.0.2.1:50000"});
    give(i, ConnectionUp{here, connect.relationship, "192.0.2.2:647"});
  });
}

void Pair::on(int i, SendOctets&& sent) {
  octets_sent_ += sent.octets.size();
  Bytes& first = first_octets_[static_cast<std::size_t>(i)];
  if (first.empty()) first = sent.octets;
  if (sent.connection >= strangers_from) {
    heard_[sent.connection].push_back(std::move(sent.octets));
    return;
  }
  const auto found = wires_.find({i, sent.connection});
  if (found == wires_.end() || cut_) return;
  const Wire wire = found->second;
  later(wire.far, latency_ms, [this, wire, octets = std::move(sent.octets)] {
    if (wires_.contains({wire.far, wire.there})) give(wire.far, ConnectionOctets{wire.there, octets});
  });
}

void Pair::on(int i, const CloseConnection& close) {
  closed_[close.connection] = true;
  if (close.connection >= strangers_from) return;
  // What was sent before arrives before.
  later(i, latency_ms, [this, i, close] { drop(i, close.connection, "closed"); });
}

void Pair::drop(int i, ConnectionId connection, const std::string& reason) {
  const auto found = wires_.find({i, connection});
  if (found == wires_.end()) return;
  const Wire wire = found->second;
  wires_.erase(found);
  if (!cut_) {
    wires_.erase({wire.far, wire.there});
    give(wire.far, ConnectionDown{wire.there, reason});
  }
  give(i, ConnectionDown{connection, reason});
}

// ---- strangers

ConnectionId Pair::stranger(int i) {
  const ConnectionId connection = strangers_from + ++last_connection_;
  give(i, ConnectionUp{connection, {}, "198.51.100.7:40000"});
  return connection;
}

void Pair::say(int i, ConnectionId connection, const Bytes& octets) {
  give(i, ConnectionOctets{connection, octets});
}

std::vector<Bytes> Pair::heard(ConnectionId connection) const {
  const auto found = heard_.find(connection);
  return found == heard_.end() ? std::vector<Bytes>() : found->second;
}

}  // namespace twinlease::core::testing
