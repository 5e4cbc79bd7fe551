// Octets as text, so that a test reads like the draft's diagrams: pairs of hex digits, then "#" and what they
// are.
//
//   00 08 00 04   # code 8, length 4
//   0a 4d 01 01   # 10.77.1.1
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "impl/wire/octets.hpp"

namespace twinlease::wire::testing {

using Bytes = std::vector<std::uint8_t>;

inline Bytes bytes_of(Octets octets) {
  return {octets.begin(), octets.end()};
}
inline Bytes bytes_of(std::string_view text) {
  return bytes_of(as_octets(text));
}

// A text that is not as described is a mistake in the test: it throws.
inline Bytes octets_of(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw std::invalid_argument(std::string("not a hex digit: ") + c);
  };
  Bytes out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '#') {
      while (i < text.size() && text[i] != '\n') ++i;
    } else if (text[i] == ' ' || text[i] == '\n') {
      ++i;
    } else {
      if (i + 1 == text.size()) throw std::invalid_argument("half an octet");
      out.push_back(static_cast<std::uint8_t>(digit(text[i]) * 16 + digit(text[i + 1])));
      i += 2;
    }
  }
  return out;
}

inline std::string hex_of(Octets octets) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::uint8_t octet : octets) {
    if (!out.empty()) out += ' ';
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

}  // namespace twinlease::wire::testing
