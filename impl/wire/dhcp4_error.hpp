// What can be wrong with a DHCPv4 message, as a value: where, which option, which section.
//
// An error of the message leaves nothing to use. An error of an option leaves every option before it usable,
// and the options of the other fields. Nothing here throws, and nothing but to_string() allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "impl/wire/dhcp4_options.hpp"
#include "impl/wire/error.hpp"

namespace twinlease::wire::dhcp4 {

enum class Fault : std::uint8_t {
  too_short,            // fewer than 236 octets
  hardware_length,      // hlen > 16
  option_overruns,      // option runs past the end of its field
  end_missing,          // a field of options is not terminated by an end option
  stray_octets,         // not only pads after the end option
  option_overload,      // option 52 is not one octet of 1 to 3: file and sname are not read as options
  option_length,        // length not among those the option's definition allows
  sub_option_overruns,  // sub-option runs past the end of option 82
  message_full,         // encoding: the buffer is too small
  field_too_long,       // encoding: chaddr, sname or file given with more octets than the field has
};

struct Error {
  Level level = Level::message;
  Fault fault{};
  OptionCode option = OptionCode::pad;  // pad: not about an option
  std::size_t offset = 0;               // in octets from the start of the message (sub-options: of the value)

  // The section that the octets break: "RFC2131-4.1".
  std::string_view clause() const noexcept;
  // What is wrong, in a few words, without the numbers.
  std::string_view text() const noexcept;
  friend bool operator==(const Error&, const Error&) = default;
};

// "option 51 IP-address-lease-time at octet 262: option runs past the end of its field (RFC2131-4.1)"
std::string to_string(const Error&);

// The first errors found: a fixed number, so that hostile input costs no memory. total() counts all.
template <std::size_t Capacity>
class ErrorList {
 public:
  void add(const Error& error) noexcept {
    if (total_ < Capacity) first_[total_] = error;
    ++total_;
  }
  bool empty() const noexcept { return total_ == 0; }
  std::size_t total() const noexcept { return total_; }
  std::span<const Error> list() const noexcept {
    return std::span(first_).first(total_ < Capacity ? total_ : Capacity);
  }

 private:
  std::array<Error, Capacity> first_{};
  std::size_t total_ = 0;
};
using Errors = ErrorList<16>;

}  // namespace twinlease::wire::dhcp4
