// Durable before spoken: what an input changes is stored as one batch, and what it made the server say waits
// until the batch is on disk (S4, S5, 9.2).
//
// Invariants:
//  1. A DHCP reply leaves after the Stored of the batch of its own input; one said with repeat(), and
//  everything on a
//     connection, after the Stored of every batch up to then.
//  2. What is said on one connection leaves in the order in which it was said.
//  3. What waits is bounded: beyond waiting_max, DHCP replies are dropped (clients ask again), and a
//  connection that
//     more is said on is given up (take_overflowed). A reply that waited longer than reply_wait_ms is dropped
//     too.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "impl/core/io.hpp"

namespace twinlease::core {

class Journal {
 public:
  static constexpr std::size_t waiting_max = 16384;
  static constexpr Milliseconds reply_wait_ms = 4000;  // RFC 2131 4.1: when a client first asks again

  // A record of the batch of this input.
  void store(Record record) { records_.push_back(std::move(record)); }
  void say(SendDhcp);
  // The same for the answer to a message that was answered before, without a record of its own.
  void repeat(SendDhcp);
  void say(SendOctets);
  void say(CloseConnection);
  void say(Stop);
  // Events, audit lines, probes, requests to connect: they leave at the end of this input.
  void tell(Output output) { at_once_.push_back(std::move(output)); }

  // The end of an input: hands out the batch, if there is one, and what need not wait.
  void seal(Now, Outputs&);
  // All batches up to that one are on disk: hands out what waited for them and for nothing else.
  void stored(std::uint64_t batch, Now, Outputs&);
  // It is not on disk: until a later stored(), failing() is true and no new lease may be given.
  void failed() { failing_ = true; }
  void forget(ConnectionId);  // it is gone: what waits for it is dropped

  bool failing() const { return failing_; }
  std::uint64_t last_batch() const { return batch_; }
  std::size_t waiting() const { return waiting_.size(); }
  // Connections on which more was said than can wait; nothing more leaves on them. They have to be closed.
  std::vector<ConnectionId> take_overflowed() { return std::exchange(overflowed_, {}); }

 private:
  enum class After : std::uint8_t { own_batch, every_batch };
  struct Said {
    Output output;
    After after{};
  };
  struct Waiting {
    std::uint64_t batch = 0;
    Milliseconds since_ms = 0;
    Output output;
  };
  void wait(Output&&, Milliseconds since_ms);

  std::uint64_t batch_ = 0;    // of the last batch handed out
  std::uint64_t durable_ = 0;  // up to this one all is on disk
  bool failing_ = false;
  std::vector<Record> records_;
  std::vector<Said> said_;  // by this input, in order
  std::vector<Output> at_once_;
  std::deque<Waiting> waiting_;  // batches never descend
  std::vector<ConnectionId> overflowed_;
};

}  // namespace twinlease::core
