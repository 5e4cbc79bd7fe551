// Transcripts of one endpoint written by hand, for tests. A tenth of a second passes with each event.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/oracle/oracle.hpp"

namespace twinlease::model::oracle::testing {

inline constexpr Address kX = 0x0a4d0101;  // 10.77.1.1
inline constexpr TimeMs kBeginMs = 1'800'000'000'000;
inline const Client kAlice = "h\x01\x02";
inline const Client kBob = "h\x01\x03";

// Nobody touches the endpoint unseen, and nothing of it is lost.
inline Options strict(Role role) {
  Options options;
  options.role = role;
  options.commands_seen = options.processes_seen = options.storage_kept = true;
  options.safe_period = false;
  return options;
}

class Watched {
 public:
  explicit Watched(const Options& options) : oracle_(options) {}
  explicit Watched(Role role) : oracle_(strict(role)) {}

  Watched& event(Body body) {
    oracle_.observe({now_ms_ += 100, ++number_, std::move(body)});
    return *this;
  }
  Watched& doubtful(Body body) {
    oracle_.observe({now_ms_ += 100, ++number_, std::move(body), true});
    return *this;
  }
  Watched& wait(double seconds) {
    now_ms_ += static_cast<TimeMs>(seconds * 1000);
    return *this;
  }
  Seconds now() const { return now_ms_ / 1000; }

  Watched& up(std::uint32_t window = 10, Seconds mclt = 60) { return event(ConnectionUp{mclt, window}); }
  Watched& down() { return event(ConnectionDown{}); }
  Watched& says(State state, bool startup = false) {
    return event(StateSaid{Side::endpoint, ++own_xid_, state, startup});
  }
  Watched& hears(State state, bool startup = false) {
    return event(StateSaid{Side::partner, 0, state, startup});
  }
  Watched& asks(bool all) { return event(Requested{Side::endpoint, request_ = ++own_xid_, all}); }
  Watched& told_done() { return event(Done{Side::partner, request_}); }
  Watched& asked(std::uint32_t xid, bool all = false) { return event(Requested{Side::partner, xid, all}); }
  Watched& done(std::uint32_t xid) { return event(Done{Side::endpoint, xid}); }
  Watched& contact() { return event(Contacted{Side::endpoint, ++own_xid_}); }
  Watched& started(bool storage_lost = false) {
    return event(Process{true, storage_lost ? Storage::lost : Storage::kept});
  }

  Transaction about(BindingStatus status, std::optional<Client> client = {}) const {
    Transaction t;
    t.address = kX;
    t.status = status;
    t.client = std::move(client);
    if (status != BindingStatus::active) return t;
    t.lease_expiration = now() + 60;
    t.potential_expiration = now() + 120;
    t.client_last_transaction = now();
    t.start_of_state = now();
    return t;
  }
  Watched& tells(Transaction t, std::uint32_t xid) {
    return event(Updated{Side::endpoint, xid, {std::move(t)}});
  }
  Watched& told(Transaction t, std::uint32_t xid) {
    return event(Updated{Side::partner, xid, {std::move(t)}});
  }
  Watched& acks(std::uint32_t xid, std::uint8_t reason = 0, Address address = kX) {
    return event(Acknowledged{Side::endpoint, xid, {{address, reason != 0, reason}}});
  }
  Watched& acked(std::uint32_t xid) { return event(Acknowledged{Side::partner, xid, {{kX, false, 0}}}); }
  Watched& gives(std::uint32_t lease_s, Client client = kAlice,
                 ClientMessage to = ClientMessage::request_selecting) {
    return event(Replied{ReplyKind::ack, std::move(client), kX, to, now_ms_, lease_s});
  }

  // In NORMAL with a partner in NORMAL, from the first start of both: 9.5.2, 9.6.2, 9.7.2.
  Watched& normal() {
    up().says(State::recover, true).hears(State::recover, true).says(State::recover).hears(State::recover);
    asks(true).asked(900, true).done(900).told_done();
    return says(State::recover_done).hears(State::recover_done).says(State::normal).hears(State::normal);
  }

  Report finish() { return oracle_.finish(); }

 private:
  Oracle oracle_;
  TimeMs now_ms_ = kBeginMs;
  std::uint64_t number_ = 0;
  std::uint32_t own_xid_ = 0;
  std::uint32_t request_ = 0;
};

}  // namespace twinlease::model::oracle::testing
