// What became of an exploration, for people and for programs (docs/formats/explore-json.md).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "property/explore/coverage.hpp"
#include "property/explore/liveness.hpp"

namespace twinlease::explore {

struct Part {  // one scope that was gone through
  Scope scope;
  Result result;
  double seconds = 0;
  std::vector<std::string> ladders;          // one for each finding
  std::optional<Liveness> liveness;          // if it was asked for
  bool liveness_too_large = false;           // asked for, and the memory does not do
  std::string service_ladder, pools_ladder;  // the ways to the nearest worlds without a way back
};

struct Report {
  std::string scope;
  std::vector<Part> parts;
  std::vector<Exemption> exemptions;

  bool broken() const;        // an invariant is
  bool stuck() const;         // there is a world without a way back
  bool whole() const;         // everything that was asked for was seen, and nothing was cut off
  Coverage coverage() const;  // by all parts together
};

std::string to_text(const Part&);    // several lines
std::string to_text(const Report&);  // the sum of the parts, the rows that were not taken
nlohmann::json to_json(const Report&);

}  // namespace twinlease::explore
