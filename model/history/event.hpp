// What happens in the run of a pair, as somebody sees it who stands outside: clients' exchanges, failover
// messages on the wire between the servers, and what was done to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "model/history/vocabulary.hpp"
#include "model/lease/load_balance.hpp"

namespace twinlease::model::history {

// Clients

struct Discovered {  // a client broadcast a DHCPDISCOVER
  Client client;
  std::uint32_t xid = 0;
  Servers heard_by = Servers::both;  // running or not
};

struct Offered {  // a client received a DHCPOFFER
  Server server{};
  Client client;
  std::uint32_t xid = 0;
  Address address = 0;
};

enum class Request : std::uint8_t { selecting, init_reboot, renewing, rebinding };  // RFC 2131 4.3.2

struct Acked {  // a client received, and took, a DHCPACK
  Server server{};
  Client client;
  Address address = 0;
  Request request{};
  std::uint32_t lease_s = 0;  // option 51
  TimeMs asked_ms = 0;        // when its DHCPREQUEST was sent: the lease counts from there (RFC 2131 4.4.1)

  TimeMs held_until_ms() const noexcept { return asked_ms + TimeMs{lease_s} * 1000; }
};

enum class Ending : std::uint8_t {
  released,  // DHCPRELEASE: the lease is over at once
  declined,  // DHCPDECLINE: never used
  refused,   // DHCPNAK
  lapsed,    // the client stopped at the end of the lease, as it has to
  left,      // switched off without a word: the server has promised the rest of the lease all the same
};

struct Ended {  // a client gave its address up
  Client client;
  Address address = 0;
  Ending how{};
};

// Failover messages

struct Updated {  // one transaction of a BNDUPD
  Server from{};
  std::uint32_t xid = 0;
  Address address = 0;
  BindingStatus status{};
  std::optional<Client> client;
  std::uint32_t lease_expiration_s = 0;      // seconds since 1970 on the sender's clock; 0 if not given
  std::uint32_t potential_expiration_s = 0;  // likewise
};

struct Acknowledged {  // one transaction of a BNDACK
  Server from{};
  std::uint32_t xid = 0;
  Address address = 0;
  std::optional<std::uint8_t> reject_reason;  // none: accepted
};

struct StateSaid {
  Server server{};
  State state{};
  bool startup = false;  // server-flags bit S (12.23)
};

struct BucketsAssigned {  // hash-bucket-assignment of the primary's CONNECT (12.11)
  HashBucketAssignment buckets{};
};

struct Connection {  // the servers' TCP connection came up or ended
  bool up = false;
};

// What a server answered when all its bindings were asked for, told to nobody else (S21).
struct Record {
  Server server{};
  Address address = 0;
  BindingStatus status{};
  std::optional<Client> client;
  std::uint32_t lease_expiration_s = 0;
};

// What was done

struct Process {  // a server was started, or was killed or stopped
  Server server{};
  bool running = false;
};

struct PartnerDownCommanded {  // the operator told this server that its partner is down
  Server server{};
};

enum class FaultKind : std::uint8_t {
  cut,                 // nothing passes between the servers
  cut_from_primary,    // what the primary sends is lost, the rest arrives
  cut_from_secondary,  // likewise
  exhaustion,          // more clients than addresses: a server may have nothing to offer
};

struct Fault {
  FaultKind kind{};
  bool begins = false;
};

struct Pool {  // the addresses that the pair manages, all of them FREE and the primary's
  Address first = 0;
  Address last = 0;
};

using Body = std::variant<Discovered, Offered, Acked, Ended, Updated, Acknowledged, StateSaid,
                          BucketsAssigned, Connection, Record, Process, PartnerDownCommanded, Fault, Pool>;

struct Event {
  TimeMs time_ms = 0;
  Body body;
};

template <class Kind>
const Kind* as(const Event& event) noexcept {
  return std::get_if<Kind>(&event.body);
}

std::string describe(const Event& event);  // one line, without the time

}  // namespace twinlease::model::history
