// The server as a function of (input, time): the whole of twinleased but for sockets, clocks, threads and the
// disk. The same class runs on real sockets, in the simulator and under the fuzzers.
//
// Invariants:
//  1. Equal configuration, seed, records and inputs give equal outputs, octet by octet.
//  2. Work and memory for an input are bounded, whatever its octets; time that goes backwards changes no
//  binding.
//  3. No two clients hold one address by this server's word (S1); what it says it has stored (S4, S5).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "impl/core/book.hpp"
#include "impl/core/config.hpp"
#include "impl/core/io.hpp"
#include "impl/core/rules.hpp"

namespace twinlease::core {

// How a relationship stands, for listings (`failover get`, metrics).
struct RelationshipStatus {
  std::string name;
  Standing standing;
  RelationshipRecord record;
  std::string dialect;         // in use; empty: not known yet
  std::string remote_address;  // of the connection; empty: none
  std::size_t updates_queued = 0;
  std::size_t updates_unacked = 0;
  std::string waits_for;  // why it is not in NORMAL, and what would change that; empty in NORMAL
};

class Server {
 public:
  // Precondition: check(config) is empty. records: what the store has, in any order. rules: of profile where
  // null.
  Server(Config config, std::vector<Record> records, std::uint64_t seed, Now now,
         const Rules* rules = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Appends to outputs. The first call may be at any time after construction; start() comes before it.
  void start(Now now, Outputs& outputs);
  void handle(const Input& input, Now now, Outputs& outputs);
  // When a Tick is due; `never` if nothing waits for time.
  Milliseconds next_deadline() const;

  // Another configuration, without a restart: relationships and scopes that stay keep their state (1A of the
  // feature list). Returns what was refused, one sentence each; empty: done.
  std::vector<std::string> reconfigure(Config config, Now now, Outputs& outputs);

  const Config& config() const;
  const Book& book() const;
  std::vector<RelationshipStatus> relationships() const;
  bool storage_failing() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace twinlease::core
