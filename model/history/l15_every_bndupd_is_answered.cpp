// L15: every BNDUPD is answered while the connection lasts.
//
// The draft gives no bound; judged is one exchange of updates, in which a server that prefers its clients
// answers a whole window. A cut makes it say nothing. Evidence: BNDUPDs that were answered, or too late.
#include <map>

#include "model/history/batches.hpp"
#include "model/history/due.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

Judgement every_bndupd_is_answered(const History& history, const Bounds& bounds) {
  Findings out("L15", history);
  Standing standing;
  std::map<std::pair<Server, std::uint32_t>, Due> due;
  std::uint64_t longest_s = 0;
  const std::vector<Batch> all = batches(history);
  auto next = all.begin();
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    for (auto& [key, one] : due) one.check(i);
    std::erase_if(due, [](const auto& item) { return !item.second.running(); });
    standing.apply(event, i);
    if (as<Connection>(event) != nullptr || as<Process>(event) != nullptr || standing.faulty()) due.clear();
    if (next == all.end() || next->events.front() != i) continue;
    const Batch& batch = *next++;
    if (!batch.answer && !standing.faulty()) {
      due.try_emplace({batch.from, batch.xid},
                      Due(out, "the " + std::string(name(batch.from)) + "'s BNDUPD xid " +
                                   std::to_string(batch.xid) + " was not answered"))
          .first->second.begin(i, bounds.transfer_ms);
    } else if (batch.answer) {
      const auto found = due.find({partner_of(batch.from), batch.xid});
      if (found == due.end()) continue;
      found->second.met(i);
      longest_s = std::max(longest_s, found->second.longest_s());
      due.erase(found);
    }
  }
  return out.judgement({{"BNDUPDs", out.examined()}, {"seconds, the longest", longest_s}});
}

}  // namespace twinlease::model::history
