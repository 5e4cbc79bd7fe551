// A run as a script that can be read, kept and gone through again: docs/formats/fo.md.
#pragma once

#include <string>
#include <string_view>

#include "property/explore/counterexample.hpp"

namespace twinlease::explore {

std::string script(const Scope&, const Finding&, const Run&);

// Goes through the commands of a script again, from the first world of its scope, and gives it back with what
// came out now as expected output: a script that still holds comes back as it was. Throws std::runtime_error
// with the line that is no command, or that is not possible there.
std::string replay(std::string_view script);

}  // namespace twinlease::explore
