#include "fuzz/mutator/pieces.hpp"

#include <algorithm>

#include "impl/wire/dhcp4_options.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::fuzz {

namespace {

using wire::load_u16;
using wire::load_u32;

bool has_magic(Octets octets) noexcept {
  return octets.size() >= 4 && load_u32(octets) == wire::dhcp_magic_cookie;
}

std::size_t options_begin(Octets octets, Shape shape) noexcept {
  std::size_t begin = 0;
  switch (shape) {
    case Shape::failover_message:
    case Shape::failover_stream:
      begin =
          octets.size() > 3 && octets[3] > wire::fixed_header_octets ? octets[3] : wire::fixed_header_octets;
      break;
    case Shape::dhcp4_message: begin = wire::dhcp4::options_offset; break;
    case Shape::embedded_options: begin = has_magic(octets) ? 4 : 0; break;
  }
  return std::min(begin, octets.size());
}

// Octets of the option at the front; more than there are, if it is not whole.
std::size_t option_size(Octets rest, std::size_t width) noexcept {
  if (width == 1 && (rest[0] == 0 || rest[0] == 255)) return 1;
  if (rest.size() < 2 * width) return rest.size() + 1;
  return width == 1 ? std::size_t{2} + rest[1] : std::size_t{4} + load_u16(rest, 2);
}

}  // namespace

std::size_t code_octets(Octets octets, Shape shape) noexcept {
  return shape == Shape::dhcp4_message || (shape == Shape::embedded_options && has_magic(octets)) ? 1 : 2;
}

void split_options(Octets octets, Shape shape, Pieces& out) noexcept {
  const std::size_t begin = options_begin(octets, shape);
  const std::size_t width = code_octets(octets, shape);
  out.head = octets.first(begin);
  out.count = 0;
  Octets rest = octets.subspan(begin);
  while (!rest.empty() && !out.full()) {
    const std::size_t size = option_size(rest, width);
    if (size > rest.size()) break;
    out.add(rest.first(size));
    rest = rest.subspan(size);
  }
  out.tail = rest;
}

void split_transactions(Octets message, Pieces& out) noexcept {
  Pieces options;
  split_options(message, Shape::failover_message, options);
  constexpr auto address = static_cast<std::uint16_t>(wire::OptionCode::assigned_ip_address);
  std::size_t begin = options.head.size(), at = begin;
  bool inside = false;
  out.count = 0;
  out.head = message.first(begin);
  for (std::size_t i = 0; i < options.count; ++i) {
    if (load_u16(options.list[i]) == address) {
      if (inside) out.add(message.subspan(begin, at - begin));
      if (!inside) out.head = message.first(at);
      inside = true;
      begin = at;
    }
    at += options.list[i].size();
  }
  if (inside) out.add(message.subspan(begin, at - begin));
  if (!inside) out.head = message.first(at);
  out.tail = message.subspan(at);
}

void split_messages(Octets stream, Pieces& out) noexcept {
  out.head = {};
  out.count = 0;
  while (stream.size() >= wire::message_length_min && !out.full()) {
    const std::size_t length = load_u16(stream);
    if (length < wire::message_length_min || length > stream.size()) break;
    out.add(stream.first(length));
    stream = stream.subspan(length);
  }
  out.tail = stream;
}

}  // namespace twinlease::fuzz
