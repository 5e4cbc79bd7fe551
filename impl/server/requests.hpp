// What the control socket answers: commands of docs/formats/control.md on a server.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "impl/core/io.hpp"
#include "impl/core/server.hpp"

namespace twinlease::server {

// {"relationships": [...], "scopes": [...], "storage_failing": false}
nlohmann::json status_of(const core::Server&, core::Now);

// Answers a request. `give` hands an input to the server. Throws ControlError: no such command or
// relationship, or the server refused; its reason is what it said in the event.
nlohmann::json answer(const nlohmann::json& request, const core::Server&, core::Now,
                      const std::function<core::Outputs(const core::OperatorCommand&)>& give);

}  // namespace twinlease::server
