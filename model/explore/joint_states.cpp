#include "model/explore/joint_states.hpp"

#include <algorithm>
#include <unordered_map>

#include "model/explore/joint_server.hpp"

namespace twinlease::model::explore {
namespace {

using namespace joint;

std::string spelled(State state) {
  std::string text(to_string(state));
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}
std::string spelled(const Server& server) {
  return server.running ? spelled(server.state) : "STOPPED";
}
std::string joint_line(const World& world) {
  static const char* const views[] = {"none", "connected", "ok"};
  std::string line = "joint";
  for (const Server& server : world.server)
    line += " " + spelled(server) + " " + views[static_cast<std::size_t>(server.view)];
  return line + (world.waiting[0] + world.waiting[1] == 0 ? " quiet" : " busy");
}

bool united(const World& world) {
  return std::all_of(world.server.begin(), world.server.end(), [](const Server& server) {
    return server.running && server.state == State::normal && server.view == View::ok;
  });
}

// Everything that can happen in a world.
class Happenings {
 public:
  struct Next {
    World world;
    std::string move;       // empty: no line
    std::string undefined;  // as of Doing
    bool fault;             // a fault, or the operator
  };

  explicit Happenings(const World& world) : from_(world) {
    for (Side side : {Side{0}, Side{1}}) of_server(side);
    connection();
  }
  const std::vector<Next>& all() const { return all_; }

 private:
  enum Fault : bool { no, yes };

  // `change` gets the new world's server and what acts for it. Without an event there is no line.
  template <class Change>
  void add(Side side, const std::string& event, Fault fault, const Change& change, Answers answers = {}) {
    Next next{from_, "", "", fault == yes};
    Doing doing(next.world, side, answers);
    change(next.world.server[side], doing);
    const Server &was = from_.server[side], &is = next.world.server[side];
    if (!event.empty())
      next.move = std::string("move ") + (side == 0 ? "primary " : "secondary ") + spelled(was) + " " +
                  event + " " + spelled(is) + " previous " + spelled(previous_after_restart(is)) +
                  doing.says();
    next.undefined = doing.undefined();
    all_.push_back(next);
  }

  // Not if no row has it, or the row refuses it.
  void add_input(Side side, const char* name, Event event, Fault fault) {
    World tried = from_;
    if (!Doing(tried, side, {}).handle({event})) return;
    add(side, name, fault, [&](Server&, Doing& doing) { doing.handle({event}); });
  }

  void of_server(Side side) {
    const Server& me = from_.server[side];
    const Side there = static_cast<Side>(1 - side);
    if (!me.running) return restart(side);
    const bool leaving = me.state == State::paused || me.state == State::shutdown;
    add(side, "crash", leaving ? no : yes, [](Server&, Doing& doing) { doing.stop(); });
    if (me.view != View::none) {
      const Event lost = me.view == View::ok ? Event::comm_lost : Event::handshake_failed;
      const Fault fault = from_.server[there].view != View::none ? yes : no;
      add(side, "connection-lost", fault, [&](Server&, Doing& doing) {
        doing.drop_link();
        doing.handle({lost});
      });
      if (from_.waiting[side] > 0) receive(side);
    }
    if (from_.waiting[there] < 2) by_itself(side);
  }

  void restart(Side side) {
    const auto start = [](Server& server, Doing& doing) {
      server.running = true;
      doing.handle({Event::process_start});
    };
    add(side, "restart", no, start);
    if (!from_.server[side].recorded) return;
    add(side, "restart-without-storage", yes, [&](Server& server, Doing& doing) {
      server = Server{};
      start(server, doing);
    });
  }

  void by_itself(Side side) {
    const Server& me = from_.server[side];
    if (me.answers_recover)
      add(side, "", no, [](Server& server, Doing& doing) {
        server.answers_recover = false;
        doing.send({Kind::upddone, State::recover});
      });
    if (me.answers_conflict)
      add(side, "", no, [](Server& server, Doing& doing) {
        server.answers_conflict = false;
        doing.send({Kind::upddone, State::potential_conflict});
      });
    if (me.state == State::startup) add_input(side, "startup-timer", Event::timer_startup, no);
    if (me.state == State::recover_wait) add_input(side, "mclt-timer", Event::timer_mclt, no);
    add_input(side, "operator-partner-down", Event::operator_partner_down, yes);
    add_input(side, "operator-pause", Event::operator_pause, yes);
    add_input(side, "operator-shutdown", Event::operator_shutdown, yes);
  }

