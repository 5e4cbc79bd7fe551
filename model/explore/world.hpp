// The world of an exploration: two endpoints, the connection between them, clients, time, and faults.
//
//  1. Time is `now`, and moves by ticks. Every other step takes no time.
//  2. A channel is FIFO. What is under way when the connection breaks may still arrive, or not: until the
//     receiver notices the loss. Without Scope::delays it arrives before the next tick, if it does.
//  3. A client holds at most one address. It asks for another only when its lease is over, and renews only
//     while it is valid (AS1).
//  4. `ghosts` are what an onlooker remembers; no server reads them.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "model/endpoint/endpoint.hpp"
#include "model/explore/scope.hpp"

namespace twinlease::model::explore {

using Side = std::uint8_t;  // 0 the primary, 1 the secondary
inline constexpr Side kPrimary = 0, kSecondary = 1;
constexpr Side other(Side side) {
  return static_cast<Side>(1 - side);
}
constexpr Role role_of(Side side) {
  return side == kPrimary ? Role::primary : Role::secondary;
}

class Channel {
 public:
  static constexpr std::size_t kMost = 7;
  Channel() = default;
  Channel(const Channel& from) { *this = from; }
  Channel& operator=(const Channel& from) {  // only what there is: worlds are copied all the time
    size_ = from.size_;
    for (std::size_t at = 0; at < size_; ++at) messages_[at] = from.messages_[at];
    return *this;
  }
  std::size_t size() const { return size_; }
  bool full() const { return size_ == kMost; }
  void push(const Message& message) {
    if (full()) std::abort();
    messages_[size_++] = message;
  }
  Message pop() {
    assert(size_ > 0);
    const Message first = messages_[0];
    for (std::size_t at = 1; at < size_; ++at) messages_[at - 1] = messages_[at];
    --size_;
    return first;
  }
  void clear() { size_ = 0; }
  Message* begin() { return messages_.data(); }
  Message* end() { return messages_.data() + size_; }
  const Message* begin() const { return messages_.data(); }
  const Message* end() const { return messages_.data() + size_; }

 private:
  std::array<Message, kMost> messages_{};
  std::size_t size_ = 0;
};

struct Client {
  bool has = false;  // a lease: `address` until `until`, by the latest DHCPACK
  Address address = 0;
  Seconds until = 0;
  Side by = kPrimary;    // who sent it
  bool on_disk = false;  // S5 binds `by`: its storage was not lost since
  friend bool operator==(const Client&, const Client&) = default;
};

struct Ghosts {
  // S8, for each server: to whom the address went last, and this server has no acknowledged end of it.
  std::array<std::array<ClientId, kMostAddresses>, 2> last{};
  std::array<Seconds, 2> down{};  // S30: when the server went down; 0: never, or it has come back since
  friend bool operator==(const Ghosts&, const Ghosts&) = default;
};

struct Faults {  // that may still come; kWithoutEnd stays what it is
  std::uint8_t crashes = 0, cuts = 0, losses = 0, commands = 0, stops = 0, restores = 0;
  friend bool operator==(const Faults&, const Faults&) = default;
};

// Of the storage of one server, at most one at a time.
class Backup {
 public:
  Backup() = default;
  Backup(const Backup& from) { *this = from; }
  Backup& operator=(const Backup& from) {  // as a Channel
    any_ = from.any_;
    if (any_) side_ = from.side_, storage_ = from.storage_;
    return *this;
  }
  bool any() const { return any_; }
  bool of(Side side) const { return any_ && side_ == side; }
  Side side() const { return side_; }
  Endpoint& storage() { return storage_; }
  const Endpoint& storage() const { return storage_; }
  void keep(Side side, const Endpoint& storage) {
    any_ = true;
    side_ = side;
    storage_ = storage;
  }
  void forget() { any_ = false; }

 private:
  bool any_ = false;
  Side side_ = kPrimary;
  Endpoint storage_;
};

struct World {
  Seconds now = 0;
  std::array<Endpoint, 2> endpoint;
  std::array<Channel, 2> to;       // messages to that side
  std::array<bool, 2> deaf{};      // nothing that is sent now reaches that side
  std::array<bool, 2> lost{};      // its storage; nothing was stored since
  std::array<bool, 2> restored{};  // its storage, from a backup; not started since
  Backup backup;
  std::array<Client, kMostClients + 1> client;  // from 1
  Faults left;
  Ghosts ghosts;

  bool holds(ClientId c) const { return client[c].has && now < client[c].until; }
  bool linked() const { return endpoint[0].link() != Link::none || endpoint[1].link() != Link::none; }
};

struct Step {
  enum class Kind : std::uint8_t {
    tick,
    deliver,  // the first message to `side`
    cut,      // the connection, in both directions
    cut_to,   // only towards `side`
    notice,   // `side` notices that the connection is gone
    connect,
    discover,    // of `client`, at `side`: DISCOVER to DHCPACK of `address`
    renew,       // at `side`: RENEWING or REBINDING
    release,     // to `side`, which gave the lease
    expire,      // `side` notes that the lease of `address` is over
    free_alone,  // `side`, in PARTNER-DOWN
    timer_startup,
    timer_mclt,
    timer_safe_period,
    ask_for_pool,
    crash,
    start,
    lose_storage,
    partner_down,  // the operator's command at `side`
    commit,        // of what was said before (only a broken rule)
    pause,         // the operator's command at `side`
    shutdown,
    partner_up,
    new_mclt,  // the operator's, at the primary
    back_up,   // the storage of `side`
    restore,   // and back again
    timer_stop,
    timer_receive,
    timer_sync,
    timer_no_ack,
  };
  Kind kind = Kind::tick;
  Side side = kPrimary;
  ClientId client = 0;
  Address address = 0;
  std::uint8_t choice = 0;  // which of the combinations of answers (Choices), in their order

  bool is_fault() const {
    return kind == Kind::cut || kind == Kind::cut_to || kind == Kind::crash || kind == Kind::lose_storage ||
           kind == Kind::partner_down || kind == Kind::pause || kind == Kind::shutdown ||
           kind == Kind::new_mclt || kind == Kind::restore || kind == Kind::timer_receive ||
           kind == Kind::timer_no_ack;
  }
  std::uint16_t packed() const;  // and back: exact
  static Step unpacked(std::uint16_t);
  friend bool operator==(const Step&, const Step&) = default;
};

struct Steps {  // what is possible in a world, `choice` left open
  std::array<Step, 64> all{};
  std::size_t size = 0;
  void add(const Step& step) {
    if (size == all.size()) std::abort();
    all[size++] = step;
  }
  const Step* begin() const { return all.data(); }
  const Step* end() const { return all.data() + size; }
};

struct Configs {
  explicit Configs(const Scope& scope) : of{scope.config(Role::primary), scope.config(Role::secondary)} {}
  std::array<Config, 2> of;
};

// The first world of a scope. `clock` is the time at which it begins.
World first_world(const Scope&, const Configs&, Seconds clock);

Steps steps(const Scope&, const Configs&, const World&);

// What became of a step. `overflow`: a channel would have to hold more than Channel::kMost messages; the
// world is then cut off here. `forbidden`: an assumption (AS2) rules the step out. Neither world may be used.
enum class Taken : std::uint8_t { yes, overflow, forbidden };

// Takes the step, `choices` answering; effects are what the one endpoint concerned did.
Taken take(const Scope&, const Configs&, World&, const Step&, Choices&, Effects&);

}  // namespace twinlease::model::explore
