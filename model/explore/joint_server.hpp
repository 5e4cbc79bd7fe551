// One server of joint_states.hpp: a state machine, what it remembers, its end of the connection; and the
// world of two.
//
//  1. All fields are octets without padding, so that a world is its own key.
//  2. What nobody reads any more has its first value: of a server that does not run all but its record, of a
//  connection
//     that is gone everything.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "model/machine/machine.hpp"

namespace twinlease::model::explore::joint {

enum class Kind : std::uint8_t { state, updreq, upddone };
enum class View : std::uint8_t { none, connected, ok };

// Of an UPDREQ and its UPDDONE `state` is the one that asked: it stands for the xid.
struct Signal {
  Kind kind = Kind::state;
  State state = State::startup;
  bool startup = false;
};

struct Server {
  bool running = false;
  State state = State::startup;
  State previous = State::recover;  // in STARTUP
  bool recorded = false;            // stable storage holds what follows (9.2, 9.13, 9.14)
  State record = State::recover;
  bool by_stop = false;
  bool saw_partner_down = false;
  View view = View::none;
  State partner = State::startup;  // as last heard, if ok
  bool partner_startup = false;
  State said = State::startup;  // in the last STATE on this connection; STARTUP: none
  bool said_startup = false;
  bool asked = false;  // an UPDREQ is unanswered
  State asked_in = State::startup;
  bool answers_recover = false;   // owes an UPDDONE to a partner that asked in RECOVER
  bool answers_conflict = false;  // in POTENTIAL-CONFLICT
};

State previous_after_restart(const Server&);  // 9.3.2, steps 1 and 2

using Side = std::uint8_t;  // 0 the primary, 1 the secondary
inline constexpr std::size_t kMostWaiting = 8;

struct World {
  std::array<Server, 2> server;
  std::array<std::array<Signal, kMostWaiting>, 2> to;
  std::array<std::uint8_t, 2> waiting{};
};
static_assert(sizeof(World) == 2 * sizeof(Server) + 2 * kMostWaiting * sizeof(Signal) + 2,
              "no padding: a key");
using Key = std::string;
inline Key key_of(const World& world) {
  return {reinterpret_cast<const char*>(&world), sizeof world};
}

// What no rule decides.
struct Answers {
  bool partner_down_later = false, partner_down_equal = false, first_time = false;
};

// One input to one server, and all that follows from it.
class Doing {
 public:
  Doing(World& world, Side side, Answers answers)
      : world_(world), me_(world.server[side]), side_(side), answers_(answers) {}

  bool handle(const Input&);        // true if a state was left
  void asked_by_partner_in(State);  // UPDREQ
  void take_off();                  // the first message to this server
  void send(const Signal&);         // lost if the other end has no connection
  void drop_link();
  void stop();
  const std::string& says() const { return says_; }            // " +STATE", " +UPDREQ"
  const std::string& undefined() const { return undefined_; }  // the input that no row answers: "STATE EVENT"

 private:
  bool take(const Input&, State left);
  Circumstances circumstances(const Input&, State left) const;
  bool perform(Action);  // true for the action that posts COMM_OK
  void record(State, bool by_stop, bool saw_partner_down);
  void announce();
  void say(State, bool startup);

  World& world_;
  Server& me_;
  Side side_;
  Answers answers_;
  State partner_asked_in_ = State::startup;
  std::string says_, undefined_;
  bool moved_ = false, announce_ = false, asks_ = false;
};

}  // namespace twinlease::model::explore::joint
