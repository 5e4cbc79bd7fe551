// A failover message as it lies in the receive buffer: header, ordered options, transactions. (6.1 to 6.3)
//
// Nothing is copied: Message, OptionSpan and the ranges are views, and live as long as the octets given to
// decode(). Nothing is allocated, and nothing throws. What this file does not check: lengths and values of
// single options, repeated options, and which options a message type requires; the typed views of typed.hpp
// do the first three, the peer's rules the last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <variant>

#include "impl/wire/error.hpp"
#include "impl/wire/octets.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

// 6.1, all fields as received.
struct Header {
  std::uint16_t length = 0;         // octets of the whole message
  MessageType type{};               // any value: see is_known()
  std::uint8_t payload_offset = 0;  // octets from the start of the message
  std::uint32_t time_s = 0;         // when it was sent: seconds since 1970, sender's clock
  std::uint32_t xid = 0;
  friend bool operator==(const Header&, const Header&) = default;
};

// The fixed header, if there are 12 octets to read it from; nothing is checked.
std::optional<Header> read_header(Octets octets) noexcept;

// Where the options begin: payload_offset, or 12 where it says 8.
constexpr std::size_t options_begin(const Header& header) noexcept {
  return header.payload_offset == 8 ? fixed_header_octets : header.payload_offset;
}

struct OptionSpan {
  std::uint16_t code = 0;
  std::size_t offset = 0;  // of its code, in octets from the start of the message
  Octets value;
};

// Options in the order received. Iteration reads only what decode() has found to be whole.
class OptionRange {
 public:
  class iterator {
   public:
    using value_type = OptionSpan;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    iterator(Octets message, std::size_t at) noexcept : message_(message), at_(at) {}
    OptionSpan operator*() const noexcept {
      return {load_u16(message_, at_), at_,
              message_.subspan(at_ + option_header_octets, load_u16(message_, at_ + 2))};
    }
    iterator& operator++() noexcept {
      at_ += option_header_octets + load_u16(message_, at_ + 2);
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }
    std::size_t at() const noexcept { return at_; }

   private:
    Octets message_;
    std::size_t at_ = 0;
  };

  OptionRange() = default;
  // Precondition: whole options and nothing else lie between the two offsets.
  OptionRange(Octets message, std::size_t first, std::size_t last) noexcept
      : message_(message), first_(first), last_(last) {}

  iterator begin() const noexcept { return {message_, first_}; }
  iterator end() const noexcept { return {message_, last_}; }
  bool empty() const noexcept { return first_ == last_; }
  Octets octets() const noexcept { return message_.subspan(first_, last_ - first_); }
  // The first option with that code.
  std::optional<OptionSpan> find(OptionCode code) const noexcept;

 private:
  friend class TransactionRange;
  Octets message_;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

// One transaction of a BNDUPD or BNDACK (6.3): from an assigned-IP-address up to the next, or to the end. A
// trailing message-digest belongs to no transaction.
class TransactionRange {
 public:
  class iterator {
   public:
    using value_type = OptionRange;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    iterator(const OptionRange& all, std::size_t first) noexcept;
    OptionRange operator*() const noexcept { return {all_.message_, first_, last_}; }
    iterator& operator++() noexcept { return *this = iterator(all_, next_); }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.first_ == b.first_; }

   private:
    OptionRange all_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;  // of the transaction
    std::size_t next_ = 0;  // where the next one begins: there, or past a trailing message-digest
  };

  explicit TransactionRange(OptionRange options) noexcept;
  iterator begin() const noexcept { return {transactions_, transactions_.first_}; }
  iterator end() const noexcept { return {transactions_, transactions_.last_}; }
  // What stands before the first assigned-IP-address: options of the message, not of an address.
  OptionRange leading() const noexcept { return leading_; }

 private:
  OptionRange leading_;
  OptionRange transactions_;
};

class Message {
 public:
  const Header& header() const noexcept { return header_; }
  MessageType type() const noexcept { return header_.type; }
  std::uint32_t xid() const noexcept { return header_.xid; }
  Octets octets() const noexcept { return octets_; }
  // Header octets beyond the fixed twelve (6.1); usually none.
  Octets extra_header() const noexcept;
  OptionRange options() const noexcept { return options_; }
  TransactionRange transactions() const noexcept { return TransactionRange(options_); }
  // What follows the last whole option, if anything: option_overruns or stray_octets, at that offset. In a
  // BNDUPD it spoils the last transaction only (reject_transaction); elsewhere the message (close_connection,
  //
  const std::optional<Error>& tail_error() const noexcept { return tail_error_; }
  Octets tail() const noexcept { return octets_.subspan(tail_begin_); }

 private:
  friend std::variant<Message, Error> decode(Octets) noexcept;
  Header header_;
  Octets octets_;
  OptionRange options_;
  std::size_t tail_begin_ = 0;
  std::optional<Error> tail_error_;
};

// octets: one message, neither more nor less, as Framer yields it. Errors, all of Level::message:
// length_below_minimum, length_above_maximum, length_disagrees, payload_offset, type_not_understood,
// type_ignorable.
std::variant<Message, Error> decode(Octets octets) noexcept;

}  // namespace twinlease::wire
