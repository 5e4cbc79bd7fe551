#include "fuzz/mutator/mutator.hpp"

#include <algorithm>
#include <array>

#include "impl/wire/dhcp4_options.hpp"
#include "impl/wire/option_table.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::fuzz {

namespace {

using Bytes = std::span<std::uint8_t>;
constexpr std::size_t work_octets =
    16384;  // more than any target's length_max; what is longer is left to `rough`

class Random {
 public:
  explicit Random(std::uint32_t seed) noexcept : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  std::uint32_t next() noexcept {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 33);
  }
  std::size_t below(std::size_t n) noexcept { return n == 0 ? 0 : next() % n; }
  bool one_in(std::uint32_t n) noexcept { return next() % n == 0; }
  std::uint8_t octet() noexcept { return static_cast<std::uint8_t>(next() >> 8); }

 private:
  std::uint64_t state_;
};

void set_u16(Bytes octets, std::size_t at, std::size_t value) noexcept {
  octets[at] = static_cast<std::uint8_t>(value >> 8);
  octets[at + 1] = static_cast<std::uint8_t>(value);
}

// An option of one of the two tables with an allowed length, or any code with any length.
class NewOption {
 public:
  NewOption(Random& random, std::size_t width) noexcept {
    std::size_t code = 0, length = 0;
    if (width == 2) {
      const auto table = wire::all_options();
      const wire::OptionSpec& s = table[random.below(table.size())];
      code = s.code;
      length = s.length_min +
               s.length_step * random.below(std::min(s.length_max - s.length_min, 24) / s.length_step + 1);
    } else {
      const auto table = wire::dhcp4::all_options();
      const wire::dhcp4::OptionSpec& s = table[random.below(table.size())];
      code = static_cast<std::size_t>(s.code);
      length = s.length_min +
               s.length_step * random.below(std::min(s.length_max - s.length_min, 24) / s.length_step + 1);
    }
    if (random.one_in(16)) code = random.next() & (width == 2 ? 0xffff : 0xff);
    if (random.one_in(16)) length = random.below(random.one_in(8) ? 256 : 40);
    wire::OctetWriter out(room_);
    width == 2 ? out.u16(static_cast<std::uint16_t>(code)) : out.u8(static_cast<std::uint8_t>(code));
    width == 2 ? out.u16(static_cast<std::uint16_t>(length)) : out.u8(static_cast<std::uint8_t>(length));
    const bool small = random.one_in(2);  // most enumerations and flags lie below 16
    for (std::size_t i = 0; i < length; ++i)
      out.u8(small ? static_cast<std::uint8_t>(i + 1 == length ? random.below(16) : 0) : random.octet());
    size_ = out.size();
  }
  Octets octets() const noexcept { return Octets(room_).first(size_); }

 private:
  std::array<std::uint8_t, 300> room_;
  std::size_t size_ = 0;
};

// Writes pieces into the buffer; one that does not fit any more is left out with all that follow.
class Joined {
 public:
  explicit Joined(Bytes buffer) noexcept : out_(buffer) {}
  void put(Octets piece) noexcept { out_.put(piece); }
  std::size_t size() const noexcept { return out_.size(); }

 private:
  wire::OctetWriter out_;
};

// One piece dropped, repeated up to 16 times, moved or exchanged with another one. The pieces are views of
// octets outside `out`.
std::size_t rearrange(const Pieces& pieces, Bytes out, Random& random) noexcept {
  const std::size_t one = random.below(pieces.count), other = random.below(pieces.count);
  const std::size_t what = random.below(4);
  const std::size_t times = 1 + random.below(random.one_in(4) ? 16 : 2);
  Joined joined(out);
  joined.put(pieces.head);
  for (std::size_t i = 0; i < pieces.count; ++i) {
    const Octets piece = pieces.list[i];
    if (what == 0 && i == one) continue;  // dropped
    if (what == 1 && i == one)            // repeated in its place
      for (std::size_t n = 0; n < times; ++n) joined.put(piece);
    if (what == 2 && i == other) joined.put(pieces.list[one]);  // copied before another
    if (what == 3 && (i == one || i == other)) {                // exchanged
      joined.put(pieces.list[i == one ? other : one]);
      continue;
    }
    joined.put(piece);
  }
  joined.put(pieces.tail);
  return joined.size();
}

