// What the messages of one endpoint have to have in common with those that they answer, whatever its state:
// xids, addresses, the window, and that UPDDONE comes last (6.1, 7.2, 7.3, 7.5, 7.6, 8.4, 8.6).
//
//  1. A message that the endpoint received is known here before the endpoint can have read it, so that no
//     answer comes too early; a BNDACK counts as received as soon as it is seen.
//  2. Of a connection whose beginning was not seen, an answer to nothing proves nothing.
#pragma once

#include <map>
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
  void received(const Acknowledged& event, bool doubtful);
  void received(const Requested& event, TimeMs now_ms, std::uint64_t place);
  void received(const PoolRequested& event);

  // What the endpoint sends; what is wrong with it is appended. Topic, clauses and words are filled in.
  void sent(const Updated& event, std::uint64_t place, std::vector<Finding>& out);
  void sent(const Acknowledged& event, std::vector<Finding>& out);
  void sent(const Done& event, std::uint64_t place, std::vector<Finding>& out,
            std::vector<Suspicion>& suspicions);
  void sent(const PoolRequested& event, std::vector<Finding>& out);
  void sent(const PoolAnswered& event, std::vector<Finding>& out);
  // Any message that answers none: its xid is its own (FO-6.1-15).
  void sent_request(std::uint32_t xid, std::vector<Finding>& out);
  void sent_disconnect() { said_goodbye_ = true; }
  void sent_anything(std::vector<Finding>& out);

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
  };

  static void check_times(const Transaction& t, std::vector<Finding>& out);
  static void compare(const Acknowledged& event, const std::vector<Transaction>& asked,
                      std::vector<Finding>& out);

  Options options_;
  bool whole_ = false;  // everything since the connection began was seen
  bool said_goodbye_ = false;
  bool unacknowledged_ = false;  // a BNDACK may have been left unread
  std::optional<std::uint32_t> window_;
  std::map<std::uint32_t, Sent> own_;        // BNDUPDs of the endpoint without a BNDACK, by xid
  std::map<std::uint32_t, Sent> received_;   // those of the partner
  std::map<std::uint32_t, Asked> requests_;  // UPDREQs and UPDREQALLs of the partner without an UPDDONE
  std::set<std::uint32_t> pools_;            // POOLREQs of the partner without a POOLRESP
  std::set<std::uint32_t> own_xids_;
  std::set<std::uint32_t> answered_;    // BNDUPDs of the partner that have their BNDACK
  std::set<std::uint32_t> asked_;       // UPDREQs and UPDREQALLs of the partner that were seen
  std::set<std::uint32_t> repeated_;    // xids that the partner used twice: what answers which does not show
  std::map<std::uint32_t, Sent> lost_;  // unanswered BNDUPDs of the partner on the connection before
  std::set<std::uint32_t> lost_requests_;  // UPDREQs and UPDREQALLs, on any connection before
};

}  // namespace twinlease::model::oracle
