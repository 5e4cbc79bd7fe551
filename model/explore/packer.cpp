#include "model/explore/packer.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "model/explore/fields.hpp"
#include "model/explore/normal_form.hpp"

namespace twinlease::model::explore {
namespace {

// What writing and reading have in common: names and sizes.
class Archive {
 public:
  Archive(const Scope& scope, const Packer::Names& names) : scope_(scope), names_(names) {}
  int addresses() const { return scope_.addresses; }
  Address address_at(int key) const { return names_.address_at[static_cast<std::size_t>(key)]; }
  ClientId client_at(ClientId key) const { return names_.client_at[key]; }

 protected:
  const Scope& scope_;
  const Packer::Names& names_;
};

constexpr unsigned kTimeBits = std::bit_width(static_cast<std::uint64_t>(kTimes - 1));

class Writer : public Archive {
 public:
  Writer(const Scope& scope, const Packer::Names& names, Packed& out) : Archive(scope, names), out_(out) {}
  template <class T>
  void bits(const T& value, unsigned count) {
    const auto number = static_cast<std::uint64_t>(value);
    word_ |= number << used_;
    used_ += count;
    if (used_ < 64) return;
    out_.push(word_);
    used_ -= 64;
    word_ = used_ == 0 ? 0 : number >> (count - used_);
  }
  void flag(bool value) { bits(value, 1); }
  void time(Seconds value) {  // 0: none
    if (static_cast<std::uint64_t>(value) >= static_cast<std::uint64_t>(kTimes))
      std::abort();  // a scope with times too large for a normal form
    bits(value, kTimeBits);
  }
  void time(const std::optional<Seconds>& value) { time(value.value_or(0)); }
  void address(Address value) { bits(names_.key_of_address[value], 2); }
  void client(ClientId value) { bits(names_.key_of_client[value], 2); }
  void mask(std::uint8_t value) {
    for (int key = 0; key < addresses(); ++key) flag((value >> address_at(key) & 1) != 0);
  }
  void finish() {
    if (used_ != 0) out_.push(word_);
  }

 private:
  Packed& out_;
  std::uint64_t word_ = 0;
  unsigned used_ = 0;
};

class Reader : public Archive {
 public:
  Reader(const Scope& scope, const Packer::Names& names, const Packed& in)
      : Archive(scope, names), in_(in.words()) {}
  template <class T>
  void bits(T& value, unsigned count) {
    value = static_cast<T>(next(count));
  }
  void flag(bool& value) { value = next(1) != 0; }
  void time(Seconds& value) { value = static_cast<Seconds>(next(kTimeBits)); }
  void time(std::optional<Seconds>& value) {
    Seconds time_value = 0;
    time(time_value);
    value = time_value == 0 ? std::nullopt : std::optional(time_value);
  }
  void address(Address& value) { bits(value, 2); }
  void client(ClientId& value) { bits(value, 2); }
  void mask(std::uint8_t& value) {
    value = 0;
    for (int key = 0; key < addresses(); ++key) value = static_cast<std::uint8_t>(value | next(1) << key);
  }

