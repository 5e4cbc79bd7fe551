#include "impl/wire/framer.hpp"

#include <algorithm>

namespace twinlease::wire {

namespace {

constexpr std::size_t length_field_octets = 2;

std::optional<Error> check_length(std::size_t length, std::size_t offset) noexcept {
  if (length < message_length_min)
    return Error{Level::message, Fault::length_below_minimum, Remedy::close_connection, 0, offset};
  if (length > message_length_max)
    return Error{Level::message, Fault::length_above_maximum, Remedy::close_connection, 0, offset};
  return std::nullopt;
}

}  // namespace

std::optional<std::variant<Octets, Error>> Framer::next(Octets& input) noexcept {
  if (failed_) return *failed_;

  // A message that lies whole in the input is not copied.
  if (pending_ == 0 && input.size() >= length_field_octets) {
    const std::size_t length = load_u16(input);
    failed_ = check_length(length, stream_offset_);
    if (failed_) return *failed_;
    if (input.size() >= length) {
      const Octets message = input.first(length);
      input = input.subspan(length);
      stream_offset_ += length;
      return message;
    }
  }

  while (!input.empty()) {
    const std::size_t wanted = pending_ < length_field_octets ? length_field_octets : load_u16(buffer_);
    const std::size_t taken = std::min(wanted - pending_, input.size());
    std::copy_n(input.begin(), taken, buffer_.begin() + static_cast<std::ptrdiff_t>(pending_));
    input = input.subspan(taken);
    pending_ += taken;
    stream_offset_ += taken;
    if (pending_ < length_field_octets) continue;
    const std::size_t length = load_u16(buffer_);
    failed_ = check_length(length, stream_offset_ - pending_);
    if (failed_) return *failed_;
    if (pending_ == length) {
      pending_ = 0;
      return Octets(buffer_).first(length);
    }
  }
  return std::nullopt;
}

}  // namespace twinlease::wire
