// A record as a binding update transaction of a BNDUPD, and back. (7.1, Table 7.1-1, 5.13, MS-DHCPF 3.1.4.2,
// C33)
//
// What a record holds beyond the draft's options is not sent. Times go out on this server's clock and come in
// converted to it (5.10); 0 is a time that is missing, 0xffffffff one without end.
#pragma once

#include <optional>
#include <vector>

#include "impl/core/config.hpp"
#include "impl/core/failover/outbox.hpp"
#include "impl/core/lease.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::core {

struct TransactionContext {
  const wire::Dialect* dialect = nullptr;
  Role sender = Role::primary;
  const Scope* scope = nullptr;  // of the address; needed where the dialect speaks of subnets
};

// The octets of the transaction. Client options that make it too long for a message are left out.
// Precondition: potential_expiration_sent_s of an ACTIVE lease is the time to send.
std::vector<std::uint8_t> encode_transaction(const Lease&, const TransactionContext&);

// Octets of a BNDUPD that transactions may fill: header and digest need the rest.
inline constexpr std::size_t transactions_octets_max =
    wire::message_length_max - wire::fixed_header_octets - 64;

// The lease that an update describes, potential-expiration-time as potential_expiration_received_s. none: it
// lacks what a receiver cannot do without, or a value means nothing. own: the record of the address,
// by which a dialect's status may have to be understood.
std::optional<Lease> decode_transaction(const wire::BindingUpdate&, const wire::Dialect&,
                                        Seconds partner_clock_s, const Lease& own);

}  // namespace twinlease::core
