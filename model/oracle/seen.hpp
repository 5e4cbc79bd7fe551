// What somebody sees of one endpoint who stands outside: the messages between it and its partner, what it
// says to clients, and what was done to it. No octets.
//
// All times are on the one clock of the observer: milliseconds since 1970, and seconds since 1970 where a
// message carries seconds. Whoever makes the events corrects what a server wrote by the difference between
// that server's clock, as the header shows it (6.1), and the observer's; what remains is Options::eps_ms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/history/vocabulary.hpp"
#include "model/lease/binding.hpp"
#include "model/lease/service.hpp"
#include "model/machine/vocabulary.hpp"

namespace twinlease::model::oracle {

using history::Address;
using history::Client;
using history::TimeMs;

enum class Side : std::uint8_t { endpoint, partner };  // the one that is judged, and the other

// The connection

// CONNECT was answered by an accepting CONNECTACK. A second one takes the place of the first (8.2).
struct ConnectionUp {
  std::optional<Seconds> mclt;          // of the CONNECT
  std::optional<std::uint32_t> window;  // max-unacked-bndupd that the partner announced (8.4)
};
struct ConnectionDown {};
// Something was not seen: messages of either side, or how the connection began. What rests on a complete
// view is forgotten.
struct Gap {};
// The partner sent octets that are no message (6.1). Where the next one begins need not be clear to both, and
// the endpoint may close: what the partner says on this connection from here on may go unread.
struct Unreadable {
  std::optional<std::uint32_t> update;  // the xid, if they begin with the header of a BNDUPD
};

// Failover messages (chapter 7)

struct StateSaid {
  Side from{};
  std::uint32_t xid = 0;
  State state{};
  bool startup = false;                  // server-flags S (12.23)
  std::optional<std::uint32_t> since{};  // start-time-of-state, on the sender's clock; empty: not told
};

struct Transaction {  // of a BNDUPD
  Address address = 0;
  BindingStatus status{};
  std::optional<Client> client;             // not empty; its first octet tells what the others are
  std::optional<Seconds> lease_expiration;  // empty: the option is not there; 0: no time
  std::optional<Seconds> potential_expiration;
  std::optional<Seconds> start_of_state;
  std::optional<Seconds> client_last_transaction;
  bool reserved = false;
};
struct Updated {  // BNDUPD
  Side from{};
  std::uint32_t xid = 0;
  std::vector<Transaction> transactions;
};

struct Answer {  // a transaction of a BNDACK
  Address address = 0;
  bool rejected = false;
  std::uint8_t reject_reason = 0;  // 12.21; 0 if rejected without one that can be read
};
struct Acknowledged {  // BNDACK
  Side from{};
  std::uint32_t xid = 0;
  std::vector<Answer> answers;
};

struct Requested {  // UPDREQ, UPDREQALL
  Side from{};
  std::uint32_t xid = 0;
  bool all = false;
};
// UPDREQ or UPDREQALL of the partner on a connection that is not, or not yet, the endpoint's own: no answer
// may come on another (8.6).
struct RequestedElsewhere {
  std::uint32_t xid = 0;
};
struct Done {  // UPDDONE
  Side from{};
  std::uint32_t xid = 0;
};
struct PoolRequested {
  Side from{};
  std::uint32_t xid = 0;
};
struct PoolAnswered {
  Side from{};
  std::uint32_t xid = 0;
};
struct Contacted {  // CONTACT
  Side from{};
  std::uint32_t xid = 0;
};
struct Disconnected {  // DISCONNECT, before the connection ends
  Side from{};
  std::uint32_t xid = 0;
};

// Clients

enum class ReplyKind : std::uint8_t { offer, ack, nak };

// What the endpoint sent a client. The message that it answers is told with it: the two belong together by
// their xid and client, and whoever watches UDP has both.
struct Replied {
  ReplyKind kind{};
  Client client;
  Address address = 0;
  ClientMessage to{};         // the message answered
  TimeMs asked_ms = 0;        // when that was sent; of several, the first
  std::uint32_t lease_s = 0;  // option 51
};

// A client gave its address up, or found it in use, and told the endpoint (DHCPRELEASE, DHCPDECLINE).
struct GivenUp {
  Client client;
  Address address = 0;
};

// What was done to it

enum class Command : std::uint8_t { partner_down, pause, shutdown, restored };
struct Commanded {
  Command command{};
};
enum class Storage : std::uint8_t { kept, lost, replaced };  // replaced: by an older copy, or by another's
struct Process {                                             // started, or gone: by its end, a kill, a crash
  bool running = false;
  Storage storage = Storage::kept;  // with which it started
};

using Body = std::variant<ConnectionUp, ConnectionDown, Gap, Unreadable, StateSaid, Updated, Acknowledged,
                          Requested, RequestedElsewhere, Done, PoolRequested, PoolAnswered, Contacted,
                          Disconnected, Replied, GivenUp, Commanded, Process>;

struct Seen {
  TimeMs time_ms = 0;
  std::uint64_t number = 0;  // of the frame or entry: findings name it
  Body body;
  // Of the partner's: ill-formed, or of a form that the draft lets a receiver refuse. The endpoint reads it
  // or leaves it, as it likes.
  bool doubtful = false;
};

}  // namespace twinlease::model::oracle
