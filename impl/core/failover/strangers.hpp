// Connections that were accepted and have not said yet which relationship they are for (7.8.2, 8.2).
//
// Invariants:
//  1. There are at most `most` of them; one more costs the oldest its place. A partner sends CONNECT at once.
//  2. One that says anything but CONNECT first, or nothing for wait_ms, is closed.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "impl/core/io.hpp"
#include "impl/core/ledger.hpp"
#include "impl/wire/framer.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::core {

class Strangers {
 public:
  static constexpr std::size_t most = 64;
  static constexpr Milliseconds wait_ms = 10'000;

  explicit Strangers(Ledger& ledger) : ledger_(&ledger) {}

  struct Introduction {
    ConnectionId connection = 0;
    std::string remote_address;
    wire::Framer framer;  // where the connection stands in its octets
    const wire::Message* connect = nullptr;
    std::string_view relationship;  // as named there; empty: not at all
  };

  bool knows(ConnectionId connection) const { return waiting_.contains(connection); }
  void up(const ConnectionUp&, Milliseconds for_ms = wait_ms);
  void down(ConnectionId connection) { waiting_.erase(connection); }
  // Takes octets up to the first message. If that is a CONNECT, hands it over: the connection is no stranger
  // any more. The octets that are left belong to whoever has it then.
  Octets receive(ConnectionId, Octets, const std::function<void(const Introduction&)>& introduce);
  // CONNECTACK with that reason for a CONNECT that is nobody's here, and the end.
  void reject(const Introduction&, wire::RejectReason);
  void on_tick();
  Milliseconds next_deadline() const;
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::string remote_address;
    Milliseconds until_ms = 0;
    wire::Framer framer;
  };
  void close(ConnectionId);

  Ledger* ledger_;
  std::map<ConnectionId, Waiting> waiting_;  // ids grow: the first is the oldest
};

// octet by octet; one trailing NUL is tolerated.
bool same_name(std::string_view configured, std::string_view received);

}  // namespace twinlease::core
