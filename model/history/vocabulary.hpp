// The words in which a history is told: the two servers, their states, the status of a binding, addresses.
// Numbers are those of the draft (12.3, 12.24); what is written here knows nothing of octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinlease::model::history {

using TimeMs = std::int64_t;  // milliseconds since 1970, on the one clock of the lab

enum class Server : std::uint8_t { primary, secondary };

constexpr Server partner_of(Server server) noexcept {
  return server == Server::primary ? Server::secondary : Server::primary;
}

// A set of servers, as bits: who hears a client.
enum class Servers : std::uint8_t { none = 0, primary = 1, secondary = 2, both = 3 };

constexpr bool holds(Servers servers, Server server) noexcept {
  return (static_cast<unsigned>(servers) >> static_cast<unsigned>(server) & 1U) != 0;
}

enum class State : std::uint8_t {  // 12.24
  startup = 1,
  normal = 2,
  communications_interrupted = 3,
  partner_down = 4,
  potential_conflict = 5,
  recover = 6,
  paused = 7,
  shutdown = 8,
  recover_done = 9,
  resolution_interrupted = 10,
  conflict_done = 11,
  recover_wait = 12,
};

enum class BindingStatus : std::uint8_t {  // 12.3
  free = 1,
  active = 2,
  expired = 3,
  released = 4,
  abandoned = 5,
  reset = 6,
  backup = 7,
};

using Address = std::uint32_t;  // IPv4, 10.77.1.1 is 0x0a4d0101
using Client = std::string;     // octets of the request id: client-identifier if there is one, else chaddr

std::string_view name(Server server) noexcept;
std::string_view name(State state) noexcept;           // "COMMUNICATIONS-INTERRUPTED"
std::string_view name(BindingStatus status) noexcept;  // "BACKUP"

std::string text(Address address);         // "10.77.1.1"
std::string text(const Client& client);    // "02:77:00:00:00:01"
std::string text_of_seconds(TimeMs span);  // "12.3 s"

}  // namespace twinlease::model::history
