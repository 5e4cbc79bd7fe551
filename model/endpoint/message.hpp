// Failover messages as the model has them: what they mean, no octets. Times are on the receiver's clock
// (7.8.2).
#pragma once

#include <cstdint>
#include <optional>

#include "model/lease/conflict.hpp"
#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

using Address = std::uint8_t;  // a number of the pool, from 0
using Xid = std::uint8_t;      // unique on a connection among the requests of one side (6.1)

struct Message {
  enum class Type : std::uint8_t {
    state,      // 7.10: server_state, startup, since
    bndupd,     // 7.1: address, update
    bndack,     // 7.2: address, reject
    updreq,     // 7.3
    updreqall,  // 7.4
    upddone,    // 7.5
    poolreq,    // 7.6
    poolresp,   // 7.7
  };
  Type type = Type::state;
  Xid xid = 0;
  State server_state = State::normal;
  bool startup = false;
  Seconds since = 0;  // start-time-of-state
  Address address = 0;
  Update update{};
  std::optional<RejectReason> reject{};
};

// A DHCPACK: the client holds the address until then, by this server's promise.
struct ClientAck {
  ClientId client = 0;
  Address address = 0;
  Seconds until = 0;
};

}  // namespace twinlease::model
