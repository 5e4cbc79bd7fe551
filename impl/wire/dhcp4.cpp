#include "impl/wire/dhcp4.hpp"

#include <algorithm>

#include "impl/wire/protocol.hpp"

namespace twinlease::wire::dhcp4 {

namespace {

constexpr std::uint8_t pad = static_cast<std::uint8_t>(OptionCode::pad);
constexpr std::uint8_t end = static_cast<std::uint8_t>(OptionCode::end);

// Precondition: octets holds at least 236 octets.
Header read_header(Octets octets) noexcept {
  return {
      .op = Op{octets[0]},
      .htype = octets[1],
      .hlen = octets[2],
      .hops = octets[3],
      .xid = load_u32(octets, 4),
      .secs = load_u16(octets, 8),
      .flags = load_u16(octets, 10),
      .ciaddr = {load_u32(octets, 12)},
      .yiaddr = {load_u32(octets, 16)},
      .siaddr = {load_u32(octets, 20)},
      .giaddr = {load_u32(octets, 24)},
      .chaddr = octets.subspan(28, chaddr_octets),
      .sname = octets.subspan(sname_offset, sname_octets),
      .file = octets.subspan(file_offset, file_octets),
  };
}

Bounds bounds(const Extent& extent) noexcept {
  return {extent.first, extent.last};
}

// 1 to 3; none if the value is anything else.
std::optional<std::uint8_t> overload_bits(const OptionValue& value) noexcept {
  std::uint8_t bits = 0;
  if (value.size() != 1 || !value.read(0, {&bits, 1}) || bits < 1 || bits > 3) return std::nullopt;
  return bits;
}

}  // namespace

Extent scan(Octets octets, std::size_t first, std::size_t limit) noexcept {
  std::size_t at = first;
  while (at < limit && octets[at] != end) {
    if (octets[at] == pad) {
      ++at;
      continue;
    }
    if (limit - at < 2 || limit - at - 2 < octets[at + 1])
      return {first, at, limit, Fault::option_overruns, at};
    at += std::size_t{2} + octets[at + 1];
  }
  if (at == limit) return {first, at, limit, Fault::end_missing, limit};
  const Octets rest = octets.subspan(at + 1, limit - at - 1);
  const auto stray = std::find_if(rest.begin(), rest.end(), [](std::uint8_t octet) { return octet != pad; });
  if (stray == rest.end()) return {first, at, limit, std::nullopt, 0};
  return {first, at, limit, Fault::stray_octets, at + 1 + static_cast<std::size_t>(stray - rest.begin())};
}

std::optional<OptionValue> OptionRange::find(OptionCode code) const noexcept {
  OptionValue value;
  for (const OptionSpan& option : *this) {
    if (option.code != code) continue;
    if (value.count_ == 0) {
      value.offset_ = option.offset;
      value.first_ = option.value;
    }
    value.size_ += option.value.size();
    ++value.count_;
  }
  if (value.count_ == 0) return std::nullopt;
  value.options_ = *this;
  value.code_ = code;
  return value;
}

bool OptionValue::read(std::size_t at, std::span<std::uint8_t> out) const noexcept {
  if (at > size_ || out.size() > size_ - at) return false;
  std::size_t skip = at;
  std::size_t done = 0;
  for_each_fragment([&](Octets fragment) {
    const std::size_t skipped = std::min(skip, fragment.size());
    skip -= skipped;
    const Octets part = fragment.subspan(skipped, std::min(fragment.size() - skipped, out.size() - done));
    std::copy(part.begin(), part.end(), out.begin() + static_cast<std::ptrdiff_t>(done));
    done += part.size();
  });
  return true;
}

std::optional<Octets> OptionValue::copy_to(std::span<std::uint8_t> buffer) const noexcept {
  if (buffer.size() < size_) return std::nullopt;
  const std::span<std::uint8_t> whole = buffer.first(size_);
  read(0, whole);
  return whole;
}

std::optional<Octets> OptionValue::view(std::span<std::uint8_t> scratch) const noexcept {
  return count_ == 1 ? contiguous() : copy_to(scratch);
}

OptionRange Message::options() const noexcept {
  return {octets_, bounds(extent(Area::options)), bounds(extent(Area::file)), bounds(extent(Area::sname))};
}

void Message::scan_area(Area area, std::size_t first, std::size_t limit) noexcept {
  Extent& extent = extents_[static_cast<std::size_t>(area)];
  extent = scan(octets_, first, limit);
  if (!extent.fault) return;
  const bool overruns = *extent.fault == Fault::option_overruns;
  errors_.add({Level::option, *extent.fault, overruns ? OptionCode{octets_[extent.last]} : OptionCode::pad,
               extent.fault_offset});
}

std::variant<Message, Error> decode(Octets octets) noexcept {
  if (octets.size() < header_octets)
    return Error{Level::message, Fault::too_short, OptionCode::pad, octets.size()};
  Message message;
  message.octets_ = octets;
  message.header_ = read_header(octets);
  if (message.header_.hlen > chaddr_octets)
    return Error{Level::message, Fault::hardware_length, OptionCode::pad, 2};
  if (octets.size() < options_offset || load_u32(octets, header_octets) != dhcp_magic_cookie) return message;
  message.has_cookie_ = true;
  message.scan_area(Area::options, options_offset, octets.size());

  // Only the options field can say that the others hold options (RFC 2131 4.1).
  const std::optional<OptionValue> overload = message.options().find(OptionCode::option_overload);
  if (!overload) return message;
  const std::optional<std::uint8_t> bits = overload_bits(*overload);
  if (!bits) {
    message.errors_.add(
        {Level::option, Fault::option_overload, OptionCode::option_overload, overload->offset()});
    return message;
  }
  if ((*bits & overload_file) != 0) message.scan_area(Area::file, file_offset, file_offset + file_octets);
  if ((*bits & overload_sname) != 0)
    message.scan_area(Area::sname, sname_offset, sname_offset + sname_octets);
  return message;
}

}  // namespace twinlease::wire::dhcp4
