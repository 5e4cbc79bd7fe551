// One TCP connection of a relationship: octets in, messages out, and the other way round. Opens it with
// CONNECT and CONNECTACK in either role, authenticates every message, keeps it alive, and ends it.
// (7.8, 7.9, 7.11, 7.12, 8.2, 8.3, 11.1)
//
// Invariants:
//  1. Nothing reaches the user before the connection is established, nor from a message that is not
//  authentic.
//  2. DISCONNECT is the last message of an established connection that this side ends, and is sent on no
//  other.
//  3. on_ended() is called once, whoever ends it; after it nothing is sent and nothing is handed on.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "impl/core/failover/authentication.hpp"
#include "impl/core/failover/clock_difference.hpp"
#include "impl/core/failover/outbox.hpp"
#include "impl/core/ledger.hpp"
#include "impl/wire/framer.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::core {

// Why a connection is over.
struct Ending {
  bool established = false;
  bool refused = false;     // TCP works, but one side would not have the other: 7.8.2, 7.9.2
  bool misread = false;     // the partner has another dialect, in which our CONNECT says another thing
  bool disconnect = false;  // DISCONNECT was sent or received
  std::string reason;
};

using Buckets = std::array<std::uint8_t, wire::hash_bucket_octets>;

// hash-bucket-assignment as the dialect has it, from the buckets of the secondary (12.11), and the other way.
Buckets bucket_assignment(Buckets, const wire::Dialect&);

// What the primary says of the relationship in CONNECT (7.8.1).
struct Terms {
  std::uint32_t mclt_s = 0;
  Buckets secondary_buckets{};  // 12.11
};

class LinkUser {
 public:
  virtual ~LinkUser() = default;
  // The CONNECT of a partner that is who it says it is, sent at sent_s by its clock: the reason to reject it,
  // or none, and then its terms count (7.8.2 (5), (7), (8), 11.1).
  virtual std::optional<wire::RejectReason> judge(const wire::Connect&, Seconds sent_s) = 0;
  virtual void on_established() = 0;
  // Any message but those of the connection itself: CONNECT, CONNECTACK, CONTACT, DISCONNECT.
  virtual void on_message(const wire::Message&) = 0;
  virtual void on_ended(const Ending&) = 0;
};

class Link {
 public:
  static constexpr Milliseconds handshake_ms = 10'000;  // 7.8.2, 7.9.2: a limited amount of time

  // dialect: what is spoken until the partner is recognised. framer: where the connection stands in its
  // octets.
  Link(Ledger&, const RelationshipConfig&, LinkUser&, ConnectionId, const wire::Dialect&,
       wire::Framer framer = {});

  void connect(const Terms&);                 // as primary (8.2): sends CONNECT
  void accept(const wire::Message& connect);  // a connection's first message, identified by its name
  void receive(Octets);
  void lost(const std::string& reason);  // TCP is gone
  // Ends it: DISCONNECT where established, and close.
  void end(wire::RejectReason, const std::string& text);
  void on_tick();
  Milliseconds next_deadline() const;

  // As Outbox.
  std::uint32_t new_xid() { return ++xid_; }
  bool send(wire::MessageType, std::uint32_t xid, const std::function<void(wire::MessageWriter&)>& fill);

  ConnectionId connection() const { return connection_; }
  bool established() const { return phase_ == Phase::established; }
  bool ended() const { return phase_ == Phase::ended; }
  const Agreement& agreement() const { return agreement_; }
  // Nothing came for longer than a partner that lives lets pass.
  bool silent() const;

 private:
  enum class Phase : std::uint8_t { awaits_connect, awaits_connectack, established, ended };

  void on_octets(Octets message);
  void on_handshake(const wire::Message&);
  void on_connect(const wire::Message&);
  void on_connectack(const wire::Message&);
  void on_established_message(const wire::Message&);
  bool authentic(const wire::Message&);
  bool in_time(const wire::Message&);
  bool in_sequence(const wire::Message&);
  std::optional<wire::RejectReason> flaw(const wire::Message&, const wire::Connect&, const wire::Errors&);
  void establish(const wire::Message&, std::uint32_t window, std::uint32_t partner_timer_s);
  void answer(const wire::Message&, const wire::Connect&, std::optional<wire::RejectReason>);
  void detect(const wire::Message&);
  void disconnect(wire::RejectReason, const std::string& text);
  void connect_anew();
  void refuse(const std::string& reason, EventId = EventId::connect_rejected_by_us);
  void finish(const Ending&);
  void broken(const std::string& what);
  void tell(EventId, Level, const std::string&);

  Ledger* ledger_;
  const RelationshipConfig* config_;
  LinkUser* user_;
  ConnectionId connection_;
  Authentication authentication_;
  wire::Framer framer_;
  Phase phase_ = Phase::awaits_connect;
  Agreement agreement_;
  ClockDifference clock_;
  std::uint32_t xid_;                       // the last one given out (6.1)
  std::uint32_t connect_xid_ = 0;           // of our CONNECT
  std::optional<std::uint32_t> heard_xid_;  // the last one that the partner originated
  Milliseconds opened_ms_;
  Milliseconds sent_ms_;
  Milliseconds heard_ms_;
  Milliseconds send_every_ms_ = 0;  // tSend
};

}  // namespace twinlease::core
