// S10: in STARTUP, RECOVER, RECOVER-WAIT, POTENTIAL-CONFLICT and SHUTDOWN no client is answered and
// nothing of what it asked is remembered; RECOVER-DONE answers RENEW and REBINDING only. (service())
//
// A reply counts against the server when it has been in the state for eps and is still in it eps later. A
// trace is a BNDUPD or a stored record with a client that nobody else can have told the server of. Needs
// nothing. Evidence: messages of clients that a server heard in such a state.
#include <map>
#include <set>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

namespace {

class Silence {
 public:
  Silence(const History& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Judgement judge() {
    for (std::size_t i = 0; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      settle(event.time_ms);
      standing_.apply(event, i);
      for (const Server server : both_servers)  // it had left the state when it answered
        if (standing_.since(server) == i)
          std::erase_if(suspects_, [server](const Suspect& s) { return s.server == server; });
      asked(event, i);
      replied(event, i);
      remembered(event, i);
    }
    settle(history_.end_ms() + bounds_.eps_ms + 1);
    const std::uint64_t heard = out_.examined();
    return out_.judgement({{"messages of clients heard in silence", heard}, {"replies", replies_}});
  }

 private:
  struct Suspect {
    Server server{};
    std::size_t event = 0;
  };

  bool silent(Server server, ClientMessage message, TimeMs now) const {
    const std::optional<State> state = standing_.state(server);
    return state && *state != State::paused && standing_.running(server) &&
           service(*state, message).serve == Serve::no && now - standing_.since_ms(server) > bounds_.eps_ms;
  }

  void asked(const Event& event, std::size_t index) {
    const auto heard = [&](const Client& client, ClientMessage message, Servers by) {
      for (const Server server : both_servers) {
        if (!holds(by, server)) continue;
        if (silent(server, message, event.time_ms)) {
          out_.examine();
          ignored_[index_of(server)].try_emplace(client, index);
        } else {
          ignored_[index_of(server)].erase(client);
          listened_[index_of(server)].insert(client);
        }
      }
    };
    if (const auto* discovered = as<Discovered>(event))
      heard(discovered->client, ClientMessage::discover, discovered->heard_by);
    if (const auto* sent = as<ClientSent>(event)) heard(sent->client, sent->message, sent->heard_by);
  }

  void replied(const Event& event, std::size_t index) {
    const auto reply = [&](Server server, ClientMessage message) {
      ++replies_;
      if (!silent(server, message, event.time_ms)) return;
      out_.examine();
      suspects_.push_back({server, index});
    };
    if (const auto* offer = as<Offered>(event)) reply(offer->server, ClientMessage::discover);
    if (const auto* nak = as<Refused>(event)) reply(nak->server, ClientMessage::request_renewing);
    if (const auto* ack = as<Acked>(event)) {
      reply(ack->server, message_of(ack->request));
      for (const Server server : both_servers) listened_[index_of(server)].insert(ack->client);
    }
  }

  void remembered(const Event& event, std::size_t index) {
    const auto trace = [&](Server server, const std::optional<Client>& client, Address address) {
      if (!client || listened_[index_of(server)].contains(*client)) return;
      const auto found = ignored_[index_of(server)].find(*client);
      if (found == ignored_[index_of(server)].end()) return;
      out_.found(index, {found->second},
                 "the " + std::string(name(server)) + " remembers " + text(*client) +
                     ", which it heard only when it had to be silent",
                 address);
    };
    if (const auto* update = as<Updated>(event)) {
      trace(update->from, update->client, update->address);
      if (update->client) listened_[index_of(partner_of(update->from))].insert(*update->client);
    }
    if (const auto* stored = as<Stored>(event)) trace(stored->server, stored->client, stored->address);
  }

  void settle(TimeMs now) {
    std::erase_if(suspects_, [&](const Suspect& s) {
      if (now <= out_.time_ms(s.event) + bounds_.eps_ms) return false;
      out_.found(s.event, {standing_.since(s.server)},
                 "the " + std::string(name(s.server)) + " answered a client in " +
                     std::string(name(*standing_.state(s.server))));
      return true;
    });
  }

  const History& history_;
  const Bounds& bounds_;
  Standing standing_;
  Findings out_{"S10", history_};
  std::vector<Suspect> suspects_;
  std::array<std::map<Client, std::size_t>, 2> ignored_;  // who was heard in silence only, and when first
  std::array<std::set<Client>, 2> listened_;              // of whom the server may know otherwise
  std::uint64_t replies_ = 0;
};

}  // namespace

Judgement silence(const History& history, const Bounds& bounds) {
  return Silence(history, bounds).judge();
}

}  // namespace twinlease::model::history
