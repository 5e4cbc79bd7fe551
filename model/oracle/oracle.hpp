// The oracle: watches one endpoint as a black box and says what nothing in the draft explains.
//
// It is built to be sound before anything else: a conforming endpoint has no finding. Where a black box
// cannot know, it goes on with every possibility, or says nothing. Events come in the order of their times.
//
//  1. Every finding names a clause or an invariant, the event, and what would have been allowed.
//  2. An oracle that has seen no message of the endpoint, or too many explanations, is INCONCLUSIVE unless it
//     has a finding all the same: what was found stays found.
//  3. After a finding it goes on from what the endpoint itself said.
#pragma once

#include <vector>

#include "model/oracle/binding_tracker.hpp"
#include "model/oracle/exchange.hpp"
#include "model/oracle/finding.hpp"
#include "model/oracle/options.hpp"
#include "model/oracle/seen.hpp"
#include "model/oracle/state_tracker.hpp"

namespace twinlease::model::oracle {

class Oracle {
 public:
  explicit Oracle(const Options& options);
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  void observe(const Seen& event);
  // Nothing more comes: what waited for later events is judged now. Once.
  Report finish();

  // What was found so far; finish() has the rest.
  const std::vector<Finding>& findings() const { return findings_; }
  bool in_connection() const { return connected_; }

 private:
  void on(const ConnectionUp& event);
  void on(const ConnectionDown& event);
  void on(const Gap& event);
  void on(const Unreadable& event);
  void on(const StateSaid& event);
  void on(const Updated& event);
  void on(const Acknowledged& event);
  void on(const Requested& event);
  void on(const RequestedElsewhere& event);
  void on(const Done& event);
  void on(const PoolRequested& event);
  void on(const PoolAnswered& event);
  void on(const Contacted& event);
  void on(const Disconnected& event);
  void on(const Replied& event);
  void on(const GivenUp& event);
  void on(const Commanded& event);
  void on(const Process& event);

  struct Reply {
    Replied reply;
    TimeMs time_ms = 0;
    std::uint64_t number = 0;
    std::uint64_t place = 0;
  };

  void suspect(std::vector<Suspicion> suspicions);
  void judge_replies(bool final);
  void judge_suspicions(bool final);
  void judge(const Reply& reply, StateSet states);
  void spoke(Side from);  // a message of the endpoint, which has to be explained
  struct Suspected {
    Suspicion suspicion;
    std::uint64_t number = 0;
    std::uint64_t last_good = 0;
  };

  void report(std::vector<Finding> found);
  void report_lapses();
  void report(const Unexplained& unexplained, std::string topic, std::string about, std::string text);

  Options options_;
  StateTracker states_;
  Exchange exchange_;
  BindingTracker bindings_;
  TimeMs now_ms_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t place_ = 0;  // of the event, counted from 1
  std::uint64_t last_good_ = 0;
  bool connected_ = false;
  bool faulty_ = false;      // this event has a finding
  bool doubtful_ = false;    // Seen::doubtful of this event
  bool unreadable_ = false;  // since the connection began, the partner sent what is no message
  std::optional<Seconds> mclt_;
  std::optional<StateSaid> last_said_;  // by the endpoint on this connection
  // To be judged when it is settled in which states the endpoint was.
  std::vector<Reply> replies_;
  std::vector<Suspected> suspected_;
  std::map<std::uint32_t, std::uint64_t> arrived_;  // BNDUPDs of the partner, by xid: events
  std::vector<Finding> findings_;
  Report report_;
};

}  // namespace twinlease::model::oracle
