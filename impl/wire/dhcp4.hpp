// A DHCPv4 or BOOTP message as it lies in the receive buffer: header fields, and options in one to three of
// them. (RFC 2131 sections 2 and 4.1, RFC 3396, RFC 951)
//
//   octet   0  op htype hlen hops, xid(4), secs(2) flags(2), ciaddr(4) yiaddr(4) siaddr(4) giaddr(4)
//          28  chaddr(16)
//          44  sname(64)    a name; or the third part of the options, where option 52 says so
//         108  file(128)    a name; or the second part of the options
//         236  magic cookie 99.130.83.99, and the first part of the options, to the end of the message
//
// An option is code(1), length(1), value; pad (0) and end (255) are one octet. Several options of one code
// are one value in fragments, in the order of the parts (RFC 3396): OptionValue puts them together.
//
// Nothing is copied: Message, OptionRange, OptionSpan and OptionValue are views, and live as long as the
// octets given to decode(). Nothing is allocated, and nothing throws. What this file does not check: lengths
// and values of single options (dhcp4_typed.hpp), op, and which options a message type requires.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <variant>

#include "impl/wire/dhcp4_error.hpp"
#include "impl/wire/dhcp4_options.hpp"
#include "impl/wire/octets.hpp"

namespace twinlease::wire::dhcp4 {

// RFC 2131 table 1, all fields as received.
struct Header {
  Op op = Op::bootrequest;
  std::uint8_t htype = 1;
  std::uint8_t hlen = 6;
  std::uint8_t hops = 0;
  std::uint32_t xid = 0;
  std::uint16_t secs = 0;
  std::uint16_t flags = 0;
  Ipv4 ciaddr;
  Ipv4 yiaddr;
  Ipv4 siaddr;
  Ipv4 giaddr;
  Octets
      chaddr;  // the whole field when decoded; when encoded, zeros follow what is given. So sname and file.
  Octets sname;
  Octets file;

  bool broadcast() const noexcept { return (flags & broadcast_flag) != 0; }
  // The octets of chaddr that count.
  Octets hardware_address() const noexcept {
    return chaddr.first(hlen < chaddr.size() ? hlen : chaddr.size());
  }
};

// Fields that can hold options, in the order of their interpretation (RFC 2131 4.1, RFC 3396 5).
enum class Area : std::uint8_t { options, file, sname };
inline constexpr std::size_t area_count = 3;

struct OptionSpan {
  OptionCode code{};
  std::size_t offset = 0;  // of its code
  Octets value;
};

class OptionValue;

// Whole options and pads, nothing else, lie in [first, last).
struct Bounds {
  std::size_t first = 0;
  std::size_t last = 0;
};

// Options in the order of their interpretation, without pads. Iteration reads only what scan() has found to
// be whole.
class OptionRange {
 public:
  class iterator {
   public:
    using value_type = OptionSpan;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    explicit iterator(const OptionRange& all) noexcept
        : all_(all.octets_), areas_(all.areas_), at_(areas_[0].first) {
      settle();
    }
    OptionSpan operator*() const noexcept {
      return {OptionCode{all_[at_]}, at_, all_.subspan(at_ + 2, all_[at_ + 1])};
    }
    iterator& operator++() noexcept {
      at_ += std::size_t{2} + all_[at_ + 1];
      settle();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.area_ == b.area_ && a.at_ == b.at_;
    }

   private:
    // On to the next option, over pads and ends of areas; past the last area, area_ is area_count.
    void settle() noexcept {
      while (area_ < area_count) {
        while (at_ < areas_[area_].last && all_[at_] == static_cast<std::uint8_t>(OptionCode::pad)) ++at_;
        if (at_ < areas_[area_].last) return;
        ++area_;
        at_ = area_ < area_count ? areas_[area_].first : 0;
      }
    }
    friend class OptionRange;
    Octets all_;
    std::array<Bounds, area_count> areas_{};
    std::size_t area_ = 0;
    std::size_t at_ = 0;
  };

  OptionRange() = default;
  OptionRange(Octets octets, Bounds options, Bounds file = {}, Bounds sname = {}) noexcept
      : octets_(octets), areas_{options, file, sname} {}

