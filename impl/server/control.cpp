#include "impl/server/control.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <system_error>

namespace twinlease::server {
namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

struct ControlSocket::Client {
  Client(stream_protocol::socket opened, std::size_t& counter) : socket(std::move(opened)), count(counter) {
    ++count;
  }
  ~Client() { --count; }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  stream_protocol::socket socket;
  std::string unread, unwritten;
  std::size_t& count;
};

ControlSocket::ControlSocket(asio::io_context& context, const std::string& path, OnRequest on_request)
    : path_(path), on_request_(std::move(on_request)), acceptor_(context), next_(context) {
  const stream_protocol::endpoint endpoint(path);
  stream_protocol::socket somebody(context);
  error_code nobody;
  somebody.connect(endpoint, nobody);
  if (!nobody) throw std::runtime_error("control socket " + path + ": another server listens there");
  struct stat existing{};
  if (lstat(path.c_str(), &existing) == 0 && S_ISSOCK(existing.st_mode)) unlink(path.c_str());
  const mode_t mask = umask(0117);
  error_code error;
  acceptor_.open(endpoint.protocol());
  acceptor_.bind(endpoint, error);
  umask(mask);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw std::runtime_error("control socket " + path + ": " + error.message());
  accept();
}

ControlSocket::~ControlSocket() {
  unlink(path_.c_str());
}

void ControlSocket::accept() {
  acceptor_.async_accept(next_, [this](const error_code& error) {
    if (error == asio::error::operation_aborted) return;
    if (!error && clients_ < clients_max) read(std::make_shared<Client>(std::move(next_), clients_));
    next_ = stream_protocol::socket(acceptor_.get_executor());
    accept();
  });
}

void ControlSocket::read(const std::shared_ptr<Client>& client) {
  asio::async_read_until(client->socket, asio::dynamic_buffer(client->unread, line_max), '\n',
                         [this, client](const error_code& error, std::size_t size) {
                           if (error) return;  // closed, or the line is too long
                           const std::string line = client->unread.substr(0, size);
                           client->unread.erase(0, size);
                           answer(client, line);
                         });
}

void ControlSocket::answer(const std::shared_ptr<Client>& client, const std::string& line) {
  nlohmann::json reply;
  try {
    const nlohmann::json request = nlohmann::json::parse(line);
    if (request.value("version", 0) != version)
      throw ControlError("version " + std::to_string(version) + " is spoken here");
    reply = on_request_(request);
    reply["ok"] = true;
  } catch (const std::exception& error) {
    reply = {{"ok", false}, {"error", error.what()}};
  }
  client->unwritten = reply.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  asio::async_write(client->socket, asio::buffer(client->unwritten),
                    [this, client](const error_code& error, std::size_t) {
                      if (!error) read(client);
                    });
}

}  // namespace twinlease::server
