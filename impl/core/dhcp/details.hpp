// What of a client's message is kept with its lease, for the partner and for listings. (7.1.1, 12.7, 12.8)
#pragma once

#include <cstdint>
#include <memory>

#include "impl/core/dhcp/request.hpp"
#include "impl/core/lease.hpp"

namespace twinlease::core {

// before: those of the binding so far; null: none. What only a relay or the first message can say stays known
// when the client renews by itself. Null: nothing to keep; `before`: nothing new.
std::shared_ptr<const LeaseDetails> details_of(const Request&, std::int64_t lease_s,
                                               const std::shared_ptr<const LeaseDetails>& before);

}  // namespace twinlease::core
