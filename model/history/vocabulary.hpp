// The words in which a history is told: the two servers, their states, the status of a binding, addresses.
// They are the model's own; what is written here knows nothing of octets but the codes of 12.24.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/lease/binding.hpp"
#include "model/machine/vocabulary.hpp"

namespace twinlease::model::history {

using TimeMs = std::int64_t;  // milliseconds since 1970, on the one clock of the lab

using Server = Role;  // of the two, each has one
using model::BindingStatus;
using model::State;

constexpr Server partner_of(Server server) noexcept {
  return server == Server::primary ? Server::secondary : Server::primary;
}

// A set of servers, as bits: who hears a client.
enum class Servers : std::uint8_t { none = 0, primary = 1, secondary = 2, both = 3 };

constexpr bool holds(Servers servers, Server server) noexcept {
  return (static_cast<unsigned>(servers) >> static_cast<unsigned>(server) & 1U) != 0;
}

using Address = std::uint32_t;  // IPv4, 10.77.1.1 is 0x0a4d0101
using Client = std::string;     // octets of the request id: client-identifier if there is one, else chaddr

std::string_view name(Server server) noexcept;
std::string_view name(State state) noexcept;           // "COMMUNICATIONS-INTERRUPTED"
std::string_view name(BindingStatus status) noexcept;  // "BACKUP"

std::optional<State> state_of_name(std::string_view name) noexcept;
std::optional<BindingStatus> status_of_name(std::string_view name) noexcept;

// server-state on the wire (12.24). RECOVER-WAIT has no number there: 12 is sent for it, 254 understood
//
std::uint8_t code_of(State state) noexcept;
std::optional<State> state_of_code(std::uint8_t code) noexcept;

std::string text(Address address);         // "10.77.1.1"
std::string text(const Client& client);    // "02:77:00:00:00:01"
std::string text_of_seconds(TimeMs span);  // "12.3 s"

}  // namespace twinlease::model::history
