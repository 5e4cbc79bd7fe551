// One failover endpoint: the state machine, the bindings, and what it owes its partner. (chapters 5, 7, 8.3,
// 9)
//
// A value. Each function is one thing that happens to it at a time; what it says in consequence is appended
// to Effects, and where it is free it asks Choices. What happens inside a server between two such things is
// not modelled: an input and all that follows from it are one step, and what it writes is on disk before it
// says anything (7.2, 9.8.3), unless that very rule is broken (config.hpp).
//
//  1. A message is sent only on a connection; a BNDUPD, an UPDREQ and what answers them only once
//  communications are ok.
//  2. At most `kWindow` BNDUPDs are unanswered (8.4).
//  3. A binding is `sent` only if one of the slots has its address. A slot is superseded from the moment that
//  an update of the partner about its address was accepted: what it told is not what the partner has to know
//  any more.
//  4. Of what is not on the disk nothing survives a crash: record and disk bindings alone do.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/endpoint/choices.hpp"
#include "model/endpoint/config.hpp"
#include "model/endpoint/message.hpp"
#include "model/lease/allocation.hpp"
#include "model/machine/machine.hpp"

namespace twinlease::model {

namespace explore {
struct Fields;
}

struct Effects {
  struct Taken {  // a row of the state machine
    State state;
    const Row* row;
  };
  std::vector<Message> messages;
  std::vector<ClientAck> acks;
  std::vector<Taken> rows;
  bool closes = false;  // the connection, after the messages
  void clear() {
    messages.clear();
    acks.clear();
    rows.clear();
    closes = false;
  }
};

// What stable storage holds besides the bindings (9.2, 9.3.2).
struct Record {
  bool any = false;  // of this relationship
  State state = State::recover;
  Seconds since = 0;
  bool by_stop = false;           // `state` is the one before PAUSED or SHUTDOWN
  bool saw_partner_down = false;  // during SHUTDOWN (9.14.2)
  Seconds last_operation = 0;     // time-of-failure is reckoned from it
  bool storage_lost = false;
  bool no_record = false;
  bool restored = false;          // 5.16
  bool owes_all = false;          // an UPDREQALL of the partner is not finished (7.4.2)
  Seconds no_new_before = 0;  // after a loss: before it no client gets an address that it did not have
  Seconds mclt = 0;           // the one last received, or set by the operator; 0: the configured one (7.8.2)
  friend constexpr bool operator==(const Record&, const Record&) = default;
};

inline constexpr StateSet kStopping = StateSet(State::paused) | State::shutdown;

// What a process finds on the disk: after a loss that the configuration tells of, or a backup (5.16, 9.3.2).
enum class Storage : std::uint8_t { kept, lost, restored };

enum class Link : std::uint8_t { none, connected, ok };  // ok: the partner's STATE has come (8.3)

class Endpoint {
 public:
  static constexpr int kWindow = 1;

  // The life of the process.
  // Also of one that is PAUSED or in SHUTDOWN: its process ends, and begins anew (9.13.2, 9.14.3).
  void start(const Config&, Seconds now, Storage, Choices&, Effects&);
  void crash(const Config&, Seconds now);              // the process ends; the disk stays
  void wipe();                                         // of a process that does not run: the disk is empty
  Endpoint on_disk(const Config&, Seconds now) const;  // what a backup of the storage keeps
  // The operator replaces the bindings of a running server by those of a backup, or all that is on the disk
  // of one that does not run: it has then to be started with Storage::restored.
  void restore(const Config&, const Endpoint& backup, Seconds now, Choices&, Effects&);

  // The connection. connected(): CONNECT and CONNECTACK were exchanged (7.8, 7.9).
  void connected(const Config&, Seconds now, Choices&, Effects&);
  void lost(const Config&, Seconds now, Choices&, Effects&);
  // Of a secondary: the CONNECT brings an MCLT that is not the stored one (7.8.2). Of a primary: the operator
  // sets it.
  void new_mclt(const Config&, Seconds mclt, Seconds now, Choices&, Effects&);
  void receive(const Config&, const Message&, Seconds now, Choices&, Effects&);

  // Timers and the operator: a timer that is not due, a command in a state that has no row for it, changes
  // nothing.
  bool due(const Config&, Event timer, Seconds now) const;
  void event(const Config&, Event, Seconds now, Choices&, Effects&);

  // Clients (9.8.2 and so on). Nothing is sent to the client if the server does not serve it, or not so.
  bool serves(const Config&, ClientMessage, ClientId) const;
  bool may_give(const Config&, ClientId, Address, Seconds now) const;
  void give(const Config&, ClientId, Address, Seconds now, Choices&, Effects&);   // DISCOVER to DHCPACK
  void renew(const Config&, ClientId, Address, Seconds now, Choices&, Effects&);  // RENEWING or REBINDING
  void release(const Config&, ClientId, Address, Seconds now, Choices&, Effects&);

  // What time does to bindings: a lease ends, an ended one becomes FREE in PARTNER-DOWN.
  bool may_expire(const Config&, Address, Seconds now) const;
  void expire(const Config&, Address, Seconds now, Choices&, Effects&);
  bool may_free(const Config&, Address, Seconds now) const;
  void free_alone(const Config&, Address, Seconds now, Choices&, Effects&);