// A new option before one of the pieces, or in its place.
std::size_t insert_option(const Pieces& pieces, std::size_t width, Bytes out, Random& random) noexcept {
  const NewOption option(random, width);
  const std::size_t at = random.below(pieces.count + 1);
  const bool instead = random.one_in(4);
  Joined joined(out);
  joined.put(pieces.head);
  for (std::size_t i = 0; i < pieces.count; ++i) {
    if (i == at) joined.put(option.octets());
    if (i != at || !instead) joined.put(pieces.list[i]);
  }
  if (at == pieces.count) joined.put(option.octets());
  joined.put(pieces.tail);
  return joined.size();
}

// One option with another code, a longer or shorter value, a length that is not that of its value, or a value
// of libFuzzer's.
std::size_t change_option(const Pieces& pieces, std::size_t width, Bytes out, Random& random,
                          RoughMutate rough) noexcept {
  const std::size_t at = random.below(pieces.count);
  std::array<std::uint8_t, 1024> room;
  const Octets old = pieces.list[at];
  if (old.size() < 2 * width || old.size() > room.size() / 2) return 0;
  std::copy(old.begin(), old.end(), room.begin());
  std::size_t size = old.size();
  const Bytes value = Bytes(room).subspan(2 * width);
  const auto set_length = [&](std::size_t length) {
    width == 2 ? set_u16(room, 2, length) : void(room[1] = static_cast<std::uint8_t>(length));
  };
  switch (random.below(4)) {
    case 0: {
      const NewOption option(random, width);
      std::copy_n(option.octets().begin(), width, room.begin());
      break;
    }
    case 1: {
      const std::size_t length = random.below(random.one_in(4) ? 256 : 40);
      for (std::size_t i = size - 2 * width; i < length; ++i) value[i] = random.octet();
      size = length + 2 * width;
      set_length(length);
      break;
    }
    case 2:
      set_length(random.one_in(2) ? size - 2 * width + 1 - 2 * random.below(2) : random.next() & 0xffff);
      break;
    default: {
      const std::size_t most = std::min<std::size_t>(255, value.size());
      if (size - 2 * width > most) return 0;
      const std::size_t length = rough(value.data(), size - 2 * width, most);
      size = length + 2 * width;
      set_length(length);
    }
  }
  Joined joined(out);
  joined.put(pieces.head);
  for (std::size_t i = 0; i < pieces.count; ++i)
    joined.put(i == at ? Octets(room).first(size) : pieces.list[i]);
  joined.put(pieces.tail);
  return joined.size();
}

// Type, payload offset (8 and 12 above all, A-01), time or xid of a message.
void change_header(Bytes message, Random& random) noexcept {
  constexpr std::array<std::uint8_t, 8> offsets = {8, 8, 12, 12, 11, 13, 16, 255};
  if (message.size() < wire::fixed_header_octets) return;
  switch (random.below(4)) {
    case 0:
      message[2] = random.one_in(8) ? random.octet() : static_cast<std::uint8_t>(1 + random.below(12));
      break;
    case 1: message[3] = random.one_in(8) ? random.octet() : offsets[random.below(offsets.size())]; break;
    case 2: message[4 + random.below(4)] = random.octet(); break;
    default: message[8 + random.below(4)] = random.octet();
  }
}

// Right again nearly always; else as it was, or any.
void set_message_length(Bytes message, Random& random) noexcept {
  if (message.size() < 2) return;
  if (random.one_in(64)) return set_u16(message, 0, random.next() & 0xffff);
  if (!random.one_in(16)) set_u16(message, 0, std::min(message.size(), wire::message_length_max));
}

// One mutation of options or transactions, from `octets` into `out`; 0: none was possible.
std::size_t mutate_options(Octets octets, Bytes out, Shape shape, Random& random,
                           RoughMutate rough) noexcept {
  Pieces pieces;
  if (shape == Shape::failover_message && random.one_in(4)) {
    split_transactions(octets, pieces);
    return pieces.count == 0 ? 0 : rearrange(pieces, out, random);
  }
  split_options(octets, shape, pieces);
  const std::size_t width = code_octets(octets, shape);
  const std::size_t what = random.below(4);
  if (what == 0 || pieces.count == 0) return insert_option(pieces, width, out, random);
  if (what == 1) return rearrange(pieces, out, random);
  return change_option(pieces, width, out, random, rough);
}

