// The verdict for people, for programs, and as an exit code.
#pragma once

#include <string>
#include <vector>

#include "property/check/judge.hpp"

namespace twinlease::check {

enum Exit : int {
  clean = 0,
  broken = 1,
  incomplete = 2,
  usage = 4,
  safety = 10,
  liveness = 11,
  our_error = 70
};

std::string to_text(const std::vector<PairReport>& reports);
std::string to_json(const std::vector<PairReport>& reports);  // docs/formats/check-json.md
int exit_code(const std::vector<PairReport>& reports);        // docs/formats/exit-codes.md

}  // namespace twinlease::check
