// What a DHCPv4 message says: one function per option a server acts on. (RFC 2131 4.3, RFC 2132 section 9)
//
// A function has no value if the option is missing, or its length is not one that its definition allows;
// check_lengths() tells the two apart. Values are not judged. Times are intervals in seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "impl/wire/dhcp4.hpp"

namespace twinlease::wire::dhcp4 {

std::optional<MessageType> message_type(const Message&) noexcept;             // 53; any value: see name()
std::optional<Ipv4> requested_address(const Message&) noexcept;               // 50
std::optional<Ipv4> server_identifier(const Message&) noexcept;               // 54
std::optional<Ipv4> subnet_mask(const Message&) noexcept;                     // 1
std::optional<Ipv4> router(const Message&, std::size_t index = 0) noexcept;   // 3, in order of preference
std::optional<Ipv4> subnet_selection(const Message&) noexcept;                // 118
std::optional<std::uint32_t> lease_time_s(const Message&) noexcept;           // 51
std::optional<std::uint32_t> renewal_time_s(const Message&) noexcept;         // 58, T1
std::optional<std::uint32_t> rebinding_time_s(const Message&) noexcept;       // 59, T2
std::optional<std::uint16_t> max_message_size(const Message&) noexcept;       // 57, octets of the IP datagram
std::optional<OptionValue> client_identifier(const Message&) noexcept;        // 61, of one octet or more
std::optional<OptionValue> parameter_request_list(const Message&) noexcept;   // 55
std::optional<OptionValue> relay_agent_information(const Message&) noexcept;  // 82, whole: echoed as it is
std::optional<OptionValue> host_name(const Message&) noexcept;                // 12

// The names in the fixed fields, up to the first NUL; empty where option 52 gives the field to options.
std::string_view sname(const Message&) noexcept;
std::string_view file(const Message&) noexcept;

// RFC 1534: without option 53 it is a BOOTP message, cookie or not.
bool is_bootp(const Message&) noexcept;

// Adds option_length for each option whose value, fragments put together, has a length not allowed.
void check_lengths(const Message&, Errors& errors) noexcept;

// What tells a client from others: its client identifier if there is one, else htype and hardware
// address. The octets are the content of failover option 4 or 5.
struct ClientKey {
  enum class Source : std::uint8_t { client_identifier, hardware_address };
  Source source{};
  Octets octets;  // the identifier; or htype, then hlen octets of chaddr
};
bool operator==(const ClientKey& a, const ClientKey& b) noexcept;

// The scratch buffer that holds any key but a client identifier in fragments.
inline constexpr std::size_t hardware_key_octets_max = 1 + chaddr_octets;

// The key's octets lie in the message or in scratch. None: there is neither identifier nor hardware address,
// or scratch is too small.
std::optional<ClientKey> client_key(const Message&, std::span<std::uint8_t> scratch) noexcept;

// RFC 2131 4.3.2 and table 4. RENEWING and REBINDING differ only by how the datagram was addressed: the
// message does not tell.
enum class RequestForm : std::uint8_t { selecting, init_reboot, renewing_or_rebinding };

// None: not a DHCPREQUEST, or one that is in no row of table 4.
//   server identifier   requested address   ciaddr
//   there               there               zero       selecting
//   -                   there               zero       init_reboot
//   -                   -                   not zero   renewing_or_rebinding
std::optional<RequestForm> request_form(const Message&) noexcept;

// A sub-option of option 82: RFC 3046 2.0. There are no pads and no end among them: 0 and 255 are codes.
struct SubOption {
  std::uint8_t code = 0;
  std::size_t offset = 0;  // of its code, in the value
  Octets value;
};
inline constexpr std::uint8_t sub_option_circuit_id = 1;        // RFC 3046 3.1
inline constexpr std::uint8_t sub_option_remote_id = 2;         // RFC 3046 3.2
inline constexpr std::uint8_t sub_option_link_selection = 5;    // RFC 3527
inline constexpr std::uint8_t sub_option_subscriber_id = 6;     // RFC 3993
inline constexpr std::uint8_t sub_option_server_override = 11;  // RFC 5107

// The whole sub-options of a value of option 82. What follows them, if anything, overruns.
class SubOptions {
 public:
  class iterator {
   public:
    using value_type = SubOption;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    iterator(Octets value, std::size_t at) noexcept : value_(value), at_(at) {}
    SubOption operator*() const noexcept {
      return {value_[at_], at_, value_.subspan(at_ + 2, value_[at_ + 1])};
    }
    iterator& operator++() noexcept {
      at_ += std::size_t{2} + value_[at_ + 1];
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    Octets value_;
    std::size_t at_ = 0;
  };

  // value: option 82 in one piece, as OptionValue::view() gives it.
  explicit SubOptions(Octets value) noexcept;
  iterator begin() const noexcept { return {value_, 0}; }
  iterator end() const noexcept { return {value_, last_}; }
  // The first sub-option of that code.
  std::optional<SubOption> find(std::uint8_t code) const noexcept;
  // sub_option_overruns, if octets are left that are no whole sub-option.
  std::optional<Error> tail_error() const noexcept;

 private:
  Octets value_;
  std::size_t last_ = 0;
};

}  // namespace twinlease::wire::dhcp4
