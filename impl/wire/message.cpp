#include "impl/wire/message.hpp"

namespace twinlease::wire {

namespace {

constexpr std::uint16_t code_of(OptionCode code) noexcept {
  return static_cast<std::uint16_t>(code);
}

// The first offset at or after `at` where an assigned-IP-address (or nothing) begins.
std::size_t next_address(Octets message, std::size_t at, std::size_t last) noexcept {
  while (at < last && load_u16(message, at) != code_of(OptionCode::assigned_ip_address))
    at += option_header_octets + load_u16(message, at + 2);
  return at;
}

Error message_error(Fault fault, Remedy remedy, std::size_t offset) noexcept {
  return {Level::message, fault, remedy, 0, offset};
}

}  // namespace

std::optional<Header> read_header(Octets octets) noexcept {
  if (octets.size() < fixed_header_octets) return std::nullopt;
  return Header{load_u16(octets, 0), MessageType{octets[2]}, octets[3], load_u32(octets, 4),
                load_u32(octets, 8)};
}

std::optional<OptionSpan> OptionRange::find(OptionCode code) const noexcept {
  for (const OptionSpan& option : *this)
    if (option.code == code_of(code)) return option;
  return std::nullopt;
}

TransactionRange::iterator::iterator(const OptionRange& all, std::size_t first) noexcept
    : all_(all), first_(first), last_(first), next_(first) {
  if (first_ == all_.last_) return;
  std::size_t option = first_;  // the last one walked over
  next_ = first_ + option_header_octets + load_u16(all_.message_, first_ + 2);
  while (next_ < all_.last_ && load_u16(all_.message_, next_) != code_of(OptionCode::assigned_ip_address)) {
    option = next_;
    next_ += option_header_octets + load_u16(all_.message_, next_ + 2);
  }
  const bool trailing_digest =
      next_ == all_.last_ && load_u16(all_.message_, option) == code_of(OptionCode::message_digest);
  last_ = trailing_digest ? option : next_;
}

TransactionRange::TransactionRange(OptionRange options) noexcept {
  const std::size_t first = next_address(options.message_, options.first_, options.last_);
  leading_ = {options.message_, options.first_, first};
  transactions_ = {options.message_, first, options.last_};
}

Octets Message::extra_header() const noexcept {
  return octets_.subspan(fixed_header_octets, options_begin(header_) - fixed_header_octets);
}

std::variant<Message, Error> decode(Octets octets) noexcept {
  const std::optional<Header> header = read_header(octets);
  if (!header) return message_error(Fault::length_below_minimum, Remedy::close_connection, 0);
  if (header->length < message_length_min)
    return message_error(Fault::length_below_minimum, Remedy::close_connection, 0);
  if (header->length > message_length_max)
    return message_error(Fault::length_above_maximum, Remedy::close_connection, 0);
  if (header->length != octets.size())
    return message_error(Fault::length_disagrees, Remedy::close_connection, 0);
  if (!is_known(header->type)) {
    const bool ignorable = static_cast<std::uint8_t>(header->type) >= optional_message_types_from;
    return ignorable ? message_error(Fault::type_ignorable, Remedy::ignore_message, 2)
                     : message_error(Fault::type_not_understood, Remedy::close_connection, 2);
  }
  const std::size_t first = options_begin(*header);
  if (first < fixed_header_octets || first > octets.size())
    return message_error(Fault::payload_offset, Remedy::close_connection, 3);

  Message message;
  message.header_ = *header;
  message.octets_ = octets;
  std::size_t at = first;
  while (octets.size() - at >= option_header_octets) {
    const std::size_t length = load_u16(octets, at + 2);
    if (octets.size() - at - option_header_octets < length) break;
    at += option_header_octets + length;
  }
  message.options_ = {octets, first, at};
  message.tail_begin_ = at;
  if (at != octets.size()) {
    const bool stray = octets.size() - at < option_header_octets;
    message.tail_error_ = Error{
        .level = header->type == MessageType::bndupd ? Level::option : Level::message,
        .fault = stray ? Fault::stray_octets : Fault::option_overruns,
        .remedy = header->type == MessageType::bndupd ? Remedy::reject_transaction : Remedy::close_connection,
        .option = stray ? std::uint16_t{0} : load_u16(octets, at),
        .offset = at,
    };
  }
  return message;
}

}  // namespace twinlease::wire
