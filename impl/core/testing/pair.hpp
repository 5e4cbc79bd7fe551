// Two servers, the network between them and their disks, in one process and in virtual time.
//
// Octets arrive in the order in which they were sent, `latency_ms` later; a batch is stored `store_ms` after
// it was handed out. What is not told to happen does not: the same calls give the same history.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include "impl/core/server.hpp"

namespace twinlease::core::testing {

class Pair {
 public:
  static constexpr Seconds begin_s = 1'000'000'000;
  static constexpr const char* name = "a-b";  // of the relationship

  struct Side {
    Config config;
    std::unique_ptr<Server> server;  // null: it is down
    std::map<Ipv4, Lease> leases;    // on disk
    std::optional<RelationshipRecord> record;
    Seconds clock_s = 0;  // what its clock is ahead
    std::vector<Event> events;
    std::vector<SendDhcp> replies;
    bool stopped = false;

    std::vector<Record> disk() const;
    bool told(EventId) const;
  };

  Pair();  // 0 is the primary, 1 the secondary; one scope, balanced

  Side& side(int i) { return sides_[static_cast<std::size_t>(i)]; }
  Milliseconds latency_ms = 1;
  Milliseconds store_ms = 0;
  bool disk_broken = false;

  void start(int i);  // from what its disk has
  void start_both();
  void crash(int i);
  void cut();  // silently: octets and connections get lost
  void heal();
  void reset();  // every connection breaks, and new ones can be made

  void run(Milliseconds for_ms);
  // Until both are in these states; false: not within that time.
  bool run_until(State primary, State secondary, Milliseconds at_most_ms);
  void give(int i, const Input& input);
  void command(int i, Command, Seconds since_s = 0, bool confirmed = false);

  std::vector<std::string> reconfigure(int i, const Config& config);

  // A connection from nowhere to that side; what the server says on it is kept.
  ConnectionId stranger(int i);
  void say(int i, ConnectionId, const Bytes& octets);
  std::vector<Bytes> heard(ConnectionId connection) const;
  bool closed(ConnectionId connection) const { return closed_.contains(connection); }

  State state(int i) { return status(i).standing.state; }
  RelationshipStatus status(int i) { return side(i).server->relationships().at(0); }
  Now now(int i) const;
  Milliseconds elapsed_ms() const { return now_ms_ - 1000; }
  std::size_t connections() const { return wires_.size() / 2; }
  std::size_t octets_sent() const { return octets_sent_; }
  const Bytes& first_octets(int i) const {
    return first_octets_[static_cast<std::size_t>(i)];
  }  // that it sent

 private:
  struct Wire {
    int far = 0;  // the other end: side and id there
    ConnectionId there = 0;
  };
  struct Due {
    Milliseconds at_ms = 0;
    std::uint64_t order = 0;
    int side = 0;
    std::uint64_t life = 0;  // of the side: what was meant for an earlier one is lost
    std::function<void()> happens;
    bool operator>(const Due& other) const {
      return std::tie(at_ms, order) > std::tie(other.at_ms, other.order);
    }
  };
  void later(int side, Milliseconds in_ms, std::function<void()> happens);
  void carry_out(int i, Outputs&&);
  void on(int i, StoreBatch&&);
  void on(int i, const Connect&);
  void on(int i, SendOctets&&);
  void on(int i, const CloseConnection&);
  void drop(int i, ConnectionId, const std::string& reason);
  Milliseconds next_ms() const;

  std::array<Side, 2> sides_;
  std::array<std::uint64_t, 2> lives_{};
  std::map<std::pair<int, ConnectionId>, Wire> wires_;
  std::map<ConnectionId, std::vector<Bytes>> heard_;
  std::map<ConnectionId, bool> closed_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t order_ = 0;
  ConnectionId last_connection_ = 0;
  Milliseconds now_ms_ = 1000;
  std::size_t octets_sent_ = 0;
  std::array<Bytes, 2> first_octets_;
  bool cut_ = false;
};

}  // namespace twinlease::core::testing
