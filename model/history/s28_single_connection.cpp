// S28: a relationship has at most one accepted connection, and an answer never travels on another connection
// than its request.
//
// Two connections that were accepted count when both stand longer than the settling time: the newer takes the
// place of the older (8.2). Needs nothing. Evidence: accepted connections and answers.
#include <map>
#include <tuple>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

class Single {
 public:
  Single(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      together(event.time_ms, i);
      if (const auto* connection = as<Connection>(event)) on(*connection, i);
      if (const auto* u = as<Updated>(event)) asked({u->from, 'u', u->xid, u->address}, u->connection, i);
      if (const auto* a = as<Acknowledged>(event))
        answered({partner_of(a->from), 'u', a->xid, a->address}, a->connection, i);
      if (const auto* c = as<ConnectSaid>(event)) asked({c->from, 'c', c->xid, 0}, c->connection, i);
      if (const auto* c = as<ConnectAnswered>(event))
        answered({partner_of(c->from), 'c', c->xid, 0}, c->connection, i);
      if (const auto* said = as<Said>(event)) on(*said, i);
      if (const auto* process = as<Process>(event); process != nullptr && !process->running) {
        up_.clear();
        asked_.clear();
      }
    }
    together(history_.end_ms(), history_.events().size() - (history_.events().empty() ? 0 : 1));
    return out_.judgement(
        {{"accepted connections", connections_}, {"answers", out_.examined() - connections_}});
  }

 private:
  using Key = std::tuple<Server, char, std::uint32_t, Address>;  // who asked, what, xid

  void on(const Connection& connection, std::size_t event) {
    if (!connection.up) {
      connection.number == 0 ? up_.clear() : static_cast<void>(up_.erase(connection.number));
      return;
    }
    out_.examine();
    ++connections_;
    up_[connection.number] = event;
  }

  void on(const Said& said, std::size_t event) {
    switch (said.word) {
      case Word::updreq:
      case Word::updreqall: return asked({said.from, 'r', said.xid, 0}, said.connection, event);
      case Word::poolreq: return asked({said.from, 'p', said.xid, 0}, said.connection, event);
      case Word::upddone: answered({partner_of(said.from), 'r', said.xid, 0}, said.connection, event); break;
      case Word::poolresp: answered({partner_of(said.from), 'p', said.xid, 0}, said.connection, event); break;
      default: break;
    }
  }

  void answered(const Key& key, std::uint32_t connection, std::size_t event) {
    const auto found = asked_.find(key);
    if (found == asked_.end() || found->second.empty()) return;
    std::map<std::uint32_t, std::size_t>& requests = found->second;
    out_.examine();
    if (requests.erase(connection) > 0) return;
    const auto [other, request] = *requests.rbegin();
    out_.found(event, {request},
               "an answer of the " + std::string(name(partner_of(std::get<Server>(key)))) +
                   " came on connection " + std::to_string(connection) + ", its request on connection " +
                   std::to_string(other));
    asked_.erase(found);
  }

  // An xid is a connection's own (6.1): others may have it too.
  void asked(const Key& key, std::uint32_t connection, std::size_t event) { asked_[key][connection] = event; }

  void together(TimeMs now, std::size_t event) {
    if (up_.size() < 2) return;
    std::vector<std::size_t> events;
    for (const auto& [number, since] : up_) events.push_back(since);
    std::sort(events.begin(), events.end());
    if (now - out_.time_ms(events[1]) <= bounds_.settle_ms) return;
    out_.found(event, {events[0], events[1]}, std::to_string(up_.size()) + " accepted connections at once");
    up_.erase(up_.begin());
  }

  const History& history_;
  const Bounds& bounds_;
  Findings out_{"S28", history_};
  std::map<std::uint32_t, std::size_t> up_;
  std::map<Key, std::map<std::uint32_t, std::size_t>> asked_;  // events, by connection
  std::uint64_t connections_ = 0;
};

}  // namespace

Judgement single_connection(const History& history, const Bounds& bounds) {
  return Single(history, bounds).judge();
}

}  // namespace twinlease::model::history
