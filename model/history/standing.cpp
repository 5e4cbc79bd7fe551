#include "model/history/standing.hpp"

namespace twinlease::model::history {

void Standing::apply(const Event& event, std::size_t index) {
  if (const auto* process = as<Process>(event)) on(*process, event, index);
  if (const auto* said = as<StateSaid>(event)) on(*said, event, index);
  if (const auto* command = as<PartnerDownCommanded>(event)) on(*command, event, index);
  if (const auto* connection = as<Connection>(event)) on(*connection, event, index);
  if (const auto* configured = as<Configured>(event)) on(*configured);
  if (const auto* entered = as<Entered>(event)) {
    at(entered->server).inside = true;
    stand(entered->server, entered->state, event, index);
  }
  if (const auto* fault = as<Fault>(event)) {
    if (fault->kind == FaultKind::exhaustion) {
      exhausted_ = fault->begins;
    } else {
      cuts_ += fault->begins ? 1 : -1;
    }
  }
  if (const auto* connect = as<ConnectSaid>(event))
    if (connect->from == Server::primary && connect->mclt_s != 0) offered_mclt_s_ = connect->mclt_s;
  if (const auto* answer = as<ConnectAnswered>(event)) {
    if (!answer->reject_reason && offered_mclt_s_) mclt_s_ = offered_mclt_s_;
    offered_mclt_s_.reset();
  }
  if (as<Scenario>(event) != nullptr) *this = Standing();
}

bool Standing::could_be_partner_down(Server server, TimeMs now_ms) const noexcept {
  const One& one = at(server);
  if (one.partner_down_possible) return true;
  const TimeMs safe_period_ms = TimeMs{one.configured.safe_period_s} * 1000;
  return safe_period_ms > 0 && !connected_ && now_ms >= connection_changed_ms_ + safe_period_ms;
}

std::optional<TimeMs> Standing::partner_down_since_ms(Server server) const noexcept {
  const One& one = at(server);
  return one.state == State::partner_down ? std::optional(one.partner_down_ms) : std::nullopt;
}

void Standing::stand(Server server, std::optional<State> state, const Event& event, std::size_t index) {
  One& one = at(server);
  if (state && *state != State::startup) {
    one.last = state;
    one.partner_down_possible = state == State::partner_down;
    at(partner_of(server)).partner_down_possible |= state == State::shutdown;
  }
  if (one.state == state) return;
  one.state = state;
  one.since = index;
  one.since_ms = event.time_ms;
  if (state == State::partner_down) {
    one.partner_down_ms = event.time_ms;
    one.partner_down_by = index;
  }
}

void Standing::on(const Process& process, const Event& event, std::size_t index) {
  One& one = at(process.server);
  one.running = process.running;
  one.partner_down_possible |= process.running && one.configured.partner_down_at_startup;
  one.partner_down_possible |= one.last == State::partner_down;  // which it finds stored
  stand(process.server, std::nullopt, event, index);
  if (!process.running && connected_) on(Connection{false}, event, index);
}

void Standing::on(const StateSaid& said, const Event& event, std::size_t index) {
  if (at(said.server).inside) return;
  stand(said.server, said.startup ? State::startup : said.state, event, index);
}

void Standing::on(const PartnerDownCommanded& command, const Event& event, std::size_t index) {
  One& one = at(command.server);
  one.partner_down_possible = true;
  if (one.inside || one.state == State::potential_conflict) return;
  stand(command.server, State::partner_down, event, index);
  if (command.down_since_ms != 0) one.partner_down_ms = command.down_since_ms;
}

void Standing::on(const Connection& connection, const Event& event, std::size_t index) {
  if (connection.up && !connected_)  // what the safe period did in between, it did
    for (const Server server : both_servers)
      at(server).partner_down_possible |= could_be_partner_down(server, event.time_ms);
  if (connected_ != connection.up) {
    connection_changed_ = index;
    connection_changed_ms_ = event.time_ms;
  }
  connected_ = connection.up;
  for (const Server server : both_servers)
    if (!at(server).inside && at(server).state != State::partner_down)
      stand(server, std::nullopt, event, index);
}

void Standing::on(const Configured& configured) {
  at(configured.server).configured = configured;
  if (configured.mclt_s != 0 && (configured.server == Server::primary || !mclt_s_))
    mclt_s_ = configured.mclt_s;
}

}  // namespace twinlease::model::history
