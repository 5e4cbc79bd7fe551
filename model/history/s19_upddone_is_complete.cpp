// S19: at UPDDONE everything that the UPDREQ asked for was sent and answered: the changes that were not
// acknowledged when it came, after UPDREQALL every address that ever had a client.
//
// What an UPDREQALL asked for stays due when the connection breaks before its UPDDONE. Which leases a server
// has is known from its DHCPACKs and from what it accepted; changes within eps before the request are left
// out, since nobody knows which came first. Needs AS3. Evidence: UPDDONEs that answer a request that was
// seen.
#include <set>

#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Due {                                      // from one server
  std::map<std::uint32_t, std::size_t> requests;  // xid -> event
  std::set<Address> owed;                         // to be sent and answered
  std::set<Address> all;                          // of an UPDREQALL without its UPDDONE
};

class Complete {
 public:
  Complete(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      scene_.apply(event, i);
      if (const auto* said = as<Said>(event)) {
        if (said->word == Word::updreq || said->word == Word::updreqall) requested(*said, event.time_ms, i);
        if (said->word == Word::upddone) done(*said, i);
      } else if (as<Acknowledged>(event) != nullptr && scene_.ledger.answered()) {
        const PendingUpdate& answered = *scene_.ledger.answered();
        Due& due = due_[index_of(answered.from)];
        due.owed.erase(answered.address);
        due.all.erase(answered.address);
      } else if (const auto* connection = as<Connection>(event)) {
        if (!connection->up)
          for (Due& due : due_) {
            due.requests.clear();
            due.owed.clear();
          }
      } else if (const auto* process = as<Process>(event)) {
        if (process->storage_lost) due_[index_of(process->server)] = Due{};
      } else if (as<Scenario>(event) != nullptr || as<Pool>(event) != nullptr) {
        due_ = {};
      }
    }
    return out_.judgement({{"UPDDONEs", out_.examined()}, {"addresses that were missing", addresses_}});
  }

 private:
  void requested(const Said& request, TimeMs now, std::size_t event) {
    const Server server = partner_of(request.from);
    Due& due = due_[index_of(server)];
    due.requests[request.xid] = event;
    for (const auto& [address, entry] : scene_.ledger.of(server)) {
      if (!entry.sure || entry.binding.client == 0 || now - entry.changed_ms <= bounds_.eps_ms) continue;
      if (entry.binding.unacked != Unacked::no) due.owed.insert(address);
      if (request.word == Word::updreqall) due.all.insert(address);
    }
  }

  void done(const Said& said, std::size_t event) {
    Due& due = due_[index_of(said.from)];
    const auto request = due.requests.find(said.xid);
    if (request == due.requests.end()) return;
    out_.examine();
    std::set<Address> left = due.owed;
    left.insert(due.all.begin(), due.all.end());
    std::vector<std::size_t> because{request->second};
    for (const PendingUpdate& pending : scene_.ledger.pending())
      if (pending.from == said.from && pending.event > request->second) {
        left.insert(pending.address);
        because.push_back(pending.event);
      }
    addresses_ += left.size();
    if (!left.empty()) {
      const Entry* first = scene_.ledger.find(said.from, *left.begin());
      if (first != nullptr) because.push_back(first->by);
      out_.found(event, because,
                 "UPDDONE xid " + std::to_string(said.xid) + " with " + text(*left.begin()) +
                     (left.size() > 1 ? " and " + std::to_string(left.size() - 1) + " more" : "") +
                     " not sent and answered",
                 *left.begin());
    }
    due.requests.erase(request);
    if (due.requests.empty()) due.owed.clear();
    due.all.clear();
  }

  const History& history_;
  const Bounds& bounds_;
  Scene scene_;
  Findings out_{"S19", history_};
  std::array<Due, 2> due_;
  std::uint64_t addresses_ = 0;
};

}  // namespace

Judgement upddone_is_complete(const History& history, const Bounds& bounds) {
  return Complete(history, bounds).judge();
}

}  // namespace twinlease::model::history
