// The states of a failover endpoint and the ways between them (9): what happened, in which state, knowing
// what; out comes what to do. Pure: Relationship knows the facts and carries out the moves.
//
// Invariants:
//  1. Of a chain only the last state is returned; it is left to the caller to store it before it is
//  said (9.2).
//  2. PARTNER-DOWN is entered by a command, by the end of the safe period, by a partner in SHUTDOWN, or at
//  startup where configured; by nothing else.
//  3. A STATE with the STARTUP bit moves only STARTUP and RESOLUTION-INTERRUPTED.
#pragma once

#include <cstdint>
#include <string_view>

#include "impl/core/config.hpp"
#include "impl/core/io.hpp"
#include "impl/core/state.hpp"

namespace twinlease::core {

enum class Occasion : std::uint8_t {
  partner_said,  // a STATE: the first of its connection (8.3), or one that differs from the last
  communications_lost,  // they were ok, and are not any more (8.3)
  updates_done,         // UPDDONE for the request that this state sent
  startup_over,         // 9.3.2 (6)
  wait_over,            // of RECOVER-WAIT (9.6.2)
  safe_period_over,     // 10
  stop_over,            // the few seconds after STATE(SHUTDOWN) (9.14.2), or nothing to wait for
  partner_down,         // commands from here on
  pause,
  shutdown,
  resume,
  database_restored,
};
Occasion occasion_of(Command);

struct Facts {
  Role role = Role::primary;
  bool communications_ok = false;      // 8.3; with partner_said: true
  State partner = State::startup;      // by its last STATE
  bool partner_starting = false;       // the STARTUP bit was set in it
  State previous = State::recover;     // previous-state, after step 2 of 9.3.2
  bool partner_down_after_us = false;  // its PARTNER-DOWN began after our last time of operation (9.3.2 (5))
  bool request_outstanding = false;    // an UPDREQ or UPDREQALL of this state is unanswered
  bool wait_over = false;              // of RECOVER-WAIT
  bool both_request = false;           // in POTENTIAL-CONFLICT either role sends UPDREQ (MS-DHCPF 3.1.7.1)
  bool proceed_at_startup = true;      // 9.3.2 (6)
  bool partner_down_at_startup = false;  // 9.3.2 (1): so configured, nothing stored, no partner seen
  bool wait_offline = false;             // 9.6.2: RECOVER-WAIT is not left without the partner
  bool confirmed = false;
};

struct Move {
  State next = State::startup;
  bool request = false;           // send UPDREQ, or UPDREQALL where storage was lost (9.5.2, A-60)
  bool close = false;             // say what is to be said, DISCONNECT, and close the connection
  bool stop = false;              // the endpoint is at rest until it is restarted (9.13, 9.14)
  std::string_view why = {};      // a clause
  std::string_view refused = {};  // of a command: the reason; empty: carried out
};

Move react(State, Occasion, const Facts&);

// previous-state of 9.3.2, steps 1 and 2, for a record of storage.
State previous_state(const RelationshipRecord&);
// Clients are answered, all or some: whoever was in such a state has operated (9.3.2, 9.6.2).
bool operates(State);
// The communications-failed transition of Figure 9.2-1; the same state where there is none.
State after_failure(State);

}  // namespace twinlease::core
