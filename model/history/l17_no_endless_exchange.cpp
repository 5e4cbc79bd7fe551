// L17: one change causes a finite number of messages: neither STATEs nor BNDUPDs about one binding go back
// and forth for ever.
//
// A stimulus is what comes from outside: clients, operators, processes, connections, faults, requests for
// updates. Counted since the last one are the STATEs of each server and the BNDUPDs of one content; the
// bounds say how many are a small number. Evidence: messages that followed a stimulus.
#include <map>
#include <tuple>

#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

bool is_stimulus(const Event& event) {
  if (const auto* said = as<Said>(event)) return said->word == Word::updreq || said->word == Word::updreqall;
  return !sender(event) && as<Stored>(event) == nullptr && as<Entered>(event) == nullptr &&
         as<Record>(event) == nullptr;
}

}  // namespace

Judgement no_endless_exchange(const History& history, const Bounds& bounds) {
  using Content = std::tuple<Server, Address, BindingStatus, std::optional<Client>, std::uint32_t>;
  Findings out("L17", history);
  std::map<Server, unsigned> states;
  std::map<Content, unsigned> updates;
  std::size_t stimulus = 0;
  unsigned most = 0;
  const auto count = [&](unsigned& number, unsigned limit, std::size_t event, const std::string& what) {
    out.examine();
    most = std::max(most, ++number);
    if (number == limit + 1)
      out.found(event, {stimulus},
                what + " " + std::to_string(number) + " times after " + out.when(stimulus));
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (const auto* said = as<StateSaid>(event)) {
      count(states[said->server], bounds.most_states, i,
            "the " + std::string(name(said->server)) + " said its state");
    } else if (const auto* u = as<Updated>(event)) {
      count(updates[{u->from, u->address, u->status, u->client, u->lease_expiration_s}], bounds.most_updates,
            i, "the " + std::string(name(u->from)) + " sent one BNDUPD about " + text(u->address));
    } else if (is_stimulus(event)) {
      states.clear();
      updates.clear();
      stimulus = i;
    }
  }
  return out.judgement(
      {{"STATEs and BNDUPDs", out.examined()}, {"of one kind after one stimulus, at most", most}});
}

}  // namespace twinlease::model::history
