// The verdict on every failover pair of a recording: an oracle beside each server, and the invariants of the
// pair.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "impl/wire/octets.hpp"
#include "model/oracle/finding.hpp"
#include "model/oracle/options.hpp"
#include "property/check/recording.hpp"

namespace twinlease::check {

struct Question {
  std::optional<wire::Ipv4> primary;  // which of the two is the primary, if the capture does not show it
  std::optional<model::Role> role;    // judge this server alone
  std::optional<std::string> relationship;  // judge the connections of this name alone
  bool unattended = false;                  // no operator touched the servers
  bool no_safe_period = false;              // none is configured
  bool storage_kept = false;                // no server lost what it had stored
  model::history::TimeMs patience_ms = 60'000;
};

struct ServerReport {
  wire::Ipv4 server;
  model::Role role{};
  model::oracle::Report report;
};

struct PairFinding {  // of an invariant of the pair
  std::string invariant;
  std::uint64_t frame = 0;
  std::string text;
};

struct PairReport {
  std::vector<ServerReport> servers;
  std::vector<PairFinding> findings;
  std::vector<std::string> reasons;     // why nothing can be said of the pair
  std::vector<std::string> invariants;  // of the pair, those for which there was something to examine
  std::vector<wire::Ipv4> addresses;
};

std::vector<PairReport> judge(const Recording& recording, const Question& question);

model::oracle::Verdict verdict_of(const PairReport& report);
// The worst of them; INCONCLUSIVE of none.
model::oracle::Verdict verdict_of(const std::vector<PairReport>& reports);

}  // namespace twinlease::check
