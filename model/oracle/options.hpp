// What the oracle is told before it begins: who is watched, and how much is known about it.
#pragma once

#include "model/history/vocabulary.hpp"
#include "model/lease/binding.hpp"
#include "model/machine/row.hpp"

namespace twinlease::model::oracle {

struct Options {
  Role role = Role::primary;
  Profile profile = Profile::draft;
  // How far two times may be apart and still be one (AS5): one tolerance for all. A time of which it is more
  // than a tenth is not judged (Level::unjudged).
  history::TimeMs eps_ms = 2'000;
  // How long an input may wait to be read and a change to be announced, before it counts as not done. The
  // draft has no bound: this one has to be far beyond what a loaded server needs.
  history::TimeMs patience_ms = 60'000;
  bool commands_seen = false;   // nobody commands the endpoint but by a Commanded event
  bool safe_period = true;      // one may be configured (10)
  bool processes_seen = false;  // it starts and ends only by a Process event
  bool storage_kept = false;    // nothing stored is lost or restored, unless Process or Commanded says so
  bool clients_seen = false;    // no client is served but those of Replied and GivenUp
  std::size_t most_explanations = 4'096;
};

}  // namespace twinlease::model::oracle
