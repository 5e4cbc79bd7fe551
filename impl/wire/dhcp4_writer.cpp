#include "impl/wire/dhcp4_writer.hpp"

#include <algorithm>
#include <array>

#include "impl/wire/protocol.hpp"

namespace twinlease::wire::dhcp4 {

namespace {

static_assert(static_cast<std::uint8_t>(OptionCode::pad) == 0);
constexpr std::uint8_t end_octet = static_cast<std::uint8_t>(OptionCode::end);

Error message_error(Fault fault, std::size_t offset) noexcept {
  return {Level::message, fault, OptionCode::pad, offset};
}

void put_pads(OctetWriter& out, std::size_t count) noexcept {
  static constexpr std::array<std::uint8_t, 128> pads{};  // each is the pad option
  for (; count > pads.size() && !out.overflowed(); count -= pads.size()) out.put(pads);
  out.put(Octets(pads).first(std::min(count, pads.size())));
}

// The octets given, and zeros up to the size of the field.
bool put_field(OctetWriter& out, Octets value, std::size_t size) noexcept {
  const Octets part = value.first(std::min(value.size(), size));
  out.put(part);
  put_pads(out, size - part.size());
  return value.size() <= size;
}

// One field of options as it was: pads and options up to extent.last, then the end option and pads to the
// limit, or whatever octets stand there if they are not that.
void put_area(OctetWriter& out, const Message& message, Area area) noexcept {
  const Extent& extent = message.extent(area);
  std::size_t at = extent.first;
  for (const OptionSpan& option : message.options().in(area)) {
    put_pads(out, option.offset - at);
    write_option(out, option.code, option.value);
    at = option.offset + 2 + option.value.size();
  }
  put_pads(out, extent.last - at);
  if (extent.fault) {
    out.put(message.octets().subspan(extent.last, extent.limit - extent.last));
  } else if (extent.holds_options()) {
    out.u8(end_octet);
    put_pads(out, extent.limit - extent.last - 1);
  }
}

// The field that takes the place of header.file or header.sname.
template <std::size_t size>
Octets area_field(std::array<std::uint8_t, size>& buffer, const Message& message, Area area,
                  Octets as_name) noexcept {
  if (!message.extent(area).holds_options()) return as_name;
  OctetWriter out(buffer);
  put_area(out, message, area);
  return out.written();
}

}  // namespace

bool write_header(OctetWriter& out, const Header& header) noexcept {
  out.u8(static_cast<std::uint8_t>(header.op));
  out.u8(header.htype);
  out.u8(header.hlen);
  out.u8(header.hops);
  out.u32(header.xid);
  out.u16(header.secs);
  out.u16(header.flags);
  out.u32(header.ciaddr.value);
  out.u32(header.yiaddr.value);
  out.u32(header.siaddr.value);
  out.u32(header.giaddr.value);
  const bool chaddr_fits = put_field(out, header.chaddr, chaddr_octets);
  const bool sname_fits = put_field(out, header.sname, sname_octets);
  const bool file_fits = put_field(out, header.file, file_octets);
  return chaddr_fits && sname_fits && file_fits;
}

void write_option(OctetWriter& out, OptionCode code, Octets value) noexcept {
  do {
    const Octets fragment = value.first(std::min(value.size(), fragment_octets_max));
    out.u8(static_cast<std::uint8_t>(code));
    out.u8(static_cast<std::uint8_t>(fragment.size()));
    out.put(fragment);
    value = value.subspan(fragment.size());
  } while (!value.empty() && !out.overflowed());
}

Writer::Writer(std::span<std::uint8_t> buffer, const Header& header) noexcept
    : capacity_(buffer.size()), out_(buffer) {
  field_too_long_ = !write_header(out_, header);
  out_.u32(dhcp_magic_cookie);
}

void Writer::option(OptionCode code, Octets value) noexcept {
  write_option(out_, code, value);
}

void Writer::copy(const OptionValue& value) noexcept {
  value.for_each_fragment([&](Octets fragment) { write_option(out_, value.code(), fragment); });
}

void Writer::u8(OptionCode code, std::uint8_t value) noexcept {
  option(code, {&value, 1});
}

void Writer::u16(OptionCode code, std::uint16_t value) noexcept {
  const std::uint8_t b[] = {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  option(code, b);
}

void Writer::u32(OptionCode code, std::uint32_t value) noexcept {
  const std::uint8_t b[] = {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  option(code, b);
}

void Writer::pad(std::size_t octets) noexcept {
  put_pads(out_, octets);
}

bool Writer::fits(std::size_t value_octets) const noexcept {
  if (out_.overflowed() || value_octets > capacity_) return false;
  const std::size_t fragments =
      std::max<std::size_t>(1, (value_octets + fragment_octets_max - 1) / fragment_octets_max);
  return value_octets + 2 * fragments + 1 <= capacity_ - out_.size();
}

std::variant<std::span<std::uint8_t>, Error> Writer::finish(std::size_t least) noexcept {
  out_.u8(end_octet);
  if (out_.size() < least) put_pads(out_, least - out_.size());
  return finish_unterminated();
}

std::variant<std::span<std::uint8_t>, Error> Writer::finish_unterminated() noexcept {
  if (out_.overflowed()) return message_error(Fault::message_full, out_.size());
  if (field_too_long_) return message_error(Fault::field_too_long, 0);
  return out_.written();
}

std::variant<std::span<std::uint8_t>, Error> rewrite(const Message& message,
                                                     std::span<std::uint8_t> buffer) noexcept {
  std::array<std::uint8_t, file_octets> file{};
  std::array<std::uint8_t, sname_octets> sname{};
  Header header = message.header();
  header.file = area_field(file, message, Area::file, header.file);
  header.sname = area_field(sname, message, Area::sname, header.sname);

  OctetWriter out(buffer);
  write_header(out, header);
  if (message.has_cookie()) {
    out.u32(dhcp_magic_cookie);
    put_area(out, message, Area::options);
  } else {
    out.put(message.vend());
  }
  if (out.overflowed()) return message_error(Fault::message_full, out.size());
  return out.written();
}

}  // namespace twinlease::wire::dhcp4
