// UDP 67 by plain sockets: relays, and clients that have an address. One socket for each local address.
#pragma once

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>

#include "impl/net/sockets.hpp"

namespace twinlease::net {

class DhcpSocket {
 public:
  // number: what inputs and replies carry as `interface`. Throws SocketError.
  DhcpSocket(boost::asio::io_context&, std::uint32_t number, const std::string& address, std::uint16_t port,
             OnInput, NetCounters&);

  // To destination and port; false: the system would not take it.
  bool send(const core::SendDhcp&);

 private:
  void wait();
  void read();

  // Datagrams read in one go before other work gets its turn.
  static constexpr int burst = 64;

  std::uint32_t number_;
  core::Ipv4 local_;
  OnInput on_input_;
  NetCounters& counters_;
  boost::asio::ip::udp::socket socket_;
  std::array<std::uint8_t, 65536> buffer_{};
};

}  // namespace twinlease::net
