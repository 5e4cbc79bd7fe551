// What every part of the network has in common: what it reports, and to whom.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "impl/core/io.hpp"

namespace twinlease::net {

// Called for each input that arrives; views in it live for the call.
using OnInput = std::function<void(const core::Input&)>;

// A socket could not be made or bound: says which address or interface, and why.
struct SocketError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Datagrams and octets that could not be handed on, for the metrics.
struct NetCounters {
  std::uint64_t dhcp_received = 0;
  std::uint64_t dhcp_sent = 0;
  std::uint64_t dhcp_send_failed = 0;
  std::uint64_t connections_refused = 0;  // more than may wait, or from nobody that is known
};

}  // namespace twinlease::net
