// A script of the target server-inputs: steps one behind the other, each a two-octet kind, a two-octet length
// and a body, like failover options: so the mutator drops, repeats and exchanges whole steps.
//
// A body that is too short is followed by zeros in thought; a kind above the last one counts modulo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "impl/wire/octets.hpp"

namespace twinlease::fuzz {

using wire::Octets;

enum class StepKind : std::uint8_t {
  setting,   // first step only: Setting, seed of the server
  client,    // client and ClientFlag, ClientForm, address or 0 for the client's own, secs, options
  datagram,  // a whole payload
  up,        // connection 0 to 3; 0x80: the one that the server asked for
  down,      // connection; 0x80: what the server asked for does not come about
  octets,    // connection, octets
  message,   // connection and MessageFlag, type, seconds that the sender's clock is ahead (signed), options
  acknowledge,  // connection, reject-reason or 0: BNDACK for the oldest BNDUPD without one
  time,         // TimeStep, two octets: how much
  storage,      // StorageStep
  probe,        // last octet of an address, in use
  command,      // Command, or one more: another configuration; minutes since then; confirmed
};
inline constexpr std::size_t step_kinds = 12;

namespace setting {
inline constexpr std::uint8_t secondary = 1, secret = 2, hot_standby = 4, windows = 8, probing = 16;
inline constexpr int dialect_shift = 5;  // 0: detected; else one of all_dialects()
}  // namespace setting

namespace client_flag {  // beside the number of the client in the lowest three bits
inline constexpr std::uint8_t unshared = 0x10, broadcast = 0x20, identifier = 0x40, relayed = 0x80;
}
enum class ClientForm : std::uint8_t { discover, select, renew, reboot, release, decline, inform, bootp };

namespace message_flag {  // beside the number of the connection in the lowest two bits
inline constexpr std::uint8_t in_pieces = 0x10, unsigned_ = 0x20, answer = 0x80;  // answer: xid as asked
}
enum class TimeStep : std::uint8_t { milliseconds, seconds, minutes, deadline, clock_ahead, clock_back };
enum class StorageStep : std::uint8_t { hold, go_on, store_one, fail_one };

// Calls use(kind, body) for each whole step until it returns false.
template <class Use>
void for_each_step(Octets script, Use use) {
  constexpr std::size_t header_octets = 4;
  while (script.size() >= header_octets) {
    const std::size_t length = wire::load_u16(script, 2);
    if (script.size() - header_octets < length) return;
    const auto kind = static_cast<StepKind>(wire::load_u16(script) % step_kinds);
    if (!use(kind, script.subspan(header_octets, length))) return;
    script = script.subspan(header_octets + length);
  }
}

// Octet `at` of a body; 0 beyond its end.
inline std::uint8_t octet(Octets body, std::size_t at) {
  return at < body.size() ? body[at] : std::uint8_t{0};
}
inline Octets after(Octets body, std::size_t octets) {
  return body.subspan(octets < body.size() ? octets : body.size());
}

}  // namespace twinlease::fuzz
