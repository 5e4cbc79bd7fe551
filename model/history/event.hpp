// What happens in the run of a pair, as somebody sees it who stands outside: clients' exchanges, failover
// messages on the wire between the servers, and what was done to them. Whoever sees inside (a simulation, a
// server's own trace) tells more: states entered, records that are safe on disk.
//
// What a history does not tell is not known: a field that is 0 or empty by default was not seen, unless it
// says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "model/history/vocabulary.hpp"
#include "model/lease/load_balance.hpp"
#include "model/lease/service.hpp"

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

// What a client sent besides DISCOVERs, also when nobody answered.
struct ClientSent {
  Client client;
  ClientMessage message{};
  Address address = 0;
  Servers heard_by = Servers::both;  // running or not
};

struct Refused {  // a client received a DHCPNAK
  Server server{};
  Client client;
  Address address = 0;
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
  std::uint32_t client_last_transaction_s = 0;
  std::uint32_t start_of_state_s = 0;
  bool reserved = false;         // IP-flags R (12.12)
  std::uint32_t connection = 0;  // as in Connection
};

struct Acknowledged {  // one transaction of a BNDACK
  Server from{};
  std::uint32_t xid = 0;
  Address address = 0;
  std::optional<std::uint8_t> reject_reason;  // none: accepted
  std::uint32_t connection = 0;
};

struct StateSaid {
  Server server{};
  State state{};
  bool startup = false;       // server-flags bit S (12.23)
  std::uint32_t since_s = 0;  // start-time-of-state, on its own clock
};

struct ConnectSaid {  // CONNECT (7.8)
  Server from{};
  std::uint32_t xid = 0;
  std::uint32_t mclt_s = 0;
  std::optional<std::uint32_t> window;  // max-unacked-bndupd
  std::uint32_t receive_timer_s = 0;
  std::uint32_t connection = 0;
};

struct ConnectAnswered {  // CONNECTACK (7.9)
  Server from{};
  std::uint32_t xid = 0;
  std::optional<std::uint8_t> reject_reason;  // none: the connection is accepted
  std::optional<std::uint32_t> window;
  std::uint32_t receive_timer_s = 0;
  std::uint32_t connection = 0;
};

enum class Word : std::uint8_t { updreq, updreqall, upddone, poolreq, poolresp, contact, disconnect };

struct Said {  // one of the other messages (7.3 to 7.7, 7.11, 7.12)
  Server from{};
  Word word{};
  std::uint32_t xid = 0;
  std::uint32_t number = 0;  // reject-reason of DISCONNECT, addresses-transferred of POOLRESP
  std::uint32_t connection = 0;
};

// A message reached this server whose digest was wrong, missing, or not agreed upon (11.1).
struct Tampered {
  Server to{};
  std::uint32_t xid = 0;
  std::uint32_t connection = 0;
};

struct Attempted {  // this server opened a TCP connection to the other, or tried to
  Server from{};
};

struct BucketsAssigned {  // hash-bucket-assignment of the primary's CONNECT (12.11)
  HashBucketAssignment buckets{};
};

struct Connection {  // the servers' connection was accepted by CONNECTACK, or ended
  bool up = false;
  std::uint32_t number = 0;  // which one; 0: the one there is
};

struct DnsUpdated {  // a DNS server was told of a binding's name (5.12)
  Server server{};
  Address address = 0;
  bool added = false;  // else removed
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
  bool storage_lost = false;  // started without what it had stored
};

struct PartnerDownCommanded {  // the operator told this server that its partner is down
  Server server{};
  TimeMs down_since_ms = 0;  // and since when, if it was told so
};

enum class Command : std::uint8_t {
  pause,
  shutdown,
  restored
};  // restored: an old database was put in place

struct Commanded {
  Server server{};
  Command command{};
};

// What a server's configuration says. Not told: no safe period, no rule for starting up, MCLT of CONNECT.
struct Configured {
  Server server{};
  std::uint32_t mclt_s = 0;
  std::uint32_t safe_period_s = 0;       // 0: none
  std::uint32_t desired_lease_s = 0;     // what every client gets if nothing stands against it
  bool partner_down_at_startup = false;  // 9.3.2
  bool waits_at_startup = false;         // for its partner, however long (9.3.2)
  bool bound_in_partner_down = false;    // leases in PARTNER-DOWN keep the limits of the MCLT (9.4.2, AS10)
};

struct Reserved {  // the address is that client's alone, on both servers (5.13)
  Address address = 0;
  Client client;
};

struct ClockSet {  // from now on its clock shows that much more than the lab's
  Server server{};
  std::int64_t ahead_s = 0;
};

// A new pair, from the beginning. Scenarios of one name are the same but for the clock (S27).
struct Scenario {
  std::string name;
};

// From now on this assumption (AS1 to AS10 of docs/invariants.md) does not hold in this run.
struct AssumptionBroken {
  unsigned number = 0;
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
  bool dynamic_bootp = false;  // a pool for dynamic BOOTP clients (5.14)
};

// Seen from inside

struct Entered {  // a server's true state, whether it said so or not
  Server server{};
  State state{};
};

// What a server holds about an address is safe: no crash undoes it. Times are seconds since 1970 on its
// clock.
struct Stored {
  Server server{};
  Address address = 0;
  BindingStatus status{};
  std::optional<Client> client;
  std::uint32_t lease_expiration_s = 0;
  std::uint32_t sent_potential_s = 0;
  std::uint32_t acked_potential_s = 0;
  std::uint32_t received_potential_s = 0;
};

using Body =
    std::variant<Discovered, Offered, Acked, ClientSent, Refused, Ended, Updated, Acknowledged, StateSaid,
                 ConnectSaid, ConnectAnswered, Said, Tampered, Attempted, BucketsAssigned, Connection,
                 DnsUpdated, Record, Process, PartnerDownCommanded, Commanded, Configured, Reserved, ClockSet,
                 Scenario, AssumptionBroken, Fault, Pool, Entered, Stored>;

struct Event {
  TimeMs time_ms = 0;
  Body body;
};

template <class Kind>
const Kind* as(const Event& event) noexcept {
  return std::get_if<Kind>(&event.body);
}

// Who sent it, if it is a failover message.
std::optional<Server> sender(const Event& event) noexcept;

constexpr ClientMessage message_of(Request request) noexcept {
  switch (request) {
    case Request::selecting: return ClientMessage::request_selecting;
    case Request::init_reboot: return ClientMessage::request_init_reboot;
    case Request::renewing: return ClientMessage::request_renewing;
    case Request::rebinding: return ClientMessage::request_rebinding;
  }
  return ClientMessage::request_selecting;
}

// EXPIRED, RELEASED and RESET: the lease is over, the address not yet free (5.11).
constexpr bool is_end_of_lease(BindingStatus status) noexcept {
  return status == BindingStatus::expired || status == BindingStatus::released ||
         status == BindingStatus::reset;
}

std::string describe(const Event& event);  // one line, without the time

}  // namespace twinlease::model::history
