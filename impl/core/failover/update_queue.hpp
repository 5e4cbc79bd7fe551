// Which addresses the partner is owed an update about, where each of them is, and which request of the
// partner waits for it. (7.3.2, 7.4.2, 7.5, 8.4)
//
// Invariants:
//  1. An address is in it once: queued, in flight, or resting after a reject.
//  2. What a request waits for is fixed when it comes, or found by the walk that it asked for; what changes
//     later is not added (7.3.2).
//  3. Requests are done in the order in which they came: none overtakes an unfinished UPDREQALL (7.4.2).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "impl/core/time.hpp"
#include "impl/wire/octets.hpp"

namespace twinlease::core {

using wire::Ipv4;

// How long an update rests that one of the two servers rejected, for the first time (7.2.1, 7.2.2).
inline constexpr Milliseconds first_pause_ms = 30'000;

class UpdateQueue {
 public:
  // Its record changed. In flight it is noted to be sent again after the answer; resting it is due at once.
  // forced: to be sent even if the partner has it.
  void add(Ipv4, bool forced);
  // The next to be sent; it is in flight then. none: nothing is queued.
  struct Next {
    Ipv4 address;
    bool forced = false;
  };
  std::optional<Next> take();
  void put_back(Ipv4, bool forced);  // taken, and could not be sent: first again

  // Answered, or not worth sending after all. true: it changed meanwhile, and is queued again.
  bool answered(Ipv4);
  // Rejected (or what the partner said of it was, by us): queued again at that time, or when the partner asks
  // (7.2.2). Changed since it was sent: queued at once.
  void rest(Ipv4, Milliseconds until_ms, bool forced);
  unsigned rejects(Ipv4) const;  // in a row
  bool knows(Ipv4) const;
  bool in_flight(Ipv4) const;
  void wake(Milliseconds now_ms);
  void wake_all();
  std::optional<Milliseconds> next_wake_ms() const;

  void disconnected();  // in flight: queued again; requests: forgotten

  // A request of the partner: waits for every address here. walk: and for what a walk through the book adds.
  // false: more than can be kept track of.
  bool request(std::uint32_t xid, bool walk);
  bool walking() const;
  std::optional<Ipv4> walked_to() const;
  void walked(Ipv4 to);  // addresses up to there were looked at
  void walk_adds(Ipv4);  // forced, and the walk's request waits for it
  void walk_ended();
  std::vector<std::uint32_t> take_done();  // xids whose UPDDONE is due
  bool all_asked() const;                  // a request with a walk is not done

  std::size_t queued() const { return queue_.size() + resting_.size(); }
  std::size_t ready() const { return queue_.size(); }
  bool empty() const { return owed_.empty() && requests_.empty(); }

 private:
  enum class Place : std::uint8_t { queued, in_flight, resting };
  struct Owed {
    Place place = Place::queued;
    bool forced = false;
    bool again = false;  // in flight: it changed after it was sent
    unsigned rejects = 0;
    Milliseconds until_ms = 0;
  };
  struct Request {
    std::vector<std::uint32_t> xids;
    bool walk = false;
    bool walk_ended = true;
    std::optional<Ipv4> walked_to;
    std::unordered_map<std::uint32_t, int> answers;  // still to come, by address
  };
  void enqueue(Ipv4, Owed&);
  void count_answer(Ipv4);
  void await(Request&, Ipv4);
  Request* walker();

  std::unordered_map<std::uint32_t, Owed> owed_;
  std::deque<Ipv4> queue_;
  std::set<std::pair<Milliseconds, Ipv4>> resting_;
  std::deque<Request> requests_;
};

}  // namespace twinlease::core
