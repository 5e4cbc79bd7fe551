// One failover endpoint (5.1.1): its connection, its state, its updates and its pool, and what of that must
// not be forgotten.
//
// Invariants:
//  1. A state is in the journal before the STATE that says it (9.2).
//  2. Standing is what the rules may rely on at every moment: it changes here and nowhere else.
//  3. Of a chain of states the partner hears the last; equal STATEs are not sent twice (A-31, 7.10.1).
//  4. The safe period does not run while the partner is known to live: connected, or refusing (A-32, C13).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "impl/core/failover/announcement.hpp"
#include "impl/core/failover/link.hpp"
#include "impl/core/failover/machine.hpp"
#include "impl/core/failover/pool.hpp"
#include "impl/core/failover/reconnect.hpp"
#include "impl/core/failover/updates.hpp"
#include "impl/core/server.hpp"

namespace twinlease::core {

class Relationship final : public Outbox, private LinkUser {
 public:
  // How often the time of operation is recorded (9.3.2): alone oftener, since the partner may go to
  // PARTNER-DOWN then, and whether this server still worked decides between RECOVER and POTENTIAL-CONFLICT.
  static constexpr Seconds operation_stamp_s = 60;
  static constexpr Seconds operation_stamp_alone_s = 5;
  static constexpr Milliseconds stop_ms = 3'000;       // 9.14.2: a few seconds
  static constexpr Milliseconds stalled_ms = 120'000;  // 9.5.2: neither UPDDONE nor BNDUPD
  static constexpr Milliseconds unacked_ms = 300'000;  // A-61; 8.3: an answer might well take minutes

  // record: of storage; one of that name without a state where there is none. All outlive this object.
  Relationship(Ledger&, const RelationshipConfig&, const Rules&, RelationshipRecord record,
               std::vector<ScopeIndex> scopes);
  ~Relationship() override;

  void start();  // 9.3.2

  // Its connections. What a connection sends is known by owns().
  bool owns(ConnectionId) const;
  bool expects_connect() const;  // it takes CONNECT from others: a secondary, or where both send it
  void on_up(ConnectionId, const std::string& remote_address);
  void on_failed(const std::string& reason);
  void accept(ConnectionId, const std::string& remote_address, const wire::Framer&,
              const wire::Message& connect);
  void receive(Octets);
  void on_down(const std::string& reason);
  void on_overflow();                      // more waits to be said on the connection than there is room for
  void retire(const std::string& reason);  // ends the connection: this object is to be replaced or to go
  void stimulus();                         // somebody has opened a connection (8.2)

  void command(const OperatorCommand&);
  void queue(Ipv4 address) { updates_->queue(address); }
  void on_tick();
  Milliseconds next_deadline() const;
  void finish();  // the end of an input: sends what is due

  const RelationshipConfig& config() const { return *config_; }
  const Rules& rules() const { return *rules_; }
  const Standing& standing() const { return standing_; }
  const RelationshipRecord& record() const { return record_; }
  RelationshipStatus status() const;
  bool at_rest() const { return at_rest_; }  // PAUSED or SHUTDOWN, and said so

  // Outbox
  bool open() const override { return standing_.communications_ok; }
  const Agreement& agreement() const override;
  std::uint32_t new_xid() override;
  bool send(wire::MessageType, std::uint32_t xid,
            const std::function<void(wire::MessageWriter&)>& fill) override;

 private:
  // LinkUser
  std::optional<wire::RejectReason> judge(const wire::Connect&, Seconds sent_s) override;
  void on_established() override;
  void on_message(const wire::Message&) override;
  void on_ended(const Ending&) override;

  void on_state(const wire::Message&);
  void on_upddone(std::uint32_t xid);
  void on_request(std::uint32_t xid, bool all);

  void act(Occasion, const OperatorCommand& command = {});
  Facts facts(bool confirmed) const;
  void enter(const Move&, Occasion, const OperatorCommand&);
  void enter_startup();
  void say_state();
  void request();
  void report(State from, State to, std::string_view why);
  void store();
  Seconds last_contact_s() const;
  void tell(EventId, Level, const std::string&);

  bool connected() const { return link_ != nullptr && !link_->ended(); }
  bool whole_update() const { return record_.storage_lost || record_.no_record || record_.restored; }
  Terms terms() const;
  void stand();  // MCLT and buckets in force
  Seconds time_of_failure_s() const;
  Seconds recover_wait_over_s() const { return time_of_failure_s() + standing_.mclt_s; }
  bool safe_period_runs() const;
  Seconds safe_period_over_s() const;
  Seconds stamp_due_s() const;
  Milliseconds at(Seconds wall_s) const;  // when the wall clock gets there
  void schedule_after(const Ending&);
  void try_to_connect();
  std::unique_ptr<Link> new_link(ConnectionId, const wire::Framer&);

  Ledger* ledger_;
  const RelationshipConfig* config_;
  const Rules* rules_;
  RelationshipRecord record_;
  Standing standing_;
  std::unique_ptr<Updates> updates_;
  std::unique_ptr<Pool> pool_;

  std::unique_ptr<Link> link_;
  std::unique_ptr<Link> candidate_;  // an accepted connection that has not passed judge() yet
  std::string remote_address_;
  Agreement no_agreement_;
  Reconnect reconnect_;
  std::optional<Announced> said_;   // our last STATE on this connection
  std::optional<Announced> heard_;  // its last STATE

  State previous_ = State::recover;  // while in STARTUP
  bool recorded_ = false;            // storage had a state when this process started
  bool partner_seen_ = false;        // since then
  Seconds failed_by_s_ = 0;  // this server had failed by then: its start, or the restoring of its database
  Milliseconds startup_until_ms_ = never;
  bool startup_over_ = false;
  Milliseconds stop_at_ms_ = never;
  bool wait_over_ = false;
  bool at_rest_ = false;
  std::optional<std::uint32_t> request_xid_;  // of our UPDREQ or UPDREQALL
  bool request_whole_ = false;
  Milliseconds request_moved_ms_ = 0;       // it, or the last BNDUPD since
  std::optional<std::uint32_t> owed_xid_;   // of the partner's last UPDREQALL on this connection
  std::optional<Seconds> refused_since_s_;  // TCP works, the partner or we refuse (C13)
  Seconds refused_s_ = 0;                   // how long that was so, since the state was entered
  Seconds stamped_s_ = 0;
};

}  // namespace twinlease::core
