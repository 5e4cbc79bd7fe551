#include "model/history/vocabulary.hpp"

#include <array>
#include <cstdio>

namespace twinlease::model::history {

namespace {

constexpr std::array<std::string_view, 13> state_names = {"no state",
                                                          "STARTUP",
                                                          "NORMAL",
                                                          "COMMUNICATIONS-INTERRUPTED",
                                                          "PARTNER-DOWN",
                                                          "POTENTIAL-CONFLICT",
                                                          "RECOVER",
                                                          "PAUSED",
                                                          "SHUTDOWN",
                                                          "RECOVER-DONE",
                                                          "RESOLUTION-INTERRUPTED",
                                                          "CONFLICT-DONE",
                                                          "RECOVER-WAIT"};
constexpr std::array<std::string_view, 8> status_names = {"no status", "FREE",      "ACTIVE", "EXPIRED",
                                                          "RELEASED",  "ABANDONED", "RESET",  "BACKUP"};

template <std::size_t size, class Value>
std::string_view pick(const std::array<std::string_view, size>& names, Value value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < size ? names[index] : names[0];
}

}  // namespace

std::string_view name(Server server) noexcept {
  return server == Server::primary ? "primary" : "secondary";
}

std::string_view name(State state) noexcept {
  return pick(state_names, state);
}

std::string_view name(BindingStatus status) noexcept {
  return pick(status_names, status);
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
