// What a capture shows of a pair as an abstract history (model/history), and those invariants that can be
// asked of a capture alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "impl/wire/dhcp4_typed.hpp"
#include "impl/wire/dialect.hpp"
#include "impl/wire/message.hpp"
#include "impl/wire/octets.hpp"
#include "model/history/history.hpp"
#include "model/oracle/seen.hpp"

namespace twinlease::check {

struct PairFinding;

class PairHistory {
 public:
  PairHistory(wire::Ipv4 primary, wire::Ipv4 secondary) : primary_(primary), secondary_(secondary) {}

  // `connection`: the number of the message's own.
  void message(model::history::TimeMs time_ms, std::uint64_t frame, std::uint32_t connection, wire::Ipv4 from,
               const wire::Message&, const wire::Dialect&);
  void connection(model::history::TimeMs time_ms, std::uint64_t frame, std::uint32_t number, bool up);
  void asked(model::history::TimeMs time_ms, std::uint64_t frame, const wire::dhcp4::Message&);
  void replied(model::history::TimeMs time_ms, std::uint64_t frame, model::Role server, std::uint32_t xid,
               const model::oracle::Replied&);
  void ended(model::history::TimeMs time_ms, std::uint64_t frame, const model::oracle::GivenUp&);
  void lose_track() { whole_ = false; }

  // S1 and S22, where there is something to examine, and where the draft promises them.
  void judge(std::vector<PairFinding>& findings, std::vector<std::string>& examined) const;

 private:
  void handshake(model::history::TimeMs time_ms, std::uint64_t frame, std::uint32_t connection,
                 wire::Ipv4 from, const wire::Message&, const wire::Dialect&);
  void updated(model::history::TimeMs time_ms, std::uint64_t frame, std::uint32_t connection, wire::Ipv4 from,
               const wire::Message&, const wire::Dialect&);
  void add(model::history::TimeMs time_ms, std::uint64_t frame, model::history::Body body);
  model::history::Server server(wire::Ipv4 address) const {
    return address == primary_ ? model::history::Server::primary : model::history::Server::secondary;
  }

  wire::Ipv4 primary_, secondary_;
  model::history::History history_;
  std::vector<std::uint64_t> frames_;  // of the events, which come in the order of their times
  bool whole_ = true;
  bool mutual_exclusion_promised_ = true;
};

}  // namespace twinlease::check