  void receive(Side side) {
    const Server& me = from_.server[side];
    const Signal signal = from_.to[side][0];
    const bool same =
        me.view == View::ok && me.partner == signal.state && me.partner_startup == signal.startup;
    const bool late = !(me.asked && me.asked_in == signal.state && me.asked_in == me.state);
    if ((signal.kind == Kind::state && same) || (signal.kind == Kind::upddone && late))
      return add(side, "", no, [](Server&, Doing& doing) { doing.take_off(); });
    if (signal.kind == Kind::updreq)
      return add(side, "", no, [&](Server&, Doing& doing) {
        doing.take_off();
        doing.asked_by_partner_in(signal.state);
      });
    const bool is_state = signal.kind == Kind::state;
    const std::string name =
        is_state ? "STATE-" + spelled(signal.state) + (signal.startup ? "-STARTUP" : "") : "UPDDONE";
    const Event state_event = me.view == View::ok ? Event::partner_state : Event::comm_ok;
    const Input input =
        is_state ? Input{state_event, signal.state, signal.startup} : Input{Event::upddone_rcvd};
    for (const Answers& answers : {Answers{}, Answers{.partner_down_later = true},
                                   Answers{.partner_down_equal = true}, Answers{.first_time = true}})
      add(
          side, name, no,
          [&](Server&, Doing& doing) {
            doing.take_off();
            doing.handle(input);
          },
          answers);
  }

  // Comes up at both ends at once.
  void connection() {
    for (const Server& server : from_.server)
      if (!server.running || server.view != View::none || server.state == State::paused ||
          server.state == State::shutdown)
        return;
    Next next{from_, "", "", false};
    for (Server& server : next.world.server) server.view = View::connected;
    for (Side side : {Side{0}, Side{1}}) Doing(next.world, side, {}).handle({Event::connected});
    all_.push_back(next);
  }

  const World& from_;
  std::vector<Next> all_;
};

// Calm runs have no cycle and end united: a depth-first search that needs no fairness.
class Reunion {
 public:
  std::vector<std::string> lost_run_from(const World& world) {
    path_.clear();
    return ends_well(world) ? std::vector<std::string>{} : path_;
  }

 private:
  bool ends_well(const World& world) {
    if (united(world)) return true;
    const auto [at, first] = seen_.try_emplace(key_of(world), false);
    if (!first && at->second) return true;
    path_.push_back(joint_line(world));
    if (!first) return false;  // a cycle
    bool any = false;
    const Happenings happenings(world);
    for (const Happenings::Next& next : happenings.all()) {
      if (next.fault) continue;
      any = true;
      if (!ends_well(next.world)) return false;
    }
    if (!any) return false;
    seen_[key_of(world)] = true;
    path_.pop_back();
    return true;
  }

  std::unordered_map<Key, bool> seen_;  // true: all calm runs from it end well
  std::vector<std::string> path_;
};

}  // namespace

JointStates joint_states() {
  JointStates found;
  Reunion reunion;
  std::unordered_map<Key, bool> seen;
  std::vector<World> waiting{World{}};
  seen.emplace(key_of(waiting.back()), true);
  while (!waiting.empty()) {
    const World world = waiting.back();
    waiting.pop_back();
    found.lines.insert(joint_line(world));
    if (found.lost_run.empty()) found.lost_run = reunion.lost_run_from(world);
    const Happenings happenings(world);
    for (const Happenings::Next& next : happenings.all()) {
      if (!next.move.empty()) found.lines.insert(next.move);
      if (!next.undefined.empty()) found.undefined.insert(next.undefined);
      if (seen.emplace(key_of(next.world), true).second) waiting.push_back(next.world);
    }
  }
  found.worlds = seen.size();
  return found;
}

}  // namespace twinlease::model::explore