  // A secondary that has less than its share asks for more, now and then (7.6, 5.4).
  bool may_ask_for_pool(const Config&) const;
  void ask_for_pool(const Config&, Effects&);

  // Only with Broken::*_before_commit: what was said is on the disk now.
  bool uncommitted() const { return bindings_ != disk_; }
  void commit() { disk_ = bindings_; }

  bool running() const { return running_; }
  State state() const { return state_; }
  Seconds since() const { return record_.since; }
  Link link() const { return link_; }
  const Binding& binding(Address address) const { return bindings_[address]; }
  const Binding& stored(Address address) const { return disk_[address]; }  // what a crash leaves
  const Record& record() const { return record_; }
  Seconds mclt(const Config&) const;
  const Update* in_flight(Address) const;  // what a BNDUPD without its BNDACK told; null if there is none
  bool asks() const {
    return my_request_ != Message::Type::state;
  }  // an UPDREQ(ALL) of its own is unanswered
  bool idle() const;  // nothing is owed to the partner, and nothing by it

  friend bool operator==(const Endpoint&, const Endpoint&) = default;

 private:
  friend struct explore::Fields;  // every field, for exact keys of states

  struct Slot {  // a BNDUPD without its BNDACK: what it told
    Xid xid = 0;
    bool used = false;
    bool superseded = false;  // by an update of the partner
    bool changed = false;     // our binding has changed since
    Address address = 0;
    Update told;
    friend bool operator==(const Slot& a, const Slot& b) {
      return a.used == b.used && a.superseded == b.superseded && a.changed == b.changed && a.xid == b.xid &&
             a.address == b.address && a.told.status == b.told.status && a.told.client == b.told.client &&
             a.told.lease_expiration == b.told.lease_expiration &&
             a.told.potential_expiration == b.told.potential_expiration;
    }
  };
  struct Asked {  // the partner's UPDREQ or UPDREQALL
    bool any = false;
    Xid xid = 0;
    std::uint8_t pending = 0;  // addresses that it still has to hear of
    friend bool operator==(const Asked&, const Asked&) = default;
  };
  using Bindings = std::array<Binding, kMostAddresses>;

  Circumstances circumstances(const Config&, const Input&, State left, Choices&) const;
  void settings(const Input&, Choices&, Facts&) const;
  void handle(const Config&, const Input&, Seconds now, Choices&, Effects&);
  bool take(const Config&, const Input&, State left, Seconds now, Choices&, Effects&);
  bool perform(const Config&, Action, Seconds now, Effects&);
  void announce(std::size_t place, Effects&);
  void say_state(State, bool startup, std::size_t place, Effects&);
  void drop_link();
  void pump(const Config&, Seconds now, Choices&, Effects&);
  void tell(const Config&, Address, Seconds now, Effects&);
  bool tells_changes() const;
  bool in_slot(Address) const;
  bool still_to_tell() const;
  bool may_tell(const Config&, Address, Seconds now) const;
  bool rebuilds(const Config&) const;
  Unacked changed_now(Address);
  void end(const Config&, Address, BindingStatus, Seconds now);
  void settle(const Config&, Address, Seconds now);
  bool keeps_own(const Config&, const Message&, Seconds now) const;
  void on_bndupd(const Config&, const Message&, Seconds now, Effects&);
  void on_bndack(const Config&, const Message&, Seconds now);
  void on_poolreq(const Config&, const Message&, Seconds now, Choices&, Effects&);
  void change(const Config&, Address, const Binding&, bool commit = true);
  void grant(const Config&, ClientId, Address, Seconds now, bool renewal, Choices&, Effects&);
  Allocator allocator(const Config&) const;

  bool running_ = false;
  State state_ = State::startup;
  State previous_ = State::recover;
  Link link_ = Link::none;
  State partner_ = State::startup;  // as last announced; STARTUP: nothing heard yet
  bool partner_startup_ = false;
  Seconds partner_since_ = 0;
  State said_ = State::startup;  // in the last STATE on this connection; STARTUP: none
  bool said_startup_ = false;
  bool announce_ = false;
  std::size_t begun_ = 0;  // how many messages there were before the event that is handled
  bool mclt_expired_ = false;
  bool storage_configured_lost_ = false;
  bool first_time_ = false;  // 9.6.2: failover has never run before here
  Seconds offered_mclt_ = 0;
  Message::Type my_request_ = Message::Type::state;  // updreq or updreqall while unanswered
  Xid my_xid_ = 0;
  Xid next_xid_ = 1;
  bool answered_ = false;  // by the UPDDONE that is handled
  std::array<Slot, kWindow> slots_{};
  Asked asked_;
  std::uint8_t held_ =
      0;  // addresses whose update was rejected: not again on this connection by itself (7.2.2)
  Seconds failure_ = 0;  // time-of-failure (9.6.2)
  Record record_;
  Bindings bindings_{};
  Bindings disk_{};
};

}  // namespace twinlease::model
