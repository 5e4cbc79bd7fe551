// A state as STATE has it: the number of 12.24 and the flags of 12.23, in the dialect of the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "impl/core/state.hpp"
#include "impl/core/time.hpp"
#include "impl/wire/dialect.hpp"
#include "impl/wire/message_writer.hpp"

namespace twinlease::core {

// What two STATE messages have to differ in to mean anything (7.10.2, A-31).
struct Announced {
  std::uint8_t state = 0;
  std::uint8_t flags = 0;
  friend bool operator==(const Announced&, const Announced&) = default;
};

// In STARTUP: previous, with the STARTUP bit (9.3.1, A-18).
Announced announce(State, State previous, const wire::Dialect&);
void write(wire::MessageWriter&, const Announced&, Seconds since_s);

// None: STARTUP is never sent (12.24), and means nothing. A number that is not known is RECOVER.
std::optional<State> state_of(std::uint8_t server_state);

// What keeps an endpoint out of NORMAL, and what would change that, in a sentence; empty in NORMAL.
std::string waits_for(State, State partner, bool communications_ok, Seconds recover_wait_over_s,
                      Seconds now_s);

}  // namespace twinlease::core
