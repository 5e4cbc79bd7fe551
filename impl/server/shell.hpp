// The loop around the core: every input from sockets, store, timer and signals goes in with the time of that
// moment, and every output is carried out.
//
// Invariants:
//  1. The core runs on one thread, this one; the store's thread only posts.
//  2. What the core says in order on a connection leaves in that order.
//  3. The server ends with every batch that was submitted on disk, or says that it is not.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "impl/core/server.hpp"
#include "impl/net/dhcp_socket.hpp"
#include "impl/net/failover_net.hpp"
#include "impl/net/packet_socket.hpp"
#include "impl/net/prober.hpp"
#include "impl/server/control.hpp"
#include "impl/server/log.hpp"
#include "impl/server/settings.hpp"
#include "impl/store/store.hpp"

namespace twinlease::server {

class Shell {
 public:
  // Opens the ports. config_file: read again on SIGHUP. Throws net::SocketError.
  Shell(Settings, std::string config_file);
  ~Shell();

  // Serves from what the store has, until SIGTERM, SIGINT or the core's Stop. False: not everything could be
  // stored. storage_lost: there was another store, and nothing of it is left (9.3.2).
  bool run(store::Store&, std::vector<core::Record>, bool storage_lost);

 private:
  struct Link {  // a place where DHCP datagrams come from
    std::unique_ptr<net::DhcpSocket> plain;
    std::unique_ptr<net::PacketSocket> packet;
  };

  void open_links();
  void handle(const core::Input&);
  void perform(core::Outputs&&);
  nlohmann::json control(const nlohmann::json& request);
  core::Config config(core::Config) const;
  void send(const core::SendDhcp&);
  void arm();
  void wait_for_signal();
  void leave();
  void stop_when_written(const std::string& reason, int patience_ms = 2000);
  void reload();
  void stop(const std::string& reason);

  boost::asio::io_context context_;
  Settings settings_;
  std::string config_file_;
  Log log_;
  net::NetCounters counters_;
  std::vector<Link> links_;
  std::unique_ptr<net::Prober> prober_;
  net::FailoverNet failover_;
  std::unique_ptr<ControlSocket> control_;
  store::Store* store_ = nullptr;         // while run() runs
  std::unique_ptr<core::Server> server_;  // likewise
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer leaving_;  // how long the end may take
  bool ending_ = false;
  bool storage_lost_ = false;
  core::Milliseconds armed_for_ = core::never;
  boost::asio::signal_set signals_;
};

}  // namespace twinlease::server
