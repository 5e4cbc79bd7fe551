// S16: a BNDUPD is answered by at most one BNDACK, with its xid, its addresses and on its connection; the
// xids of requests are unique for each direction and connection.
//
// Needs nothing. Evidence: BNDACKs and requests. That an answer comes at all is L15's.
#include <array>
#include <map>

#include "model/history/batches.hpp"
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

class Pairing {
 public:
  explicit Pairing(const History& history) : history_(history) {}

  Judgement judge() {
    const std::vector<Batch> all = batches(history_);
    auto next = all.begin();
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      if (next != all.end() && next->events.front() == i) {
        next->answer ? answered(*next) : requested(*next);
        ++next;
      }
      if (const auto* said = as<Said>(event))
        if (said->word == Word::updreq || said->word == Word::updreqall || said->word == Word::poolreq)
          used(said->from, said->xid, i);
      if (const auto* connection = as<Connection>(event)) {
        if (connection->up) xids_ = {};
        if (!connection->up) open_ = {};
      }
    }
    return out_.judgement({{"BNDACKs", answers_}, {"requests", out_.examined() - answers_}});
  }

 private:
  void requested(const Batch& update) {
    used(update.from, update.xid, update.events.front());
    open_[index(update.from)][update.xid] = &update;
  }

  void used(Server from, std::uint32_t xid, std::size_t event) {
    out_.examine();
    const auto [place, is_new] = xids_[index(from)].try_emplace(xid, event);
    if (!is_new)
      out_.found(
          event, {place->second},
          "the " + std::string(name(from)) + " used xid " + std::to_string(xid) + " twice on one connection");
  }

  void answered(const Batch& ack) {
    out_.examine();
    ++answers_;
    auto& open = open_[index(partner_of(ack.from))];
    const auto found = open.find(ack.xid);
    const std::string says =
        "the " + std::string(name(ack.from)) + "'s BNDACK xid " + std::to_string(ack.xid);
    if (found == open.end())
      return out_.found(ack.events.front(), {}, says + " answers no BNDUPD that is open");
    const Batch& update = *found->second;
    std::vector<std::size_t> because = update.events;
    because.insert(because.end(), ack.events.begin(), ack.events.end());
    if (update.addresses != ack.addresses)
      out_.found(ack.events.front(), because, says + " has not the addresses of its BNDUPD");
    if (update.connection != ack.connection)
      out_.found(ack.events.front(), because, says + " came on another connection than its BNDUPD");
    open.erase(found);
  }

  static std::size_t index(Server server) noexcept { return static_cast<std::size_t>(server); }

  const History& history_;
  Findings out_{"S16", history_};
  std::array<std::map<std::uint32_t, const Batch*>, 2> open_;  // BNDUPDs by sender and xid
  std::array<std::map<std::uint32_t, std::size_t>, 2> xids_;
  std::uint64_t answers_ = 0;
};

}  // namespace

Judgement message_pairing(const History& history, const Bounds&) {
  return Pairing(history).judge();
}

}  // namespace twinlease::model::history
