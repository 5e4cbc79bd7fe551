// Asks the network whether somebody has an address: one ICMP echo request (RFC 2131 2.2, RFC 792).
#pragma once

#include <array>
#include <boost/asio/ip/icmp.hpp>

#include "impl/net/sockets.hpp"

namespace twinlease::net {

class Prober {
 public:
  // Throws SocketError: no right to open such a socket.
  Prober(boost::asio::io_context&, OnInput);

  // An answer becomes a ProbeResult with in_use; silence is for the core to wait out.
  void send(const core::Probe&);

 private:
  void wait();
  void read();

  OnInput on_input_;
  boost::asio::ip::icmp::socket socket_;
  std::uint16_t identifier_;
  std::array<std::uint8_t, 1500> buffer_{};
};

}  // namespace twinlease::net
