// S17: at no moment are more BNDUPDs unanswered than the partner's max-unacked-bndupd; 0 counts as 1.
//
// Messages are counted, not transactions. A BNDACK seen up to eps after a BNDUPD may have been there before:
// only what is still too much then is a breach. Needs nothing. Evidence: BNDUPDs to a partner whose window
// was seen; how full the window was is counted too.
#include <array>
#include <set>

#include "model/history/batches.hpp"
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

Judgement window(const History& history, const Bounds& bounds) {
  Findings out("S17", history);
  std::array<std::optional<std::uint32_t>, 2> announced;  // by the receiver of BNDUPDs
  std::array<std::size_t, 2> announced_by{};
  std::array<std::set<std::uint32_t>, 2> unanswered;  // xids by their sender
  std::uint64_t fullest = 0;
  struct Suspect {
    std::size_t event = 0;
    Server from{};
    std::size_t open = 0;
    std::uint32_t limit = 0;
    std::size_t answers = 0;  // within eps
  };
  std::vector<Suspect> suspects;
  const auto settle = [&](TimeMs now) {
    std::erase_if(suspects, [&](const Suspect& s) {
      if (s.open - s.answers <= s.limit) return true;
      if (now - out.time_ms(s.event) <= bounds.eps_ms) return false;
      out.found(s.event, {announced_by[static_cast<std::size_t>(partner_of(s.from))]},
                "the " + std::string(name(s.from)) + " has " + std::to_string(s.open) +
                    " BNDUPDs unanswered, its partner takes " + std::to_string(s.limit));
      return true;
    });
  };
  const auto place = [](Server server) { return static_cast<std::size_t>(server); };
  const std::vector<Batch> all = batches(history);
  auto next = all.begin();
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    settle(event.time_ms);
    const auto announces = [&](Server from, std::optional<std::uint32_t> count) {
      if (!count) return;
      announced[place(from)] = std::max<std::uint32_t>(*count, 1);
      announced_by[place(from)] = i;
    };
    if (const auto* connect = as<ConnectSaid>(event)) announces(connect->from, connect->window);
    if (const auto* answer = as<ConnectAnswered>(event)) announces(answer->from, answer->window);
    if (as<Connection>(event) != nullptr) unanswered = {};
    if (next == all.end() || next->events.front() != i) continue;
    const Batch& batch = *next++;
    if (batch.answer) {
      unanswered[place(partner_of(batch.from))].erase(batch.xid);
      for (Suspect& suspect : suspects) suspect.answers += suspect.from != batch.from ? 1 : 0;
      continue;
    }
    std::set<std::uint32_t>& open = unanswered[place(batch.from)];
    open.insert(batch.xid);
    const std::optional<std::uint32_t> limit = announced[place(partner_of(batch.from))];
    if (!limit) continue;
    out.examine();
    fullest = std::max<std::uint64_t>(fullest, open.size());
    if (open.size() > *limit) suspects.push_back({i, batch.from, open.size(), *limit, 0});
  }
  settle(history.end_ms() + bounds.eps_ms + 1);
  return out.judgement({{"BNDUPDs", out.examined()}, {"unanswered at most", fullest}});
}

}  // namespace twinlease::model::history
