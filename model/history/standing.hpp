// In which state each server stands at one moment of a history, as far as it shows.
//
// 1. A state that was said holds while the connection lasts on which it was said; PARTNER-DOWN also after it,
//    since nothing but the partner's return ends it. The STARTUP bit means STARTUP.
// 2. A state that was entered (Entered) holds until the next; from then on what that server says adds
// nothing.
// 3. A server that was told that its partner is down is in PARTNER-DOWN, unless POTENTIAL-CONFLICT refuses
// the
//    command.
#pragma once

#include <array>
#include <optional>

#include "model/history/event.hpp"

namespace twinlease::model::history {

constexpr std::size_t index_of(Server server) noexcept {
  return static_cast<std::size_t>(server);
}
inline constexpr std::array<Server, 2> both_servers = {Server::primary, Server::secondary};

class Standing {
 public:
  void apply(const Event& event, std::size_t index);

  std::optional<State> state(Server server) const noexcept { return at(server).state; }
  std::size_t since(Server server) const noexcept { return at(server).since; }  // the event that showed it
  TimeMs since_ms(Server server) const noexcept { return at(server).since_ms; }
  // The state that it said or entered last, STARTUP left out, whatever came after; none if it never did.
  std::optional<State> last(Server server) const noexcept { return at(server).last; }
  bool inside(Server server) const noexcept { return at(server).inside; }
  bool running(Server server) const noexcept { return at(server).running; }
  const Configured& configured(Server server) const noexcept { return at(server).configured; }

  bool connected() const noexcept { return connected_; }
  std::size_t connection_changed() const noexcept { return connection_changed_; }
  TimeMs connection_changed_ms() const noexcept { return connection_changed_ms_; }
  bool faulty() const noexcept { return cuts_ > 0; }
  bool exhausted() const noexcept { return exhausted_; }

  // May it be in PARTNER-DOWN without having said so: by command, safe period, or a rule of starting up?
  bool could_be_partner_down(Server server, TimeMs now_ms) const noexcept;
  // When it entered the PARTNER-DOWN in which it is; an earlier time if the operator proved one.
  std::optional<TimeMs> partner_down_since_ms(Server server) const noexcept;
  std::size_t partner_down_by(Server server) const noexcept { return at(server).partner_down_by; }

  // The MCLT that both have to use now: of the latest accepted CONNECT, else as configured; none if unknown.
  std::optional<Seconds> mclt_s() const noexcept { return mclt_s_; }

 private:
  struct One {
    std::optional<State> state;
    std::optional<State> last;
    TimeMs since_ms = 0;
    std::size_t since = 0;
    bool inside = false;
    bool running = true;
    bool partner_down_possible = false;
    TimeMs partner_down_ms = 0;
    std::size_t partner_down_by = 0;
    Configured configured;
  };
  One& at(Server server) noexcept { return servers_[index_of(server)]; }
  const One& at(Server server) const noexcept { return servers_[index_of(server)]; }
  void stand(Server server, std::optional<State> state, const Event& event, std::size_t index);
  void on(const Process& process, const Event& event, std::size_t index);
  void on(const StateSaid& said, const Event& event, std::size_t index);
  void on(const PartnerDownCommanded& command, const Event& event, std::size_t index);
  void on(const Connection& connection, const Event& event, std::size_t index);
  void on(const Configured& configured);

  std::array<One, 2> servers_;
  bool connected_ = false;
  std::size_t connection_changed_ = 0;
  TimeMs connection_changed_ms_ = 0;
  int cuts_ = 0;
  bool exhausted_ = false;
  std::optional<Seconds> mclt_s_;
  std::optional<Seconds> offered_mclt_s_;  // of a CONNECT that is not answered
};

}  // namespace twinlease::model::history
