// Durable before spoken: what an input changes is stored as one batch, and what it made the server say waits
// until the batch is on disk (S4, S5, 9.2).
//
// Invariants:
//  1. An output that follows from a record leaves after the Stored of the record's batch, never before.
//  2. What is said on one connection leaves in the order in which it was said, whether it waits or not.
//  3. What can wait is bounded: past the bound, DHCP replies are dropped (clients ask again), connections are
//  closed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "impl/core/io.hpp"

namespace twinlease::core {

class Journal {
 public:
  // A record of the batch of this input. Once there is one, what is said by this input waits.
  void store(Record);
  void say(SendDhcp);
  void say(SendOctets);
  void say(CloseConnection);
  void say(Stop);
  // Events, audit lines, probes, requests to connect: leave at once.
  template <class Other>
  void tell(Other&& output) {
    at_once_.emplace_back(std::forward<Other>(output));
  }

  // The end of an input: hands out the batch, if any, and what need not wait.
  void seal(Now, Outputs&);
  // A batch is on disk: hands out what waited for it and for nothing else.
  void stored(std::uint64_t batch, Now, Outputs&);
  // It is not: until a later stored(), failing() is true and no new lease is to be given.
  void failed(std::uint64_t batch);
  void forget(ConnectionId);  // it is gone: what waited for it is dropped

  bool failing() const { return failing_; }
  std::uint64_t last_batch() const { return batch_; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::uint64_t batch = 0;
    Milliseconds since_ms = 0;
    Output output;
  };
  void say_any(Output, std::optional<ConnectionId>);

  std::uint64_t batch_ = 0;    // of the last batch handed out
  std::uint64_t durable_ = 0;  // up to this one all is on disk
  bool failing_ = false;
  std::vector<Record> records_;
  std::vector<Output> said_;  // by this input, in order
  std::vector<Output> at_once_;
  std::deque<Waiting> waiting_;
  std::map<ConnectionId, std::size_t> waiting_on_;  // how many outputs wait, by connection
};

}  // namespace twinlease::core