  iterator begin() const noexcept { return iterator(*this); }
  iterator end() const noexcept {
    iterator past;
    past.area_ = area_count;
    return past;
  }
  bool empty() const noexcept { return begin() == end(); }
  // The options of one field only.
  OptionRange in(Area area) const noexcept { return {octets_, areas_[static_cast<std::size_t>(area)]}; }
  // All options of that code, as one value. None: no such option. Pad and end are no options here.
  std::optional<OptionValue> find(OptionCode code) const noexcept;

 private:
  Octets octets_;
  std::array<Bounds, area_count> areas_{};
};

// The value of an option, in one fragment or more (RFC 3396).
class OptionValue {
 public:
  OptionCode code() const noexcept { return code_; }
  std::size_t size() const noexcept { return size_; }             // octets of all fragments
  std::size_t fragment_count() const noexcept { return count_; }  // at least 1
  std::size_t offset() const noexcept { return offset_; }         // of the first fragment's code

  // The value where it lies, if it has one fragment.
  std::optional<Octets> contiguous() const noexcept {
    return count_ == 1 ? std::optional(first_) : std::nullopt;
  }
  // Copies out.size() octets of the value from position `at`; false if the value has not that many.
  bool read(std::size_t at, std::span<std::uint8_t> out) const noexcept;
  // The value put together in the buffer; none if it has not size() octets.
  std::optional<Octets> copy_to(std::span<std::uint8_t> buffer) const noexcept;
  // The value where it lies if it can be had so, else put together in scratch.
  std::optional<Octets> view(std::span<std::uint8_t> scratch) const noexcept;
  // Calls use(Octets) for each fragment, in order.
  template <class Use>
  void for_each_fragment(Use use) const {
    if (count_ == 1) return use(first_);
    for (const OptionSpan& option : options_)
      if (option.code == code_) use(option.value);
  }

 private:
  friend class OptionRange;
  OptionRange options_;
  Octets first_;
  OptionCode code_{};
  std::size_t size_ = 0;
  std::size_t count_ = 0;
  std::size_t offset_ = 0;
};

// One field of options, or what scan() was given, as offsets.
struct Extent {
  std::size_t first = 0;       // where the field begins (options: after the cookie)
  std::size_t last = 0;        // where whole options and pads stop: at the end option, or at what is wrong
  std::size_t limit = 0;       // where the field ends
  std::optional<Fault> fault;  // option_overruns, end_missing or stray_octets
  std::size_t fault_offset = 0;

  bool holds_options() const noexcept { return limit != first; }
};

// Goes through [first, limit) up to the end option. Precondition: first <= limit <= octets.size().
Extent scan(Octets octets, std::size_t first, std::size_t limit) noexcept;

class Message {
 public:
  const Header& header() const noexcept { return header_; }
  Octets octets() const noexcept { return octets_; }
  // False: a BOOTP message whose vend field, if any, is in a form of the vendor's own; it has no options.
  bool has_cookie() const noexcept { return has_cookie_; }
  // The octets from 236 on: BOOTP's vend field; in other messages cookie and options.
  Octets vend() const noexcept { return octets_.subspan(header_octets); }
  OptionRange options() const noexcept;
  std::optional<OptionValue> option(OptionCode code) const noexcept { return options().find(code); }
  // Empty (holds_options() is false) for a field that holds no options.
  const Extent& extent(Area area) const noexcept { return extents_[static_cast<std::size_t>(area)]; }
  // At most one for each field of options, and one for option overload; all of Level::option.
  std::span<const Error> errors() const noexcept { return errors_.list(); }

 private:
  friend std::variant<Message, Error> decode(Octets) noexcept;
  void scan_area(Area area, std::size_t first, std::size_t limit) noexcept;

  Header header_;
  Octets octets_;
  bool has_cookie_ = false;
  std::array<Extent, area_count> extents_{};
  ErrorList<area_count + 1> errors_;
};

// octets: the payload of one UDP datagram. Errors, of Level::message: too_short, hardware_length.
std::variant<Message, Error> decode(Octets octets) noexcept;

}  // namespace twinlease::wire::dhcp4
