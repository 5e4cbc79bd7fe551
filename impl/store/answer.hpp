// What a store says about batches.
#pragma once

#include <variant>

#include "impl/core/io.hpp"

namespace twinlease::store {

using Answer = std::variant<core::Stored, core::StoreFailed>;

}  // namespace twinlease::store
