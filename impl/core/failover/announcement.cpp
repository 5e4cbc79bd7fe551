#include "impl/core/failover/announcement.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "impl/wire/typed.hpp"

namespace twinlease::core {

namespace {

using wire::ServerState;

constexpr std::array numbers = {
    std::pair{State::normal, ServerState::normal},
    std::pair{State::communications_interrupted, ServerState::communications_interrupted},
    std::pair{State::partner_down, ServerState::partner_down},
    std::pair{State::potential_conflict, ServerState::potential_conflict},
    std::pair{State::recover, ServerState::recover},
    std::pair{State::paused, ServerState::paused},
    std::pair{State::shutdown, ServerState::shutdown},
    std::pair{State::recover_done, ServerState::recover_done},
    std::pair{State::resolution_interrupted, ServerState::resolution_interrupted},
    std::pair{State::conflict_done, ServerState::conflict_done},
};
constexpr std::uint8_t private_recover_wait[] = {12, 254};

std::uint8_t number(State state, const wire::Dialect& dialect) {
  const auto recover = static_cast<std::uint8_t>(ServerState::recover);
  if (state == State::recover_wait) return dialect.recover_wait_code.value_or(recover);
  const auto found = std::ranges::find(numbers, state, &decltype(numbers)::value_type::first);
  return found == numbers.end() ? recover : static_cast<std::uint8_t>(found->second);
}

std::string partner_in(State partner) {
  return partner == State::startup ? "the partner was never heard"
                                   : "the partner was last heard in " + std::string(name(partner));
}

}  // namespace

Announced announce(State state, State previous, const wire::Dialect& dialect) {
  if (state == State::startup) return {number(previous, dialect), wire::server_flag_startup};
  return {number(state, dialect), 0};
}

void write(wire::MessageWriter& writer, const Announced& announced, Seconds since_s) {
  constexpr Seconds last = std::numeric_limits<std::uint32_t>::max();
  wire::write(writer, wire::State{announced.state, announced.flags,
                                  static_cast<std::uint32_t>(std::clamp<Seconds>(since_s, 0, last))});
}

std::optional<State> state_of(std::uint8_t server_state) {
  if (server_state == static_cast<std::uint8_t>(ServerState::startup)) return std::nullopt;
  if (std::ranges::find(private_recover_wait, server_state) != std::end(private_recover_wait))
    return State::recover_wait;
  for (const auto& [state, known] : numbers)
    if (static_cast<std::uint8_t>(known) == server_state) return state;
  return State::recover;
}

std::string waits_for(State state, State partner, bool communications_ok, Seconds recover_wait_over_s,
                      Seconds now_s) {
  const std::string connection =
      communications_ok ? "; the partner is in " + std::string(name(partner)) : "; " + partner_in(partner);
  switch (state) {
    case State::normal: return {};
    case State::startup:
      return "waits for the partner, or for the end of the startup time (9.3.2)" + connection;
    case State::communications_interrupted:
      return (communications_ok ? "waits for the partner to finish its recovery (9.9.3)"
                                : "waits for a connection to the partner (9.9.3)") +
             connection;
    case State::partner_down:
      return (communications_ok ? "waits for the partner to finish its recovery (9.4.3)"
                                : "waits for the partner to come back (9.4.3)") +
             connection;
    case State::recover:
      return (communications_ok
                  ? "waits for the partner's updates and their UPDDONE (9.5.2)"
                  : "waits for the partner, who has the bindings that are missing here (9.5.2)") +
             connection;
    case State::recover_wait:
      return "waits until MCLT has passed since this server last worked, " +
             std::to_string(std::max<Seconds>(recover_wait_over_s - now_s, 0)) + " seconds more (9.6.2)" +
             connection;
    case State::recover_done:
      return "waits for the partner to enter NORMAL or RECOVER-DONE (9.7.2)" + connection;
    case State::potential_conflict:
      return "waits until both servers have told each other their updates (9.10.3)" + connection;
    case State::resolution_interrupted: return "waits for a connection to the partner (9.11.3)" + connection;
    case State::conflict_done: return "waits for the partner to enter NORMAL (9.12.3)" + connection;
    case State::paused:
    case State::shutdown: return "stopped by command; resume it, or start the server again (9.13, 9.14)";
  }
  return {};
}

}  // namespace twinlease::core
