// The control socket: a Unix stream socket, one JSON object a line each way (docs/formats/control.md).
//
// Invariants:
//  1. Every request line gets one answer line: {"ok": true, ...} or {"ok": false, "error": "..."}.
//  2. A line longer than line_max, or more clients than clients_max, ends that client alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace twinlease::server {

// Answers one request; "ok" is put in by the socket. Throws ControlError to refuse.
using OnRequest = std::function<nlohmann::json(const nlohmann::json& request)>;

struct ControlError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ControlSocket {
 public:
  static constexpr std::size_t line_max = 1 << 20;
  static constexpr std::size_t clients_max = 32;
  static constexpr int version = 1;

  // A socket file that nobody listens on is replaced. Throws std::runtime_error: somebody does, or it cannot
  // be made. Only the owner and the group may connect (mode 0660).
  ControlSocket(boost::asio::io_context&, const std::string& path, OnRequest);
  ~ControlSocket();

 private:
  struct Client;
  void accept();
  void read(const std::shared_ptr<Client>&);
  void answer(const std::shared_ptr<Client>&, const std::string& line);

  std::string path_;
  OnRequest on_request_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::local::stream_protocol::socket next_;
  std::size_t clients_ = 0;
};

}  // namespace twinlease::server
