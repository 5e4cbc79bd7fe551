#include "impl/server/words.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace twinlease::server {
namespace {

template <class Integer>
std::optional<Integer> read_whole(std::string_view word, int base = 10) {
  Integer value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// What stands before and after the first such letter.
std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view word, char at) {
  const std::size_t found = word.find(at);
  if (found == word.npos) return std::nullopt;
  return std::pair{word.substr(0, found), word.substr(found + 1)};
}

}  // namespace

std::optional<core::Ipv4> read_ipv4(std::string_view word) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part < 3 ? word.find('.') : word.size();
    if (end == word.npos) return std::nullopt;
    const auto octet = read_whole<std::uint8_t>(word.substr(0, end));
    if (!octet) return std::nullopt;
    value = value << 8 | *octet;
    word.remove_prefix(std::min(end + 1, word.size()));
  }
  return core::Ipv4{value};
}

std::optional<core::Range> read_range(std::string_view word) {
  const auto parts = split(word, '-');
  const auto first = read_ipv4(parts ? parts->first : word);
  const auto last = read_ipv4(parts ? parts->second : word);
  if (!first || !last) return std::nullopt;
  return core::Range{*first, *last};
}

std::optional<std::pair<core::Ipv4, int>> read_subnet(std::string_view word) {
  const auto parts = split(word, '/');
  if (!parts) return std::nullopt;
  const auto address = read_ipv4(parts->first);
  const auto length = read_whole<std::uint8_t>(parts->second);
  if (!address || !length || *length > 32) return std::nullopt;
  const std::uint32_t host_bits = *length == 0 ? UINT32_MAX : (std::uint32_t{1} << (32 - *length)) - 1;
  if ((address->value & host_bits) != 0) return std::nullopt;
  return std::pair{*address, int{*length}};
}

std::optional<std::string> read_hex(std::string_view word) {
  std::string digits(word), octets;
  std::erase(digits, ':');
  if (digits.size() % 2 != 0) return std::nullopt;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto octet = read_whole<std::uint8_t>(std::string_view(digits).substr(at, 2), 16);
    if (!octet) return std::nullopt;
    octets.push_back(static_cast<char>(*octet));
  }
  return octets;
}

std::optional<core::HardwareAddress> read_hardware(std::string_view word) {
  core::HardwareAddress address{.type = 1};
  if (const auto parts = split(word, '/')) {
    const auto type = read_whole<std::uint8_t>(parts->first);
    if (!type) return std::nullopt;
    address.type = *type;
    word = parts->second;
  }
  const auto octets = read_hex(word);
  if (!octets || octets->empty() || octets->size() > address.octets.size()) return std::nullopt;
  std::copy(octets->begin(), octets->end(), address.octets.begin());
  address.size = static_cast<std::uint8_t>(octets->size());
  return address;
}

std::optional<std::string> read_identifier(std::string_view word) {
  if (word.starts_with("hex:")) return read_hex(word.substr(4));
  return word.empty() ? std::nullopt : std::optional(std::string(word));
}

std::string show(core::Ipv4 a) {
  return std::to_string(a.value >> 24) + '.' + std::to_string(a.value >> 16 & 255) + '.' +
         std::to_string(a.value >> 8 & 255) + '.' + std::to_string(a.value & 255);
}

std::string show_hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : octets) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string show(const core::HardwareAddress& address) {
  std::string text = address.type == 1 ? "" : std::to_string(address.type) + '/';
  for (std::size_t i = 0; i < address.size; ++i)
    text += (i == 0 ? "" : ":") + show_hex(wire::as_text(address.address().subspan(i, 1)));
  return text;
}

}  // namespace twinlease::server
