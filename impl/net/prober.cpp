#include "impl/net/prober.hpp"

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

namespace twinlease::net {
namespace {

namespace asio = boost::asio;
using asio::ip::icmp;

constexpr std::uint8_t echo_reply = 0, echo_request = 8;

}  // namespace

Prober::Prober(asio::io_context& context, OnInput on_input)
    : on_input_(std::move(on_input)), socket_(context), identifier_(static_cast<std::uint16_t>(getpid())) {
  try {
    socket_.open(icmp::v4());
    socket_.non_blocking(true);
  } catch (const boost::system::system_error& error) {
    throw SocketError("ICMP, for the conflict probe (probe_ms = 0 turns it off): " + error.code().message());
  }
  wait();
}

void Prober::send(const core::Probe& probe) {
  std::array<std::uint8_t, 8> request{};
  wire::OctetWriter out(request);
  out.u16(echo_request << 8);
  out.u16(static_cast<std::uint16_t>(
      ~((echo_request << 8) + identifier_ + ((echo_request << 8) + identifier_ > 0xffff))));
  out.u16(identifier_);
  out.u16(0);
  boost::system::error_code unreachable;  // then nobody has it, and the core's wait runs out
  socket_.send_to(asio::buffer(request), icmp::endpoint(asio::ip::address_v4(probe.address.value), 0), 0,
                  unreachable);
}

void Prober::wait() {
  socket_.async_wait(icmp::socket::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    read();
    wait();
  });
}

void Prober::read() {
  for (;;) {
    icmp::endpoint from;
    boost::system::error_code error;
    const std::size_t size = socket_.receive_from(asio::buffer(buffer_), from, 0, error);
    if (error) return;
    const wire::Octets ip = wire::Octets(buffer_).first(size);
    const std::size_t header = size == 0 ? 0 : std::size_t{ip[0] & 0x0fU} * 4;
    if (size < header + 8 || ip[header] != echo_reply || wire::load_u16(ip, header + 4) != identifier_)
      continue;
    on_input_(core::ProbeResult{{from.address().to_v4().to_uint()}, true});
  }
}

}  // namespace twinlease::net