 private:
  std::uint64_t next(unsigned count) {
    const std::size_t word = at_ / 64, shift = at_ % 64;
    std::uint64_t value = in_[word] >> shift;
    if (shift + count > 64) value |= in_[word + 1] << (64 - shift);
    at_ += count;
    return value & ((std::uint64_t{1} << count) - 1);
  }
  std::span<const std::uint64_t> in_;
  std::size_t at_ = 0;
};

template <class A>
void update(A& archive, Update& update) {
  archive.bits(update.status, 3);
  archive.client(update.client);
  archive.time(update.lease_expiration);
  archive.time(update.potential_expiration);
  archive.time(update.client_last_transaction);
}

template <class A>
void message(A& archive, Message& message) {
  using Type = Message::Type;
  archive.bits(message.type, 3);
  if (message.type != Type::state && message.type != Type::poolreq) archive.bits(message.xid, 3);
  switch (message.type) {
    case Type::state:
      archive.bits(message.server_state, 4);
      archive.flag(message.startup);
      archive.time(message.since);
      break;
    case Type::bndupd:
      archive.address(message.address);
      update(archive, message.update);
      break;
    case Type::bndack: {
      archive.address(message.address);
      std::uint8_t reason = static_cast<std::uint8_t>(message.reject.value_or(RejectReason{}));
      archive.bits(reason, 5);
      if (reason != 0) message.reject = static_cast<RejectReason>(reason);
      break;
    }
    default: break;
  }
}

template <class A>
void channel(A& archive, Channel& channel) {
  std::size_t size = channel.size();
  archive.bits(size, 3);
  while (channel.size() < size) channel.push({});
  for (Message& each : channel) message(archive, each);
}

template <class A>
void client(A& archive, Client& client) {
  archive.flag(client.has);
  if (!client.has) return;
  archive.address(client.address);
  archive.time(client.until);
  archive.bits(client.by, 1);
  archive.flag(client.on_disk);
}

template <class A>
void backup(A& archive, World& world) {
  for (bool& restored : world.restored) archive.flag(restored);
  bool any = world.backup.any();
  Side side = world.backup.side();
  archive.flag(any);
  if (!any) return;
  archive.bits(side, 1);
  world.backup.keep(side, world.backup.storage());
  Fields::all(archive, world.backup.storage());
}

template <class A>
void between(A& archive, const Scope& scope, World& world) {
  for (Side side : {kPrimary, kSecondary}) {
    channel(archive, world.to[side]);
    archive.flag(world.deaf[side]);
    archive.flag(world.lost[side]);
    for (int at = 0; at < scope.addresses; ++at)
      archive.client(world.ghosts.last[side][archive.address_at(at)]);
    archive.time(world.ghosts.down[side]);
  }
  for (ClientId key = 1; key <= static_cast<ClientId>(scope.clients); ++key)
    client(archive, world.client[archive.client_at(key)]);
  for (std::uint8_t* left : {&world.left.crashes, &world.left.cuts, &world.left.losses, &world.left.commands,
                             &world.left.stops, &world.left.restores})
    archive.bits(*left, 3);
  if (scope.restores > 0) backup(archive, world);
}

template <class A>
void piece(A& archive, const Scope& scope, World& world, Piece which) {
  if (which == kBetween)
    between(archive, scope, world);
  else
    Fields::all(archive, world.endpoint[which]);
}

constexpr std::array kEveryPiece = {kPrimaryPiece, kSecondaryPiece, kBetween};

}  // namespace

void Packed::push(std::uint64_t word) {
  if (size_ == kMost) std::abort();  // a scope too large for its key
  words_[size_++] = word;
}

std::uint64_t Packed::hash() const {
  std::uint64_t hash = size_;
  for (std::uint64_t word : words()) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  }
  return hash * 0xD6E8FEB86659FD93;
}

Packer::Packer(const Scope& scope) : scope_(scope) {
  std::array<Address, 4> addresses{0, 1, 2, 3};
  const auto alike = [&](ClientId a, ClientId b) {
    return (scope.primary_buckets >> a & 1) == (scope.primary_buckets >> b & 1);
  };
  do {
    std::array<ClientId, 4> clients{0, 1, 2, 3};
    do {
      Names names;
      bool good = true;
      for (std::uint8_t key = 0; key < 4; ++key) {
        names.address_at[key] = addresses[key];
        names.key_of_address[addresses[key]] = key;
        names.client_at[key] = clients[key];
        names.key_of_client[clients[key]] = key;
        good = good && alike(key, clients[key]);
      }
      if (good) exchanges_.push_back(names);
    } while (std::next_permutation(clients.begin() + 1, clients.begin() + 1 + scope.clients));
  } while (std::next_permutation(addresses.begin(), addresses.begin() + scope.addresses));
}

void Packer::pack(const World& world, const Names& names, Piece which, Packed& out) const {
  Writer writer(scope_, names, out);
  piece(writer, scope_, const_cast<World&>(world), which);  // a Writer changes nothing
  writer.finish();
}

void Packer::pack(const World& world, Piece which, Packed& out) const {
  pack(world, exchanges_.front(), which, out);
}

Pieces Packer::pack(const World& world, const Names& names) const {
  Pieces pieces;
  for (Piece which : kEveryPiece) pack(world, names, which, pieces[which]);
  return pieces;
}

Pieces Packer::pack(const World& world) const {
  return pack(world, exchanges_.front());
}

Pieces Packer::canonical(const World& world) const {
  Pieces least = pack(world, exchanges_.front());
  for (std::size_t at = 1; at < exchanges_.size(); ++at) take_if_less(world, exchanges_[at], least);
  return least;
}

// The first piece that differs decides; as a rule that is the first.
void Packer::take_if_less(const World& world, const Names& names, Pieces& least) const {
  bool less = false;
  for (Piece which : kEveryPiece) {
    Packed piece;
    pack(world, names, which, piece);
    if (!less && least[which] < piece) return;
    less = less || piece < least[which];
    if (less) least[which] = piece;
  }
}

World Packer::unpack(const Pieces& pieces) const {
  World world;
  world.now = kNow;
  for (Piece which : kEveryPiece) {
    Reader reader(scope_, exchanges_.front(), pieces[which]);
    piece(reader, scope_, world, which);
  }
  return world;
}

}  // namespace twinlease::model::explore
