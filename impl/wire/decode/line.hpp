// A record as one line for people, in fixed columns, so that a person can read a capture down.
#pragma once

#include <string>

#include "impl/wire/decode/record.hpp"

namespace twinlease::capture {

// The columns' names.
std::string line_heading();
// Without the newline. Printable ASCII only: safe on a terminal, whatever the network sent.
std::string to_line(const Record&);

}  // namespace twinlease::capture
