// S18: an accepted BNDUPD causes none in return, and a rejected one is not repeated at once.
//
// An echo has the status and client of what was accepted, and comes within the settling time although no
// client was heard, nobody asked for updates and the connection is the same. A repetition is judged likewise.
// Not judged is what follows a client's contact, which both servers may have heard, within twice that time.
// Needs nothing. Evidence: BNDACKs.

#include "model/history/findings.hpp"
#include "model/history/ledger.hpp"
#include "model/history/predicate.hpp"

namespace twinlease::model::history {

namespace {

struct Answered {
  std::size_t update = 0;
  std::size_t ack = 0;
  bool accepted = false;
};

}  // namespace

Judgement no_echo_and_no_storm(const History& history, const Bounds& bounds) {
  Findings out("S18", history);
  Scene scene;
  std::map<Address, Answered> answered;
  std::map<Address, TimeMs>
      contacts;  // when a client last had to do with it: both servers may have heard that
  std::uint64_t rejects = 0;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    scene.apply(event, i);
    if (const auto* ack = as<Acknowledged>(event)) {
      if (!scene.ledger.answered()) continue;
      out.examine();
      rejects += ack->reject_reason ? 1 : 0;
      answered[ack->address] = {scene.ledger.answered()->event, i, !ack->reject_reason};
    } else if (const auto* update = as<Updated>(event)) {
      const auto found = answered.find(update->address);
      if (found == answered.end()) continue;
      const Answered was = found->second;
      answered.erase(found);
      const auto* first = as<Updated>(history.events()[was.update]);
      const bool same = first->status == update->status && first->client == update->client &&
                        first->potential_expiration_s == update->potential_expiration_s;
      const auto contact = contacts.find(update->address);
      if (contact != contacts.end() && event.time_ms - contact->second <= 2 * bounds.settle_ms) continue;
      if (!same || out.time_ms(i) - out.time_ms(was.ack) > bounds.settle_ms) continue;
      if (was.accepted && update->from != first->from)
        out.found(i, {was.update, was.ack},
                  "the " + std::string(name(update->from)) + " sent back what it had accepted",
                  update->address);
      if (!was.accepted && update->from == first->from)
        out.found(i, {was.update, was.ack},
                  "the " + std::string(name(update->from)) + " repeated at once what was rejected",
                  update->address);
    } else if (const auto* said = as<Said>(event)) {
      if (said->word == Word::updreq || said->word == Word::updreqall) answered.clear();
    } else if (as<Connection>(event) != nullptr || as<Process>(event) != nullptr) {
      answered.clear();
    } else if (const auto* lease = as<Acked>(event)) {
      contacts[lease->address] = event.time_ms;
    } else if (const auto* end = as<Ended>(event)) {
      contacts[end->address] = event.time_ms;
    } else if (const auto* sent = as<ClientSent>(event)) {
      contacts[sent->address] = event.time_ms;
    }
  }
  return out.judgement({{"BNDACKs", out.examined()}, {"rejects", rejects}});
}

}  // namespace twinlease::model::history
