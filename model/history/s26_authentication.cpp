// S26: a message whose digest is wrong, missing or not agreed upon has no effect but the end of the
// connection.
//
// Breaches are an answer with its xid, a change of the receiver's state, or a connection that goes on for the
// settling time. What follows after the connection has ended is not its effect. Needs a secret that nobody
// else knows. Evidence: such messages.
#include "model/history/findings.hpp"
#include "model/history/predicate.hpp"
#include "model/history/standing.hpp"

namespace twinlease::model::history {

namespace {

bool answers(const Event& event, const Tampered& bad) {
  if (const auto* ack = as<Acknowledged>(event)) return ack->from == bad.to && ack->xid == bad.xid;
  if (const auto* ack = as<ConnectAnswered>(event))
    return ack->from == bad.to && ack->xid == bad.xid && !ack->reject_reason;
  const auto* said = as<Said>(event);
  return said != nullptr && said->from == bad.to && said->xid == bad.xid &&
         (said->word == Word::upddone || said->word == Word::poolresp);
}

}  // namespace

Judgement authentication(const History& history, const Bounds& bounds) {
  Findings out("S26", history);
  Standing standing;
  std::optional<std::size_t> open;  // a bad message on a connection that still stands
  const auto broken = [&](std::size_t event, const std::string& what) {
    const auto* bad = as<Tampered>(history.events()[*open]);
    out.found(event, {*open},
              "the " + std::string(name(bad->to)) + what + " a message without a good digest");
    open.reset();
  };
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const Event& event = history.events()[i];
    if (open && out.time_ms(i) - out.time_ms(*open) > bounds.settle_ms)
      broken(i, " kept the connection after");
    if (open && answers(event, *as<Tampered>(history.events()[*open]))) broken(i, " answered");
    if (open) {
      const Server to = as<Tampered>(history.events()[*open])->to;
      const auto* entered = as<Entered>(event);
      const auto* said = as<StateSaid>(event);
      const bool changed =
          (entered != nullptr && entered->server == to && entered->state != standing.last(to)) ||
          (said != nullptr && said->server == to && standing.last(to) && said->state != standing.last(to) &&
           !said->startup);
      if (changed) broken(i, " changed its state after");
    }
    standing.apply(event, i);
    if (const auto* connection = as<Connection>(event); connection != nullptr && !connection->up)
      open.reset();
    if (as<Process>(event) != nullptr) open.reset();
    if (as<Tampered>(event) != nullptr) {
      out.examine();
      if (!open) open = i;
    }
  }
  return out.judgement({{"messages without a good digest", out.examined()}});
}

}  // namespace twinlease::model::history
