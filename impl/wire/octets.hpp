// Octets in network byte order: loads without alignment, and a writer over a buffer that it does not own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace twinlease::wire {

using Octets = std::span<const std::uint8_t>;

// An IPv4 address as the 32-bit number that its four octets make in network order: 10.77.1.1 is 0x0a4d0101.
struct Ipv4 {
  std::uint32_t value = 0;
  friend bool operator==(Ipv4, Ipv4) = default;
  friend auto operator<=>(Ipv4, Ipv4) = default;
};

// Precondition of all three: octets holds at least at + 1, 2 or 4 octets.
constexpr std::uint8_t load_u8(Octets octets, std::size_t at = 0) noexcept {
  return octets[at];
}
constexpr std::uint16_t load_u16(Octets octets, std::size_t at = 0) noexcept {
  return static_cast<std::uint16_t>((octets[at] << 8) | octets[at + 1]);
}
constexpr std::uint32_t load_u32(Octets octets, std::size_t at = 0) noexcept {
  return (static_cast<std::uint32_t>(load_u16(octets, at)) << 16) | load_u16(octets, at + 2);
}

// Appends to a caller's buffer. Writing past the end writes nothing and makes overflowed() true for good.
class OctetWriter {
 public:
  explicit OctetWriter(std::span<std::uint8_t> buffer) noexcept : buffer_(buffer) {}

  void u8(std::uint8_t v) noexcept { put({&v, 1}); }
  void u16(std::uint16_t v) noexcept {
    const std::uint8_t b[] = {static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)};
    put(b);
  }
  void u32(std::uint32_t v) noexcept {
    const std::uint8_t b[] = {static_cast<std::uint8_t>(v >> 24), static_cast<std::uint8_t>(v >> 16),
                              static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)};
    put(b);
  }
  void put(Octets octets) noexcept {
    if (overflowed_ || octets.size() > buffer_.size() - size_) {
      overflowed_ = true;
      return;
    }
    std::copy(octets.begin(), octets.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += octets.size();
  }

  bool overflowed() const noexcept { return overflowed_; }
  std::size_t size() const noexcept { return size_; }
  Octets written() const noexcept { return buffer_.first(size_); }
  std::span<std::uint8_t> written() noexcept { return buffer_.first(size_); }

 private:
  std::span<std::uint8_t> buffer_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

inline Octets as_octets(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Octets octets) noexcept {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace twinlease::wire
