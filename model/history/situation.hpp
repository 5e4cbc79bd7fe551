// Where the pair stands at one moment of a history, as far as it shows outside: who runs, who said which
// state last, whether anything passes between the two.
//
// 1. What a server said holds while the connection lasts on which it said it: after that nobody outside
// knows.
// 2. A server whose operator declared its partner down counts as in PARTNER-DOWN until it says another state.
#pragma once

#include <array>
#include <optional>

#include "model/history/event.hpp"

namespace twinlease::model::history {

class Situation {
 public:
  void apply(const Event& event);

  bool running(Server server) const noexcept { return running_[index(server)]; }
  bool cut() const noexcept { return cuts_ > 0; }
  bool exhausted() const noexcept { return exhausted_; }
  std::optional<State> said(Server server) const noexcept { return said_[index(server)]; }
  bool partner_down(Server server) const noexcept { return partner_down_[index(server)]; }

  bool normal() const noexcept;  // both run, are connected, and said NORMAL without the STARTUP bit
  // Since when all that is asked of this class is as it is.
  TimeMs since_ms() const noexcept { return since_ms_; }
  // The moment this server, in NORMAL till then, lost its partner, which has not come back: killed, or the
  // link cut both ways. None if it has not, does not run, or was started since.
  std::optional<TimeMs> alone_since_ms(Server server) const noexcept {
    return alone_since_ms_[index(server)];
  }
  const std::optional<HashBucketAssignment>& buckets() const noexcept { return buckets_; }

 private:
  static std::size_t index(Server server) noexcept { return static_cast<std::size_t>(server); }
  void on(const Process& event, TimeMs time_ms);
  void on(const StateSaid& event, TimeMs time_ms);
  void on(const Fault& event, TimeMs time_ms);
  void forget_states();

  std::array<bool, 2> running_{true, true};
  std::array<std::optional<State>, 2> said_;  // none with the STARTUP bit set
  std::array<bool, 2> partner_down_{};
  std::array<std::optional<TimeMs>, 2> alone_since_ms_;
  std::optional<HashBucketAssignment> buckets_;
  int cuts_ = 0;
  bool connected_ = false;
  bool exhausted_ = false;
  std::array<bool, 2> was_normal_{};  // when it was last heard of
  TimeMs since_ms_ = 0;
};

}  // namespace twinlease::model::history
