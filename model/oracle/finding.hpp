// What the oracle says: that a clause is broken, and how the whole stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/history/vocabulary.hpp"

namespace twinlease::model::oracle {

// How binding the broken clause is (D-06): MUST and must break, should and a reading alone do not. unjudged:
// the tolerance is more than a tenth of the time in question, so that nothing can be said of it.
enum class Level : std::uint8_t { must, should, unjudged };

struct Finding {
  std::string topic;      // "STATE", "UPDREQ", "UPDDONE", "BNDACK", ...: what the message was about
  std::string about;      // what tells it from others of that topic: of "STATE" the state, "NORMAL"
  std::string invariant;  // "S12" of docs/invariants.md, or empty
  std::vector<std::string> clauses;  // FO-..., of the explanations that lived longest
  Level level = Level::must;
  history::TimeMs time_ms = 0;
  std::uint64_t number = 0;                 // of the event that nothing explains
  std::uint64_t last_good = 0;              // of the last one that something did
  std::optional<history::Address> address;  // the first of them, if there are `times`
  std::string text;                         // what was seen
  std::string allowed;                      // what would have been explained
  std::uint64_t times = 1;                  // the same again, later
};

// A finding if the endpoint was, from one event to another, in states in which clients change nothing. Events
// are numbered in the order in which they were observed; of an event and itself nothing is asked.
struct Suspicion {
  Finding finding;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

enum class Verdict : std::uint8_t { pass, lenient, fail, inconclusive };

struct Report {
  Verdict verdict = Verdict::inconclusive;
  std::vector<Finding> findings;
  std::vector<std::string> reasons;      // why nothing can be said: of an INCONCLUSIVE
  std::vector<std::string> assumptions;  // what nobody saw and the explanation needs
  std::uint64_t explained = 0;           // messages of the endpoint that something explains
  std::uint64_t messages = 0;            // messages of the endpoint
};

std::string_view to_string(Verdict);  // "PASS"
Verdict verdict_of(Level);

}  // namespace twinlease::model::oracle
