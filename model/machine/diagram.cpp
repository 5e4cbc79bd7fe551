#include "model/machine/diagram.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "model/machine/rows.hpp"

namespace twinlease::model {
namespace {

constexpr StateSet kResting = State::paused | State::shutdown;

std::string spelled(State state) {
  std::string text(to_string(state));
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

// What a row waits for, if that is not the partner's state alone.
std::string reason_of(const Row& row) {
  switch (row.on) {
    case Event::comm_lost:
    case Event::timer_receive: return "communications lost";
    case Event::upddone_rcvd:
      return row.when.must.has(Guard::primary)       ? "UPDDONE, primary"
             : row.when.must_not.has(Guard::primary) ? "UPDDONE, secondary"
                                                     : "UPDDONE";
    case Event::timer_startup:
      return row.when.must.has(Guard::cfg_pd_at_startup) ? "startup time over, if so configured"
                                                         : "startup time over";
    case Event::comm_ok:
    case Event::partner_state: return "communications ok, MCLT over";
    case Event::timer_safe_period: return "safe period over";
    case Event::timer_mclt: return "MCLT over";
    case Event::timer_no_ack: return "no BNDACK";
    case Event::operator_partner_down: return "operator: partner down";
    case Event::operator_pause: return "operator: pause";
    case Event::operator_shutdown: return "operator: shutdown";
    case Event::database_restored: return "database restored";
    case Event::process_start: return "restart";
    case Event::entry:
      return row.when.must.has(Guard::first_time) ? "at once, if never run before"
                                                  : "at once, if partner NORMAL";
    default: return std::string(to_string(row.on));
  }
}

struct Reasons {
  StateSet partners;  // COMM_OK and PARTNER_STATE
  std::vector<std::string> others;
  void add(const Row& row) {
    const bool of_partner = row.on == Event::comm_ok || row.on == Event::partner_state;
    if (of_partner && !row.when.must.has(Guard::mclt_timer_expired)) {
      partners = partners | row.partner.states;
      return;
    }
    const std::string reason = reason_of(row);
    if (std::find(others.begin(), others.end(), reason) == others.end()) others.push_back(reason);
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    std::string listed;
    bool all = true;
    for (int s = 0; s < kStates; ++s) {
      const State state = static_cast<State>(s);
      if (!rows::anything.has(state)) continue;
      if (!partners.has(state)) {
        all = false;
        continue;
      }
      listed += (listed.empty() ? "partner " : ", ") + spelled(state);
    }
    if (all) listed = "communications ok";
    if (!listed.empty()) texts.push_back(listed);
    texts.insert(texts.end(), others.begin(), others.end());
    return texts;
  }
};

using Pairs = std::map<std::pair<Node, Node>, Reasons>;

// The state a row leads to by its own outcome, in the profile of the draft; nothing if it stays.
std::optional<Node> target(const Row& row) {
  if (row.profile == Profile::windows) return std::nullopt;
  switch (row.next.kind()) {
    case Target::Kind::same: return std::nullopt;
    case Target::Kind::previous: return Node::previous;
    case Target::Kind::state: return node(row.next.state());
  }
  return std::nullopt;
}

// The event leads there from every state that is not PAUSED, SHUTDOWN or the target itself.
bool from_everywhere(Event on, Node to) {
  for (int s = 0; s < kStates; ++s) {
    const State state = static_cast<State>(s);
    if (kResting.has(state) || node(state) == to) continue;
    const auto rows = rows_of(state);
    if (std::none_of(rows.begin(), rows.end(),
                     [&](const Row& row) { return row.on == on && target(row) == to; }))
      return false;
  }
  return true;
}

}  // namespace

std::string name_of(Node at) {
  if (at == Node::previous) return "previous";
  if (at == Node::any) return "any state";
  return spelled(static_cast<State>(at));
}

std::vector<Arc> arcs() {
  Pairs pairs;
  for (int s = 0; s < kStates; ++s) {
    const State from = static_cast<State>(s);
    for (const Row& row : rows_of(from)) {
      const std::optional<Node> to = target(row);
      if (!to || *to == node(from)) continue;
      pairs[{from_everywhere(row.on, *to) ? Node::any : node(from), *to}].add(row);
    }
  }
  std::vector<Arc> all;
  for (const auto& [ends, reasons] : pairs) all.push_back({ends.first, ends.second, reasons.texts()});
  return all;
}

std::string mermaid() {
  std::string text = "stateDiagram-v2\n  [*] --> STARTUP\n";
  const auto id = [](Node at) {
    std::string name = name_of(at);
    for (char& c : name)
      if (c == '-' || c == ' ') c = '_';
    return name;
  };
  for (int n = 0; n < kNodes; ++n) {
    const Node at = static_cast<Node>(n);
    text += "  state \"" + name_of(at) + "\" as " + id(at) + "\n";
  }
  for (const Arc& arc : arcs()) {
    text += "  " + id(arc.from) + " --> " + id(arc.to) + ": ";
    for (const std::string& reason : arc.reasons) text += (&reason == &arc.reasons[0] ? "" : "<br>") + reason;
    text += "\n";
  }
  return text;
}

}  // namespace twinlease::model
