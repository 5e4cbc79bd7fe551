#include "impl/net/packet_socket.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace twinlease::net {
namespace {

[[noreturn]] void fail(const std::string& interface, const std::string& what, int error) {
  throw SocketError("interface " + interface + ": " + what + ": " + std::generic_category().message(error));
}

ifreq ask(int socket, const std::string& interface, unsigned long request, const std::string& what) {
  ifreq question{};
  interface.copy(question.ifr_name, IFNAMSIZ - 1);
  if (ioctl(socket, request, &question) != 0) fail(interface, what, errno);
  return question;
}

// Takes whole IPv4 datagrams of UDP to that port, and no others (the kernel drops what nobody would read).
void filter(int socket, const std::string& interface, std::uint16_t port) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 0, 8),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 6),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const sock_fprog all{static_cast<unsigned short>(std::size(program)), program};
  if (setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof all) != 0)
    fail(interface, "filter", errno);
}

}  // namespace

PacketSocket::PacketSocket(boost::asio::io_context& context, std::uint32_t number,
                           const std::string& interface, std::uint16_t port, OnInput on_input,
                           NetCounters& counters)
    : number_(number), port_(port), on_input_(std::move(on_input)), counters_(counters), socket_(context) {
  const int opened = ::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP));
  if (opened < 0) fail(interface, "packet socket", errno);
  socket_.assign(opened);
  index_ = ask(opened, interface, SIOCGIFINDEX, "no such interface").ifr_ifindex;
  const ifreq hardware = ask(opened, interface, SIOCGIFHWADDR, "hardware address");
  std::memcpy(mac_.data(), hardware.ifr_hwaddr.sa_data, mac_.size());
  {
    const int plain = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (plain < 0) fail(interface, "socket", errno);
    const boost::asio::posix::stream_descriptor owner(context, plain);
    const ifreq address = ask(plain, interface, SIOCGIFADDR, "it has no IPv4 address");
    sockaddr_in in{};
    std::memcpy(&in, &address.ifr_addr, sizeof in);
    local_ = {ntohl(in.sin_addr.s_addr)};
  }
  filter(opened, interface, port);
  sockaddr_ll here{};
  here.sll_family = AF_PACKET;
  here.sll_protocol = htons(ETH_P_IP);
  here.sll_ifindex = index_;
  if (bind(opened, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0)
    fail(interface, "bind", errno);
  wait();
}

void PacketSocket::wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;
                       read();
                       wait();
                     });
}

void PacketSocket::read() {
  for (int i = 0; i < burst; ++i) {
    sockaddr_ll from{};
    socklen_t size_of_from = sizeof from;
    const ssize_t size = recvfrom(socket_.native_handle(), buffer_.data(), buffer_.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &size_of_from);
    if (size < 0) return;
    if (from.sll_pkttype == PACKET_OUTGOING) continue;
    const auto frame = read_frame(wire::Octets(buffer_).first(static_cast<std::size_t>(size)));
    if (!frame || frame->destination != core::Ipv4{UINT32_MAX}) continue;
    ++counters_.dhcp_received;
    on_input_(core::DhcpPacket{.interface = number_,
                               .local = local_,
                               .source = frame->source,
                               .source_port = frame->source_port,
                               .destination = frame->destination,
                               .payload = frame->payload});
  }
}

bool PacketSocket::send(const core::SendDhcp& reply) {
  UdpFrame frame{.source_mac = mac_,
                 .destination_mac = broadcast_mac,
                 .source = local_,
                 .destination = reply.destination,
                 .source_port = port_,
                 .destination_port = reply.port,
                 .payload = reply.payload};
  if (reply.hardware.type == 1 && reply.hardware.size == frame.destination_mac.size())
    std::copy_n(reply.hardware.octets.begin(), frame.destination_mac.size(), frame.destination_mac.begin());
  const auto octets = write_frame(frame);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = index_;
  to.sll_halen = ETH_ALEN;
  std::copy(frame.destination_mac.begin(), frame.destination_mac.end(), to.sll_addr);
  return sendto(socket_.native_handle(), octets.data(), octets.size(), 0,
                reinterpret_cast<const sockaddr*>(&to), sizeof to) == static_cast<ssize_t>(octets.size());
}

}  // namespace twinlease::net
