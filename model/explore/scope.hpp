// How much of the world an exploration goes through: sizes, and how many faults a run may have.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/endpoint/config.hpp"

namespace twinlease::model::explore {

// The times of a world are relative to its present moment (normal_form.hpp): no clock runs out, and the
// number of states is finite all the same.
inline constexpr int kWithoutEnd = 7;  // faults of a kind that never run out

struct Scope {
  std::string_view name;
  Seconds mclt = 1;
  Seconds desired = 2;
  Seconds safe_period = 0;  // 0: none
  int addresses = 2;
  int clients = 2;
  std::uint8_t primary_buckets =
      0b010;                        // bit c: client c is the primary's in NORMAL, the others the secondary's
  int crashes = 0;                  // of either server, in one run
  int cuts = 0;                     // of the connection
  int losses = 0;                   // of the storage of a server that does not run
  int commands = 0;                 // of the operator: partner-down
  int stops = 0;                    // of a server by the operator: PAUSED, SHUTDOWN
  int restores = 0;                 // of the storage of a server from a backup
  bool one_way_cuts = false;        // also cuts of one direction
  bool from_normal = true;          // begins with both in NORMAL and balanced; else with two new servers
  bool every_reading = false;       // takes the alternatives of the rows too
  bool false_partner_down = false;  // AS2 broken: the command comes while the partner runs
  bool hasty_command = false;    // the command may come in the second in which the partner went down
  bool unnoticed_loss = false;   // AS3 broken: a server that lost its storage starts as a new one
  bool any_command = false;      // AS2 not assumed: for scopes without clients
  bool timers = false;           // TIMER_RECEIVE, TIMER_SYNC, TIMER_NO_ACK
  bool every_setting = false;    // both values of what is configured, wherever it matters
  bool new_mclts = false;        // the operator may change the MCLT; commands that are refused are given too
  bool delays = false;           // time may pass while a message is under way; else none does
  std::size_t most_waiting = 1;  // clients and timers wait while a server has that many messages under way
  BrokenRules broken{};
  std::span<const std::string_view> prelude{};  // steps, as in a script, that come before all others

  Config config(Role role) const;
};

// A part of "standard" ("small" takes seconds), "ceiling" (longer leases, for readings), or "large" (as far
// as the memory goes).
std::optional<Scope> find_scope(std::string_view name);

// What a name stands for: the parts of "standard", each of them to be gone through to its end, and 150 M
// states at most together; any other scope is its only part; nothing if there is no such scope.
std::vector<Scope> parts(std::string_view scope_name);
std::vector<std::string_view> scope_names();

std::string_view to_string(Broken);
std::optional<Broken> find_broken(std::string_view name);
// A reading other than the default (docs/readings.md), as "A-07=wide"; nothing if it is not one of the
// switches.
std::optional<Broken> find_reading(std::string_view text);
std::vector<std::string_view> reading_names();

}  // namespace twinlease::model::explore
