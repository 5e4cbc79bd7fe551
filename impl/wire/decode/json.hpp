// A record as one line of the JSON-lines format, version 1: docs/formats/decode-json.md.
#pragma once

#include <string>

#include "impl/wire/decode/record.hpp"

namespace twinlease::capture {

inline constexpr int json_format_version = 1;

// Without the newline. ASCII only: safe on a terminal, whatever the network sent.
std::string to_json(const Record&);

}  // namespace twinlease::capture
