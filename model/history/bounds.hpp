// What an invariant needs to know besides the history: how exact the clock is and how long things may take.
#pragma once

#include "model/history/vocabulary.hpp"

namespace twinlease::model::history {

struct Bounds {
  TimeMs eps_ms = 2'000;  // how far two times of different servers may be apart and still be one time (AS5)
  TimeMs settle_ms =
      5'000;  // how long after a STATE, a connection or a fault nothing is judged: it is on its way
  TimeMs receive_timer_ms = 30'000;  // tReceive: by when silence is noticed (7.8.1)
  TimeMs answer_ms = 12'000;         // by when a client that asks again has its DHCPOFFER
  TimeMs reunite_ms = 210'000;       // one retry period and the handshake (L4)
  TimeMs rebalance_ms = 120'000;     // the period of POOLREQ or of rebalancing (L12)
  TimeMs transfer_ms = 60'000;       // one whole exchange of updates, from UPDREQ to UPDDONE (7.3)
  TimeMs startup_ms = 60'000;        // the startup time (5.9)
  TimeMs retry_ms = 150'000;         // the longest pause between two attempts to connect (7.9, 8.2)
  TimeMs grace_ms = 60'000;          // how long a server may wait before it ends a lease that is over (L11)
  unsigned most_states = 8;          // STATEs of one server that one stimulus may cause (L17)
  unsigned most_updates = 4;         // BNDUPDs of one content that one stimulus may cause (L17)
  unsigned enough_free = 8;          // FREE addresses of which a secondary without any is due a share (L12)
};

}  // namespace twinlease::model::history
