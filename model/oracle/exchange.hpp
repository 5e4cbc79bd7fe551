// What the messages of one endpoint have to have in common with those that they answer, whatever its state:
// xids, addresses, the window, and that UPDDONE comes last (6.1, 7.2, 7.3, 7.5, 7.6, 8.4, 8.6).
//
//  1. A message that the endpoint received is known here before the endpoint can have read it, so that no
//     answer comes too early; a BNDACK counts as received as soon as it is seen.
//  2. Of a connection whose beginning was not seen, an answer to nothing proves nothing.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "model/oracle/finding.hpp"
#include "model/oracle/options.hpp"
#include "model/oracle/seen.hpp"

namespace twinlease::model::oracle {

class Exchange {
 public:
  explicit Exchange(const Options& options) : options_(options) {}

  void connected(const ConnectionUp& event);
  // A CONNECT accepted once more on the same connection (8.2): the draft does not say which values hold.
  void connected_again(const ConnectionUp& event);
  void disconnected();
  void lose_track();  // Gap
  void received(const Unreadable& event, std::uint64_t place);

  // What the partner sends. `place`: the number of the event.
  void received(const Updated& event, std::uint64_t place, bool doubtful);
  void received(const Acknowledged& event, TimeMs now_ms, bool doubtful);
  void received(const Requested& event, TimeMs now_ms, std::uint64_t place, bool doubtful);
  void received(const RequestedElsewhere& event) { lost_requests_.insert(event.xid); }
  void received(const PoolRequested& event, TimeMs now_ms, bool doubtful);

  // What the endpoint sends; what is wrong with it is appended. Topic, clauses and words are filled in.
  void sent(const Updated& event, TimeMs now_ms, std::uint64_t place, std::vector<Finding>& out);
  void sent(const Acknowledged& event, std::vector<Finding>& out);
  void sent(const Done& event, std::uint64_t place, std::vector<Finding>& out,
            std::vector<Suspicion>& suspicions);
  void sent(const PoolRequested& event, std::vector<Finding>& out);
  void sent(const PoolAnswered& event, std::vector<Finding>& out);
  // Any message that answers none: its xid is its own (FO-6.1-15).
  void sent_request(std::uint32_t xid, std::vector<Finding>& out);
  void sent_disconnect() { said_goodbye_ = true; }
  // Any message: it lives, and what it owes since long, it owes.
  void sent_anything(TimeMs now_ms, std::vector<Finding>& out);
  void said(const StateSaid& event, TimeMs now_ms, bool doubtful);  // of either side

  // BNDUPDs of the endpoint wait for a BNDACK, or may.
  bool unanswered() const { return !own_.empty() || unacknowledged_; }

  // The transaction of the partner's BNDUPD that this answer is about; null: not seen.
  const Transaction* update_of(std::uint32_t xid, Address address) const;
  bool is_doubtful(std::uint32_t xid) const;  // that BNDUPD of the partner
  // The transaction of the endpoint's BNDUPD that the partner's answer is about; null: not seen. Asked before
  // received(Acknowledged).
  const Transaction* own_update_of(std::uint32_t xid, Address address) const;

 private:
  struct Sent {
    std::vector<Transaction> transactions;
    std::uint64_t place = 0;
    bool doubtful = false;
  };
  struct Asked {
    TimeMs time_ms = 0;
    std::uint64_t place = 0;
    bool due = true;  // an answer is, and it was not asked after yet
  };
  struct Said {
    std::optional<State> state;  // the last; empty: none on this connection, or a doubtful one
    TimeMs since_ms = 0;
  };

  static void check_times(const Transaction& t, std::vector<Finding>& out);
  static void compare(const Acknowledged& event, const std::vector<Transaction>& asked,
                      std::vector<Finding>& out);

  // exchange_due.cpp
  void owes_done(TimeMs now_ms, std::vector<Finding>& out);
  void owes_pools(TimeMs now_ms, std::vector<Finding>& out);
  bool are_normal_since(TimeMs time_ms) const;

  Options options_;
  bool whole_ = false;  // everything since the connection began was seen
  bool said_goodbye_ = false;
  bool unacknowledged_ = false;  // a BNDACK may have been left unread
  std::optional<std::uint32_t> window_;
  std::array<Said, 2> said_;                  // by Side
  std::optional<TimeMs> entered_normal_ms_;   // a secondary, and no POOLREQ since
  TimeMs spoke_ms_ = 0, awake_since_ms_ = 0;  // it said something; no long silence of it since then
  TimeMs quiet_since_ms_ = 0;                 // the latest BNDUPD of it, or BNDACK to it
  std::map<std::uint32_t, Sent> own_;         // BNDUPDs of the endpoint without a BNDACK, by xid
  std::map<std::uint32_t, Sent> received_;    // those of the partner
  std::map<std::uint32_t, Asked> requests_;   // UPDREQs and UPDREQALLs of the partner without an UPDDONE
  std::map<std::uint32_t, Asked> pools_;      // POOLREQs of the partner without a POOLRESP
  std::set<std::uint32_t> own_xids_;
  std::set<std::uint32_t> answered_;    // BNDUPDs of the partner that have their BNDACK
  std::set<std::uint32_t> asked_;       // UPDREQs and UPDREQALLs of the partner that were seen
  std::set<std::uint32_t> repeated_;    // xids that the partner used twice: what answers which does not show
  std::map<std::uint32_t, Sent> lost_;  // unanswered BNDUPDs of the partner on the connection before
  std::set<std::uint32_t> lost_requests_;  // UPDREQs and UPDREQALLs, on any other connection
};

}  // namespace twinlease::model::oracle
