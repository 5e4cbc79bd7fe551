// Records for the tests of the store: generated ones, and their text, by which they are compared.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "impl/core/io.hpp"

namespace twinlease::store::testing {

// Every field of the record; equal texts are equal records.
std::string text_of(const core::Record&);
std::vector<std::string> texts_of(const std::vector<core::Record>&);

// Few addresses and names, so that records replace one another; values up to their bounds.
rc::Gen<core::Record> any_record();
// Batches numbered from 1, some of them empty.
rc::Gen<std::vector<core::StoreBatch>> any_batches();

// The lease that a test means when any will do.
core::Lease lease_at(std::uint32_t address, core::Seconds start_time_of_state_s);

}  // namespace twinlease::store::testing
