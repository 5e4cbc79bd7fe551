// What this server says to a client, and where it sends it. (RFC 2131 4.1, 4.3, table 3; RFC 951, RFC 3046,
// RFC 6842)
#pragma once

#include <cstdint>
#include <string_view>

#include "impl/core/config.hpp"
#include "impl/core/dhcp/request.hpp"
#include "impl/core/io.hpp"

namespace twinlease::core {

// T1 and T2 as fractions of the lease (RFC 2131 4.4.5).
constexpr std::int64_t renewal_s(std::int64_t lease_s) {
  return lease_s / 2;
}
constexpr std::int64_t rebinding_s(std::int64_t lease_s) {
  return lease_s * 7 / 8;
}

// The settings that apply: those of the reservation before those of the scope before the server's.
struct Settings {
  const Config& config;
  const Scope& scope;
  const Reservation* reservation = nullptr;
};

SendDhcp offer(const Request&, const Settings&, Ipv4 address, std::int64_t lease_s);
SendDhcp ack(const Request&, const Settings&, Ipv4 address, std::int64_t lease_s);
SendDhcp ack_inform(const Request&, const Settings&);
SendDhcp bootp_reply(const Request&, const Settings&, Ipv4 address);
SendDhcp nak(const Request&, std::string_view why);

}  // namespace twinlease::core
