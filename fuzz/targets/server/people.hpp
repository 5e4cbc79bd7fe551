// Who speaks to the server of server-inputs: a handful of clients, and a partner that knows the secret.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "fuzz/targets/server/steps.hpp"
#include "impl/core/failover/authentication.hpp"
#include "impl/core/io.hpp"
#include "impl/wire/dhcp4.hpp"

namespace twinlease::fuzz {

inline constexpr wire::Ipv4 shared_subnet{0x0a4d0100}, unshared_subnet{0x0a4d0200};  // 10.77.1.0, 10.77.2.0

class Clients {
 public:
  // The packet of a step `client`; its payload is valid until the next call.
  core::DhcpPacket packet(Octets body);
  // A reply that the server sent: a client asks next for what it was offered.
  void heard(const wire::dhcp4::Message& reply);

 private:
  static constexpr std::size_t count = 8;
  std::array<std::uint8_t, 1472> buffer_{};
  std::array<wire::Ipv4, count> own_{};  // as last offered or leased
};

class Partner {
 public:
  explicit Partner(const core::RelationshipConfig& config);

  // The message of a step `message`, with a right length and, where it can be, a right digest. Empty: it has
  // no room.
  core::Bytes message(Octets body, core::Seconds now_s) const;
  // The BNDACK of a step `acknowledge`. Empty: no BNDUPD waits for one.
  core::Bytes acknowledgement(Octets body, core::Seconds now_s);
  void heard(const wire::Message&);

  // Whether what the server says is as the secret wants it.
  bool is_authentic(const wire::Message& message) const;

 private:
  template <class Put>
  core::Bytes written(wire::MessageType, std::uint32_t xid, core::Seconds time_s, bool with_digest,
                      Put put) const;

  const wire::Dialect* dialect_;
  core::Authentication authentication_;
  std::map<wire::MessageType, std::uint32_t> asked_;  // the xid of the server's last message of a type
  std::deque<core::Bytes> updates_;                   // BNDUPDs that were not answered, the oldest first
};

}  // namespace twinlease::fuzz
