// What the targets start from: octets with a name, from four places.
//
//  1. encoded: written by the codec's own writers, each message type, option, dialect, batch and digest.
//  2. captured: every message and datagram of the captures in fuzz/captures.
//  3. corpus: fuzz/corpus/TARGET.hex, one input a line: what campaigns have found that 1 and 2 do not reach.
//  4. regressions: fuzz/regress/TARGET/NAME.hex, octets with comments: inputs that once broke something, or
//     are the edge of a rule.
//
// A capture or a hex file that cannot be read throws std::runtime_error or std::invalid_argument, with its
// name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::fuzz {

using wire::testing::Bytes;

struct Seed {
  std::string name;  // unique among the seeds of its target; a file name
  Bytes octets;
};
using Seeds = std::vector<Seed>;

Seeds encoded_seeds(std::string_view target);
Seeds server_scripts();  // those of server-inputs
Seeds captured_seeds(std::string_view target, const std::filesystem::path& captures);
// folder: fuzz/ of the source tree.
Seeds corpus_seeds(std::string_view target, const std::filesystem::path& folder);
Seeds regressions(std::string_view target, const std::filesystem::path& folder);
// All four.
Seeds all_seeds(std::string_view target, const std::filesystem::path& folder);

// The dictionary for libFuzzer of that name: failover or dhcp4. Codes, lengths and numbers of the protocol's
// tables.
std::string dictionary(std::string_view name);

}  // namespace twinlease::fuzz
