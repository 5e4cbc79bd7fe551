#include "model/history/situation.hpp"

namespace twinlease::model::history {

void Situation::apply(const Event& event) {
  const TimeMs now = event.time_ms;
  if (const auto* process = as<Process>(event)) on(*process, now);
  if (const auto* state = as<StateSaid>(event)) on(*state, now);
  if (const auto* fault = as<Fault>(event)) on(*fault, now);
  if (const auto* buckets = as<BucketsAssigned>(event)) buckets_ = buckets->buckets;
  if (const auto* command = as<PartnerDownCommanded>(event)) {
    partner_down_[index(command->server)] = true;
    since_ms_ = now;
  }
  if (const auto* connection = as<Connection>(event)) {
    connected_ = connection->up;
    forget_states();
    since_ms_ = now;
  }
}

bool Situation::normal() const noexcept {
  return running_[0] && running_[1] && connected_ && cuts_ == 0 && said_[0] == State::normal &&
         said_[1] == State::normal;
}

void Situation::on(const Process& event, TimeMs time_ms) {
  const Server partner = partner_of(event.server);
  running_[index(event.server)] = event.running;
  alone_since_ms_[index(event.server)].reset();
  was_normal_[index(event.server)] = false;
  if (event.running) {
    if (cuts_ == 0) alone_since_ms_[index(partner)].reset();
  } else {
    partner_down_[index(event.server)] = false;  // what it does next, it says
    if (was_normal_[index(partner)] && running(partner) && !alone_since_ms_[index(partner)])
      alone_since_ms_[index(partner)] = time_ms;
    connected_ = false;
    forget_states();
  }
  since_ms_ = time_ms;
}

void Situation::on(const StateSaid& event, TimeMs time_ms) {
  std::optional<State> state = event.startup ? std::nullopt : std::optional(event.state);
  if (said_[index(event.server)] == state) return;
  said_[index(event.server)] = state;
  was_normal_[index(event.server)] = state == State::normal;
  if (state) partner_down_[index(event.server)] = state == State::partner_down;
  since_ms_ = time_ms;
}

void Situation::on(const Fault& event, TimeMs time_ms) {
  since_ms_ = time_ms;
  if (event.kind == FaultKind::exhaustion) {
    exhausted_ = event.begins;
    return;
  }
  cuts_ += event.begins ? 1 : -1;
  for (const Server server : {Server::primary, Server::secondary}) {
    std::optional<TimeMs>& alone = alone_since_ms_[index(server)];
    if (event.begins && event.kind == FaultKind::cut && was_normal_[index(server)] && running(server) &&
        !alone)
      alone = time_ms;
    if (!event.begins && cuts_ == 0 && running(partner_of(server))) alone.reset();
  }
}

void Situation::forget_states() {
  said_ = {};
}

}  // namespace twinlease::model::history
