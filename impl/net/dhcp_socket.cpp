#include "impl/net/dhcp_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

namespace twinlease::net {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

core::Ipv4 ipv4(const asio::ip::address& address) {
  return {address.to_v4().to_uint()};
}

}  // namespace

DhcpSocket::DhcpSocket(asio::io_context& context, std::uint32_t number, const std::string& address,
                       std::uint16_t port, OnInput on_input, NetCounters& counters)
    : number_(number), on_input_(std::move(on_input)), counters_(counters), socket_(context) {
  try {
    const udp::endpoint endpoint(asio::ip::make_address_v4(address), port);
    local_ = ipv4(endpoint.address());
    socket_.open(udp::v4());
    socket_.set_option(udp::socket::reuse_address(true));
    socket_.set_option(asio::socket_base::broadcast(true));
    socket_.set_option(asio::socket_base::receive_buffer_size(4 << 20));
    socket_.bind(endpoint);
    socket_.non_blocking(true);
  } catch (const boost::system::system_error& error) {
    throw SocketError("UDP " + address + " port " + std::to_string(port) + ": " + error.code().message());
  }
  wait();
}

void DhcpSocket::wait() {
  socket_.async_wait(udp::socket::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;  // the socket is closed
    read();
    wait();
  });
}

void DhcpSocket::read() {
  for (int i = 0; i < burst; ++i) {
    udp::endpoint from;
    boost::system::error_code error;
    const std::size_t size = socket_.receive_from(asio::buffer(buffer_), from, 0, error);
    if (error == asio::error::connection_refused) continue;  // an earlier reply met a closed port
    if (error) return;
    ++counters_.dhcp_received;
    on_input_(core::DhcpPacket{.interface = number_,
                               .local = local_,
                               .source = ipv4(from.address()),
                               .source_port = from.port(),
                               .destination = local_,
                               .payload = wire::Octets(buffer_).first(size)});
  }
}

bool DhcpSocket::send(const core::SendDhcp& reply) {
  const udp::endpoint to(asio::ip::address_v4(reply.destination.value), reply.port);
  boost::system::error_code error;
  socket_.send_to(asio::buffer(reply.payload), to, 0, error);
  return !error;
}

}  // namespace twinlease::net
