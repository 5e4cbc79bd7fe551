// Addresses and clients as people read them, for events and the audit log.
#pragma once

#include <string>

#include "impl/core/lease.hpp"

namespace twinlease::core {

std::string dotted(Ipv4);           // "10.77.1.1"
std::string in_hex(const Client&);  // the identifier, else the hardware address: "020000000001"

}  // namespace twinlease::core
