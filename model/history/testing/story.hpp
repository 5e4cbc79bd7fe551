// Histories written by hand, for tests: times in seconds since the story began.
#pragma once

#include <string>
#include <utility>

#include "model/history/history.hpp"

namespace twinlease::model::history::testing {

inline constexpr Server P = Server::primary;
inline constexpr Server S = Server::secondary;
inline constexpr Address X = 0x0a4d0101;  // 10.77.1.1
inline constexpr Address Y = 0x0a4d0102;
inline const Client alice{"\x02\x77\x00\x00\x00\x01", 6};
inline const Client bob{"\x02\x77\x00\x00\x00\x02", 6};
inline constexpr TimeMs begin_s = 1'800'000'000;

class Story {
 public:
  Story& add(double at_s, Body body) {
    history_.add({begin_s * 1000 + static_cast<TimeMs>(at_s * 1000), std::move(body)});
    return *this;
  }
  Story& acked(double at_s, Server server, Address address, const Client& client, std::uint32_t lease_s,
               Request request = Request::selecting) {
    return add(at_s, Acked{server, client, address, request, lease_s,
                           begin_s * 1000 + static_cast<TimeMs>(at_s * 1000)});
  }
  Story& ended(double at_s, Address address, const Client& client, Ending how) {
    return add(at_s, Ended{client, address, how});
  }
  Story& discovered(double at_s, const Client& client, std::uint32_t xid, Servers heard_by = Servers::both) {
    return add(at_s, Discovered{client, xid, heard_by});
  }
  Story& offered(double at_s, Server server, const Client& client, std::uint32_t xid, Address address = X) {
    return add(at_s, Offered{server, client, xid, address});
  }
  Story& updated(double at_s, Server from, Address address, BindingStatus status, std::uint32_t xid = 1) {
    return add(at_s, Updated{from, xid, address, status, std::nullopt, 0, 0});
  }
  // A lease, told with its times: seconds since the story began.
  Story& told(double at_s, Server from, Address address, const Client& client, TimeMs until_s,
              TimeMs potential_s, std::uint32_t xid = 1) {
    return add(at_s, Updated{from, xid, address, BindingStatus::active, client,
                             static_cast<std::uint32_t>(begin_s + until_s),
                             static_cast<std::uint32_t>(begin_s + potential_s)});
  }
  Story& answered(double at_s, Server from, Address address, std::uint32_t xid = 1,
                  std::optional<std::uint8_t> reject_reason = std::nullopt) {
    return add(at_s, Acknowledged{from, xid, address, reject_reason});
  }
  Story& mclt(double at_s, std::uint32_t mclt_s) { return add(at_s, Configured{P, mclt_s}); }
  Story& state(double at_s, Server server, State state, bool startup = false) {
    return add(at_s, StateSaid{server, state, startup});
  }
  Story& said(double at_s, Server from, Word word, std::uint32_t xid = 1) {
    return add(at_s, Said{from, word, xid});
  }
  Story& connection(double at_s, bool up) { return add(at_s, Connection{up}); }
  Story& process(double at_s, Server server, bool running, bool storage_lost = false) {
    return add(at_s, Process{server, running, storage_lost});
  }
  // Both connected and in NORMAL.
  Story& normal(double at_s) {
    return add(at_s, Connection{true})
        .add(at_s, StateSaid{P, State::normal})
        .add(at_s, StateSaid{S, State::normal});
  }
  Story& fault(double at_s, FaultKind kind, bool begins) { return add(at_s, Fault{kind, begins}); }
  // Time passes; nothing happens.
  Story& until(double at_s) { return add(at_s, Ended{"", 0, Ending::left}); }

  operator const History&() const noexcept { return history_; }  // NOLINT(google-explicit-constructor)

 private:
  History history_;
};

}  // namespace twinlease::model::history::testing
