#include "impl/wire/message_writer.hpp"

namespace twinlease::wire {

MessageWriter::MessageWriter(std::span<std::uint8_t> buffer, MessageType type, std::uint32_t time_s,
                             std::uint32_t xid, const Dialect& dialect) noexcept
    : MessageWriter(buffer, type, dialect.payload_offset_sent, time_s, xid, {}) {}

MessageWriter::MessageWriter(std::span<std::uint8_t> buffer, MessageType type, std::uint8_t payload_offset,
                             std::uint32_t time_s, std::uint32_t xid, Octets extra_header) noexcept
    : out_(buffer.first(buffer.size() < message_length_max ? buffer.size() : message_length_max)) {
  out_.u16(0);  // message length, known to finish()
  out_.u8(static_cast<std::uint8_t>(type));
  out_.u8(payload_offset);
  out_.u32(time_s);
  out_.u32(xid);
  out_.put(extra_header);
  if (out_.overflowed()) fail(Fault::message_full, 0, out_.size());
}

void MessageWriter::fail(Fault fault, std::uint16_t code, std::size_t offset) noexcept {
  if (!failed_) failed_ = Error{Level::message, fault, Remedy::ignore_message, code, offset};
}

void MessageWriter::raw(Octets octets) noexcept {
  const std::size_t offset = out_.size();
  out_.put(octets);
  if (out_.overflowed()) fail(Fault::message_full, 0, offset);
}

void MessageWriter::option(std::uint16_t code, Octets value) noexcept {
  const std::size_t offset = out_.size();
  if (value.size() > 0xffff) return fail(Fault::option_too_long, code, offset);
  out_.u16(code);
  out_.u16(static_cast<std::uint16_t>(value.size()));
  out_.put(value);
  if (out_.overflowed()) fail(Fault::message_full, code, offset);
}

void MessageWriter::u8(OptionCode code, std::uint8_t value) noexcept {
  octets(code, {&value, 1});
}

void MessageWriter::u16(OptionCode code, std::uint16_t value) noexcept {
  const std::uint8_t b[] = {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  octets(code, b);
}

void MessageWriter::u32(OptionCode code, std::uint32_t value) noexcept {
  const std::uint8_t b[] = {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  octets(code, b);
}

std::variant<std::span<std::uint8_t>, Error> MessageWriter::finish() noexcept {
  if (failed_) return *failed_;
  const std::span<std::uint8_t> message = out_.written();
  message[0] = static_cast<std::uint8_t>(message.size() >> 8);
  message[1] = static_cast<std::uint8_t>(message.size());
  return message;
}

}  // namespace twinlease::wire
