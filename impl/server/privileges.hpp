// Becomes another user for good, once what needs root is done.
#pragma once

#include <string>

namespace twinlease::server {

// Throws std::runtime_error: no such user, or no right to become it. Nothing for an empty name.
void become(const std::string& user);

}  // namespace twinlease::server
