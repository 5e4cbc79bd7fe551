// Worlds, steps and messages as lines that a person can read, and that a script can be compared with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/explore/world.hpp"

namespace twinlease::model::explore {

// Times are relative to `now`: "+2", "0", "-1"; "-" where there is none.
std::string relative(Seconds time, Seconds now);

// As a command of a script: "discover secondary client=1 address=0" (docs/formats/fo.md). `choice` is written
// only if it is not 0.
std::string to_text(const Step&);
std::optional<Step> parse_step(std::string_view);

std::string to_text(const Message&, Seconds now);
std::string to_text(const Binding&, Seconds now);
std::string to_text(const World&);  // several lines

std::string_view name(Side);                // "primary", "secondary"
std::string_view to_string(BindingStatus);  // "FREE"

}  // namespace twinlease::model::explore
