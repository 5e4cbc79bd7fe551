// Which dialect a server speaks, told from what it sends.
#pragma once

#include "impl/wire/dialect.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::wire {

// The dialect of the sender of one message; nullptr: this message does not tell, whatever was known stays.
//
//   CONNECT, CONNECTACK   vendor-class-identifier with "isc" in it    isc
//                         payload offset 8                            microsoft
//                         neither                                     draft-12
//   BNDUPD                an option of MS-DHCPF from 33 on            microsoft
//   anything else                                                     -
//
// infoblox is never the answer: its servers announce themselves as what they were made from. It has to be
// configured.
const Dialect* detect_dialect(const Message& message) noexcept;

}  // namespace twinlease::wire
