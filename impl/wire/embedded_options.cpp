#include "impl/wire/embedded_options.hpp"

#include "impl/wire/dhcp4_writer.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::wire {

namespace {

constexpr std::size_t magic_octets = 4;

// at: in the option's value.
Error embedded_error(const OptionSpan& option, std::size_t at) noexcept {
  return {Level::option, Fault::embedded_options, Remedy::ignore_option, option.code,
          option.offset + option_header_octets + at};
}

Error encoding_error(Fault fault, std::size_t written) noexcept {
  return {Level::option, fault, Remedy::ignore_option, 0, written};
}

}  // namespace

std::variant<EmbeddedDhcpOptions, Error> read_embedded_dhcp_options(const OptionSpan& option) noexcept {
  if (option.value.size() < magic_octets || load_u32(option.value) != dhcp_magic_cookie)
    return embedded_error(option, 0);
  const dhcp4::Extent extent = dhcp4::scan(option.value, magic_octets, option.value.size());
  EmbeddedDhcpOptions embedded{{option.value, {extent.first, extent.last}}, std::nullopt};
  if (extent.fault && *extent.fault != dhcp4::Fault::end_missing)
    embedded.tail_error = embedded_error(option, extent.fault_offset);
  return embedded;
}

EmbeddedFailoverOptions read_embedded_failover_options(const OptionSpan& option) noexcept {
  const Octets value = option.value;
  std::size_t at = 0;
  while (value.size() - at >= option_header_octets) {
    const std::size_t length = load_u16(value, at + 2);
    if (value.size() - at - option_header_octets < length) break;
    at += option_header_octets + length;
  }
  EmbeddedFailoverOptions embedded{{value, 0, at}, std::nullopt};
  if (at != value.size()) embedded.tail_error = embedded_error(option, at);
  return embedded;
}

EmbeddedDhcpWriter::EmbeddedDhcpWriter(std::span<std::uint8_t> buffer) noexcept : out_(buffer) {
  out_.u32(dhcp_magic_cookie);
}

void EmbeddedDhcpWriter::option(dhcp4::OptionCode code, Octets value) noexcept {
  dhcp4::write_option(out_, code, value);
  empty_ = false;
}

void EmbeddedDhcpWriter::copy(const dhcp4::OptionValue& value) noexcept {
  value.for_each_fragment([&](Octets fragment) { option(value.code(), fragment); });
}

std::variant<Octets, Error> EmbeddedDhcpWriter::finish() const noexcept {
  if (out_.overflowed()) return encoding_error(Fault::message_full, out_.size());
  return out_.written();
}

void EmbeddedFailoverWriter::option(std::uint16_t code, Octets value) noexcept {
  if (value.size() > 0xffff) {
    option_too_long_ = true;
    return;
  }
  out_.u16(code);
  out_.u16(static_cast<std::uint16_t>(value.size()));
  out_.put(value);
}

std::variant<Octets, Error> EmbeddedFailoverWriter::finish() const noexcept {
  if (option_too_long_) return encoding_error(Fault::option_too_long, out_.size());
  if (out_.overflowed()) return encoding_error(Fault::message_full, out_.size());
  return out_.written();
}

}  // namespace twinlease::wire
