// L1: after the complete loss of its partner a server that was in NORMAL serves all clients.
//
// Judged from tReceive after the loss on. A client counts as not served when it asked twice within the time
// that an answer may take and the server, which heard it both times, offered nothing. Nobody is served from
// an exhausted pool.
#include <array>
#include <map>
#include <utility>

#include "model/history/predicate.hpp"
#include "model/history/situation.hpp"

namespace twinlease::model::history {

namespace {

struct Waiting {  // a client that a lone server has not answered yet
  TimeMs since_ms = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

class SurvivorServes {
 public:
  SurvivorServes(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      situation_.apply(event);
      for (const Server server : {Server::primary, Server::secondary}) {
        if (!serves(server, event.time_ms)) {
          waiting_[index(server)].clear();
          continue;
        }
        if (const auto* asked = as<Discovered>(event)) {
          if (holds(asked->heard_by, server)) discovered(server, asked->client, event.time_ms, i);
        } else if (const auto* offer = as<Offered>(event)) {
          if (offer->server == server) answered(server, offer->client);
        } else if (const auto* ack = as<Acked>(event)) {
          waiting_[index(server)].erase(ack->client);  // somebody serves it: it asks no more
        }
      }
    }
    out_.counts = {{"clients answered by a server alone", out_.examined - out_.findings.size()},
                   {"of the partner's buckets", partners_}};
    return std::move(out_);
  }

 private:
  static std::size_t index(Server server) noexcept { return static_cast<std::size_t>(server); }

  bool serves(Server server, TimeMs now) const {
    const std::optional<TimeMs> alone = situation_.alone_since_ms(server);
    return alone && !situation_.exhausted() && now >= *alone + bounds_.receive_timer_ms + bounds_.settle_ms;
  }

  void discovered(Server server, const Client& client, TimeMs now, std::size_t event) {
    const auto [place, is_new] = waiting_[index(server)].try_emplace(client, Waiting{now, event, event});
    Waiting& waiting = place->second;
    if (!is_new && now - waiting.since_ms >= bounds_.answer_ms) {
      ++out_.examined;
      out_.findings.push_back({"L1",
                               now,
                               std::nullopt,
                               {waiting.first, waiting.last, event},
                               "the " + std::string(name(server)) + ", alone since " +
                                   history_.when(*situation_.alone_since_ms(server)) + ", left " +
                                   text(client) + " unanswered from " + history_.when(waiting.since_ms) +
                                   " to " + history_.when(now)});
      waiting = {now, event, event};
    }
    waiting.last = event;
  }

  void answered(Server server, const Client& client) {
    if (waiting_[index(server)].erase(client) == 0) return;
    ++out_.examined;
    if (!situation_.buckets()) return;
    const std::uint8_t bucket =
        hash_bucket({reinterpret_cast<const std::uint8_t*>(client.data()), client.size()});
    const bool secondarys = secondary_serves(*situation_.buckets(), bucket);
    partners_ += secondarys == (server == Server::primary) ? 1 : 0;
  }

  const History& history_;
  const Bounds& bounds_;
  Situation situation_;
  std::array<std::map<Client, Waiting>, 2> waiting_;
  std::uint64_t partners_ = 0;
  Judgement out_;
};

}  // namespace

Judgement survivor_serves_everyone(const History& history, const Bounds& bounds) {
  return SurvivorServes(history, bounds).judge();
}

}  // namespace twinlease::model::history
