// UDP 67 by a packet socket on one Ethernet interface: clients on the same link, which have no address yet
// and send to 255.255.255.255. What is addressed to the interface's own address is left to its DhcpSocket.
#pragma once

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>

#include "impl/net/sockets.hpp"
#include "impl/net/udp_frame.hpp"

namespace twinlease::net {

class PacketSocket {
 public:
  // Throws SocketError: no such interface, no IPv4 address on it, or no right to open such a socket.
  PacketSocket(boost::asio::io_context&, std::uint32_t number, const std::string& interface,
               std::uint16_t port, OnInput, NetCounters&);

  // To reply.hardware, or to everybody on the link.
  bool send(const core::SendDhcp&);

  core::Ipv4 local() const { return local_; }  // the interface's first address
  int index() const { return index_; }

 private:
  void wait();
  void read();

  static constexpr int burst = 64;

  std::uint32_t number_;
  std::uint16_t port_;
  OnInput on_input_;
  NetCounters& counters_;
  boost::asio::posix::stream_descriptor socket_;
  int index_ = 0;
  MacAddress mac_{};
  core::Ipv4 local_;
  std::array<std::uint8_t, 65536> buffer_{};
};

}  // namespace twinlease::net
