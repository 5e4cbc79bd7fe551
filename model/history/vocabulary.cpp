#include "model/history/vocabulary.hpp"

#include <array>
#include <cstdio>

namespace twinlease::model::history {

namespace {

struct StateRow {
  State state;
  std::uint8_t code;  // 12.24
  std::string_view name;
};

// In the order of the model's enumeration.
constexpr std::array<StateRow, kStates> state_rows = {{
    {State::startup, 1, "STARTUP"},
    {State::normal, 2, "NORMAL"},
    {State::communications_interrupted, 3, "COMMUNICATIONS-INTERRUPTED"},
    {State::partner_down, 4, "PARTNER-DOWN"},
    {State::recover, 6, "RECOVER"},
    {State::recover_wait, 12, "RECOVER-WAIT"},
    {State::recover_done, 9, "RECOVER-DONE"},
    {State::potential_conflict, 5, "POTENTIAL-CONFLICT"},
    {State::resolution_interrupted, 10, "RESOLUTION-INTERRUPTED"},
    {State::conflict_done, 11, "CONFLICT-DONE"},
    {State::paused, 7, "PAUSED"},
    {State::shutdown, 8, "SHUTDOWN"},
}};
constexpr std::uint8_t isc_recover_wait = 254;

constexpr bool in_order() {
  for (std::size_t i = 0; i < state_rows.size(); ++i)
    if (static_cast<std::size_t>(state_rows[i].state) != i) return false;
  return true;
}
static_assert(in_order());

constexpr std::array<std::string_view, kBindingStatuses + 1> status_names = {
    "no status", "FREE", "ACTIVE", "EXPIRED", "RELEASED", "ABANDONED", "RESET", "BACKUP"};

}  // namespace

std::string_view name(Server server) noexcept {
  return server == Server::primary ? "primary" : "secondary";
}

std::string_view name(State state) noexcept {
  const auto index = static_cast<std::size_t>(state);
  return index < state_rows.size() ? state_rows[index].name : "no state";
}

std::string_view name(BindingStatus status) noexcept {
  const auto index = static_cast<std::size_t>(status);
  return index < status_names.size() ? status_names[index] : status_names[0];
}

std::optional<State> state_of_name(std::string_view name) noexcept {
  for (const StateRow& row : state_rows)
    if (row.name == name) return row.state;
  return std::nullopt;
}

std::optional<BindingStatus> status_of_name(std::string_view name) noexcept {
  for (std::size_t i = 1; i < status_names.size(); ++i)
    if (status_names[i] == name) return static_cast<BindingStatus>(i);
  return std::nullopt;
}

std::uint8_t code_of(State state) noexcept {
  return state_rows[static_cast<std::size_t>(state)].code;
}

std::optional<State> state_of_code(std::uint8_t code) noexcept {
  if (code == isc_recover_wait) return State::recover_wait;
  for (const StateRow& row : state_rows)
    if (row.code == code) return row.state;
  return std::nullopt;
}

std::string text(Address address) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string(address >> shift & 255U);
    if (shift > 0) out += '.';
  }
  return out;
}

std::string text(const Client& client) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : client) {
    const auto octet = static_cast<std::uint8_t>(c);
    if (!out.empty()) out += ':';
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

std::string text_of_seconds(TimeMs span) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f s", static_cast<double>(span) / 1000.0);
  return buffer.data();
}

}  // namespace twinlease::model::history
