// What goes into the core and what comes out of it. All of it is values: the shell, the simulator and the
// tests speak to the core in these words alone.
//
// Octets in inputs are views that need to live for the call; outputs own theirs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "impl/core/event.hpp"
#include "impl/core/lease.hpp"
#include "impl/core/state.hpp"
#include "impl/core/time.hpp"

namespace twinlease::core {

using Bytes = std::vector<std::uint8_t>;

// ---- inputs

// A datagram on UDP 67.
struct DhcpPacket {
  std::uint32_t interface = 0;  // the shell's number for it; replies carry it back
  Ipv4 local;                   // our address there: the server identifier
  Ipv4 source;
  std::uint16_t source_port = 0;
  Ipv4 destination;  // as addressed: ours, or the broadcast address
  Octets payload;
};

using ConnectionId = std::uint64_t;  // the shell's; never reused

// A TCP connection on the failover port: accepted (relationship empty: the core finds out by CONNECT), or
// made on a Connect output of that relationship.
struct ConnectionUp {
  ConnectionId connection = 0;
  std::string relationship;
  std::string remote_address;  // for the listing and for events
};
struct ConnectionFailed {  // what a Connect output asked for did not come about
  std::string relationship;
  std::string reason;
};
struct ConnectionDown {
  ConnectionId connection = 0;
  std::string reason;
};
struct ConnectionOctets {  // in whatever pieces
  ConnectionId connection = 0;
  Octets octets;
};

struct Tick {};  // the deadline of Server::next_deadline() has come

struct Stored {  // the batch is on disk: what waited for it may be said
  std::uint64_t batch = 0;
};
struct StoreFailed {  // it is not; the shell tries again, and a Stored follows when it could
  std::uint64_t batch = 0;
  std::string reason;
};
struct ProbeResult {  // of a Probe output: somebody has the address
  Ipv4 address;
  bool in_use = false;
};

enum class Command : std::uint8_t { partner_down, pause, shutdown, resume, database_restored };
struct OperatorCommand {
  Command command{};
  std::string relationship;
  Seconds since_s = 0;     // partner_down: since when it is (U34); 0: now
  bool confirmed = false;
};

using Input = std::variant<DhcpPacket, ConnectionUp, ConnectionFailed, ConnectionDown, ConnectionOctets, Tick,
                           Stored, StoreFailed, ProbeResult, OperatorCommand>;

// ---- outputs

struct SendDhcp {
  std::uint32_t interface = 0;
  Ipv4 source;       // the server identifier
  Ipv4 destination;  // 255.255.255.255: broadcast
  std::uint16_t port = 0;
  HardwareAddress hardware;  // size > 0: unicast to a client that has no address yet (RFC 2131 4.1)
  Bytes payload;
};
struct SendOctets {
  ConnectionId connection = 0;
  Bytes octets;
};
struct CloseConnection {  // after what was sent on it before
  ConnectionId connection = 0;
};
struct Connect {  // to the partner's address and port
  std::string relationship;
};
struct Probe {  // ask the network whether somebody has the address; answered by ProbeResult
  Ipv4 address;
  std::uint32_t interface = 0;
};

// What a relationship must not forget (9.2, 9.3.2, 7.8.2). One record each.
struct RelationshipRecord {
  std::string name;
  State state = State::startup;          // startup: none is stored
  Seconds entered_s = 0;                 // state
  State partner_state = State::startup;  // startup: never heard
  std::uint8_t partner_flags = 0;
  Seconds partner_entered_s = 0;       // on our clock (5.10)
  Seconds last_operation_s = 0;        // when this server last worked with the partner (9.3.2)
  std::uint32_t mclt_s = 0;            // 0: none received or configured yet
  bool stored_by_stop = false;         // on the way into PAUSED or SHUTDOWN
  bool stop_saw_partner_down = false;  // 9.14.2
  bool storage_lost = false;           // since then no UPDREQALL was answered in full
  bool no_record = false;
  bool restored = false;
  bool all_updates_owed = false;       // an UPDREQALL of the partner is unanswered (7.4.2)
  Seconds connect_sent_s = 0;          // by the partner's clock, of the last CONNECT accepted (11.1, A-22)
  Seconds new_clients_from_s = 0;      // after a loss of storage that ended in POTENTIAL-CONFLICT
  bool buckets_received = false;
  std::array<std::uint8_t, wire::hash_bucket_octets> buckets{};  // of CONNECT, for NORMAL (7.8.2 (8))
  friend bool operator==(const RelationshipRecord&, const RelationshipRecord&) = default;
};

using Record = std::variant<Lease, RelationshipRecord>;
struct StoreBatch {  // write all of it or nothing, in the order of batches; answered by Stored or StoreFailed
  std::uint64_t batch = 0;
  std::vector<Record> records;
};

// The server ends: after a stop by command (9.14.2), everything before it is said.
struct Stop {
  std::string reason;
};

using Output =
    std::variant<SendDhcp, SendOctets, CloseConnection, Connect, Probe, StoreBatch, Event, Audit, Stop>;
using Outputs = std::vector<Output>;

}  // namespace twinlease::core
