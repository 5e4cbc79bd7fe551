// One endpoint, watched through octets: connections, failover messages and DHCP datagrams in, findings out.
//
//  1. The connection of the endpoint is the one whose CONNECT was accepted last. Messages of another that had
//     been accepted before say nothing any more.
//  2. What the partner sends on a connection before its CONNECT was accepted is read after that, if at all.
//  3. A connection of which the beginning was not seen is taken for the endpoint's own, as one of which
//     something is missing (Gap).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "model/oracle/oracle.hpp"
#include "property/abstraction/oracle_events.hpp"

namespace twinlease::abstraction {

class Watch {
 public:
  // Was every connection seen from its first octet on?
  enum class Beginnings : std::uint8_t { not_all, all_seen };

  explicit Watch(const model::oracle::Options& options, Beginnings beginnings = Beginnings::not_all)
      : role_(options.role), all_seen_(beginnings == Beginnings::all_seen), oracle_(options) {}

  // `connection`: a number of the connection's own.
  void message(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
               const wire::Message&, const wire::Dialect& sender);
  void ended(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection);
  void missing(TimeMs seen_ms, std::uint64_t number);  // messages that were not seen
  // Octets that are no message.
  void unreadable(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                  wire::Octets octets);
  void observe(TimeMs seen_ms, std::uint64_t number, model::oracle::Body body, bool doubtful = false);

  model::oracle::Report finish() { return oracle_.finish(); }
  const model::oracle::Oracle& oracle() const { return oracle_; }
  bool connected_once() const { return connected_once_; }

 private:
  void connected(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                 const Agreement& agreed);
  void early(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
             std::optional<model::oracle::Body> body);

  model::Role role_;
  bool all_seen_;
  model::oracle::Oracle oracle_;
  struct Early {
    std::uint64_t number = 0;
    model::oracle::Body body;
  };
  std::map<std::uint32_t, Handshake> handshakes_;
  std::map<std::uint32_t, std::vector<Early>> early_;  // before the CONNECTACK: read after it
  std::optional<std::uint32_t> current_;
  std::set<std::uint32_t> left_;
  bool connected_once_ = false;
};

}  // namespace twinlease::abstraction
