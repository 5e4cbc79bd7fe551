// Failover messages and DHCPv4 datagrams as what the oracle sees (model/oracle/seen.hpp).
//
// Times in a failover message are on the clock of its sender; they come out on that of whoever watched, by
// the difference between the header's time and the time at which the message was seen (6.1, 5.10). 0 stays 0,
// and an endless time stays endless.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/typed.hpp"
#include "model/oracle/seen.hpp"

namespace twinlease::abstraction {

using model::history::TimeMs;
using model::oracle::Side;

// Nothing for a message that says nothing to the oracle: CONNECT and CONNECTACK (Handshake), one of unknown
// type, a STATE without a state that the draft knows. What a transaction says in a form that cannot be read
// is left out; one without an address makes the whole message one without transactions, of which the oracle
// judges the xid alone. So does a binding-status in Microsoft's encoding.
std::optional<model::oracle::Body> seen_in(const wire::Message& message, const wire::Dialect& dialect,
                                           Side from, TimeMs seen_ms);

// The same of what the partner sent, as a receiver may take it: a STATE of a server-state that is none as one
// of RECOVER, and of STARTUP (1) as one with the STARTUP bit.
std::optional<model::oracle::Body> heard_in(const wire::Message& message, const wire::Dialect& dialect,
                                            TimeMs seen_ms);

std::optional<model::State> state_of(std::uint8_t server_state, const wire::Dialect& dialect);

// What CONNECT and CONNECTACK settle for a connection.
struct Agreement {
  std::optional<model::Seconds> mclt;
  std::optional<std::uint32_t> window_of_primary;  // max-unacked-bndupd that the primary announced
  std::optional<std::uint32_t> window_of_secondary;
  bool doubtful = false;  // the primary may refuse the CONNECTACK
};

class Handshake {
 public:
  // The agreement, when this message is an accepting CONNECTACK with the xid of the CONNECT.
  std::optional<Agreement> add(const wire::Message& message, const wire::Dialect& dialect);

 private:
  Agreement agreement_;
  std::vector<std::uint8_t> connect_;  // octets of the latest CONNECT; empty: none was seen
};

// Who a client is: 'i' and its client-identifier, or 'h', hardware type and address.
model::oracle::Client client_of(wire::Octets identifier);
model::oracle::Client hardware_of(wire::Octets type_and_address);

// One side of UDP port 67: pairs what servers send with what it answers.
class Clients {
 public:
  // A datagram of a client or a relay. `to_all`: sent to the broadcast address.
  std::optional<model::oracle::GivenUp> asked(const wire::dhcp4::Message& message, bool to_all,
                                              TimeMs seen_ms);
  // A datagram of a server; nothing if the message that it answers was not seen.
  std::optional<model::oracle::Replied> replied(const wire::dhcp4::Message& message) const;

 private:
  struct Asked {
    model::oracle::Client client;
    model::ClientMessage what{};
    TimeMs first_ms = 0;
  };
  // Hardware type and address, which a reply repeats whatever else it leaves out, and the xid of DHCP.
  using Key = std::pair<model::oracle::Client, std::uint32_t>;
  std::map<Key, std::vector<Asked>> open_;
};

}  // namespace twinlease::abstraction
