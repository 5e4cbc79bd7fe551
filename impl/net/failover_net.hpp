// TCP 647: listens for partners, connects to them, and carries octets. What they mean is the core's business.
//
// Invariants:
//  1. A connection from an address that is no partner's counts against connections_max; beyond that it is
//  closed at
//     once, so that strangers never keep a partner out.
//  2. What waits to be written on a connection is bounded; beyond that the connection is closed and reported
//  down.
//  3. Every ConnectionUp is followed by one ConnectionDown; nothing is reported of a connection afterwards.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "impl/core/config.hpp"
#include "impl/net/sockets.hpp"

namespace twinlease::net {

class FailoverNet {
 public:
  static constexpr std::size_t unwritten_max = 4 << 20;  // octets

  FailoverNet(boost::asio::io_context&, OnInput, NetCounters&);
  ~FailoverNet();

  // Listens where these relationships say, and no longer where earlier ones said. Throws SocketError, and
  // listens as before then.
  void configure(const std::vector<core::RelationshipConfig>&, std::size_t connections_max);

  void connect(const core::Connect&);
  void send(core::SendOctets);
  void close(const core::CloseConnection&);  // once everything sent before is written
  bool all_written() const;                  // nothing that was to be sent waits for the network
  std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection;
  struct Listener;
  using Endpoint = boost::asio::ip::tcp::endpoint;

  void accept(const std::shared_ptr<Listener>&);
  void accepted(boost::asio::ip::tcp::socket, const Endpoint& from);
  bool is_partner(const boost::asio::ip::address&) const;
  void add(boost::asio::ip::tcp::socket, std::string relationship, const Endpoint& remote, bool stranger);
  void read(const std::shared_ptr<Connection>&);
  void write(const std::shared_ptr<Connection>&);
  void drop(core::ConnectionId, const std::string& reason);

  boost::asio::io_context& context_;
  OnInput on_input_;
  NetCounters& counters_;
  std::size_t connections_max_ = 0;
  std::vector<core::RelationshipConfig> relationships_;
  std::map<Endpoint, std::shared_ptr<Listener>> listeners_;
  std::map<core::ConnectionId, std::shared_ptr<Connection>> connections_;
  core::ConnectionId last_ = 0;
};

}  // namespace twinlease::net
