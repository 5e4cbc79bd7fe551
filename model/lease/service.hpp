// What a server does for DHCP clients in each state (9.3.1 to 9.14.2).
#pragma once

#include <cstdint>
#include <string_view>

#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

enum class ClientMessage : std::uint8_t {
  discover,
  request_selecting,    // server-identifier present
  request_init_reboot,  // requested address, no server-identifier, ciaddr 0
  request_renewing,     // ciaddr, unicast
  request_rebinding,    // ciaddr, broadcast
  release,
  decline,
  inform,
};
inline constexpr int kClientMessages = 8;

enum class Serve : std::uint8_t {
  no,  // nothing of the message is remembered (FO-9.2-05)
  yes,
  load_balanced,  // if the hash bucket is this server's (9.8.2)
  addressed,      // yes if it names this server; balancing it instead is as good
};

enum class AllocateFrom : std::uint8_t {
  none,
  existing_only,  // the binding that the client has
  own,            // FREE for the primary, BACKUP for the secondary
  own_and_partner_after_wait,
};

enum class LeaseLimit : std::uint8_t {
  none,           // no lease is given
  mclt_bound,     // lease_ceiling()
  mclt_from_now,  // MCLT and no more, whatever the partner knows (C2)
  free_choice,    // PARTNER-DOWN: bound or not, as the server likes (FO-9.4.2-07)
  full_length,    // the desired time, without that choice (C24)
};

struct Service {
  Serve serve;
  AllocateFrom allocate_from;
  LeaseLimit lease_limit;
  bool renewal_may_exceed;  // for one step: A-07 always (CeilingReading)
  friend constexpr bool operator==(const Service&, const Service&) = default;
};

Service service(State, ClientMessage);

}  // namespace twinlease::model