// A message of DHCP: now and then the value of option overload, so that file and sname are read.
void change_overload(Bytes datagram, Random& random) noexcept {
  constexpr std::array<std::uint8_t, 2> overload = {52, 1};
  const auto begin =
      datagram.begin() + static_cast<std::ptrdiff_t>(std::min(datagram.size(), wire::dhcp4::options_offset));
  const auto found = std::search(begin, datagram.end(), overload.begin(), overload.end());
  if (datagram.end() - found > 2) found[2] = static_cast<std::uint8_t>(random.below(4));
}

std::size_t mutate_message(Octets octets, Bytes out, Shape shape, Random& random,
                           RoughMutate rough) noexcept {
  std::size_t size = 0;
  if (shape != Shape::failover_message || !random.one_in(8))
    size = mutate_options(octets, out, shape, random, rough);
  if (size == 0) {
    size = std::min(octets.size(), out.size());
    std::copy_n(octets.begin(), size, out.begin());
    if (shape == Shape::failover_message) change_header(out.first(size), random);
  }
  if (shape == Shape::failover_message) set_message_length(out.first(size), random);
  if (shape == Shape::dhcp4_message && random.one_in(16)) change_overload(out.first(size), random);
  return size;
}

// A message of the stream changed, or the order of its messages.
std::size_t mutate_stream(Octets stream, Bytes out, Random& random, RoughMutate rough) noexcept {
  Pieces messages;
  split_messages(stream, messages);
  if (messages.count == 0) return 0;
  if (random.one_in(3)) return rearrange(messages, out, random);
  const std::size_t at = random.below(messages.count);
  std::array<std::uint8_t, wire::message_length_max> room;
  const std::size_t size = mutate_message(messages.list[at], room, Shape::failover_message, random, rough);
  Joined joined(out);
  for (std::size_t i = 0; i < messages.count; ++i)
    joined.put(i == at ? Octets(room).first(size) : messages.list[i]);
  joined.put(messages.tail);
  return joined.size();
}

}  // namespace

std::size_t mutate(std::span<std::uint8_t> buffer, std::size_t size, Shape shape, std::uint32_t seed,
                   RoughMutate rough) noexcept {
  Random random(seed);
  std::array<std::uint8_t, work_octets> work;
  if (random.one_in(8) || size == 0 || buffer.size() > work.size()) {
    const std::size_t rough_size = rough(buffer.data(), size, buffer.size());
    if (shape == Shape::failover_message) set_message_length(buffer.first(rough_size), random);
    return rough_size;
  }
  std::copy_n(buffer.begin(), size, work.begin());
  const Octets octets = Octets(work).first(size);
  const std::size_t mutated = shape == Shape::failover_stream
                                  ? mutate_stream(octets, buffer, random, rough)
                                  : mutate_message(octets, buffer, shape, random, rough);
  return mutated != 0 ? mutated : rough(buffer.data(), size, buffer.size());
}

std::size_t cross_over(Octets one, Octets other, std::span<std::uint8_t> out, Shape shape,
                       std::uint32_t seed) noexcept {
  Random random(seed);
  Pieces first, second;
  if (shape == Shape::failover_stream) {
    split_messages(one, first);
    split_messages(other, second);
  } else {
    split_options(one, shape, first);
    split_options(other, shape, second);
  }
  const std::size_t until = random.below(first.count + 1), from = random.below(second.count + 1);
  Joined joined(out);
  joined.put(first.head);
  for (std::size_t i = 0; i < until; ++i) joined.put(first.list[i]);
  for (std::size_t i = from; i < second.count; ++i) joined.put(second.list[i]);
  joined.put(second.tail);
  if (shape == Shape::failover_message) set_message_length(out.first(joined.size()), random);
  return joined.size();
}

}  // namespace twinlease::fuzz
