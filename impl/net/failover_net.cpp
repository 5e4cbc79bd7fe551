#include "impl/net/failover_net.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <deque>

namespace twinlease::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct FailoverNet::Listener {
  explicit Listener(asio::io_context& context) : acceptor(context) {}
  tcp::acceptor acceptor;
};

struct FailoverNet::Connection {
  Connection(core::ConnectionId number, tcp::socket opened, bool from_stranger)
      : id(number), socket(std::move(opened)), stranger(from_stranger) {}
  core::ConnectionId id;
  tcp::socket socket;
  bool stranger;         // accepted from an address that is no partner's
  bool closing = false;  // when everything is written
  std::size_t unwritten = 0;
  std::deque<core::Bytes> queue;  // the first is being written
  std::array<std::uint8_t, 16384> buffer{};
};

namespace {

tcp::endpoint local_endpoint(const core::RelationshipConfig& r) {
  return {r.local_address.empty() ? asio::ip::address(asio::ip::address_v4::any())
                                  : asio::ip::make_address(r.local_address),
          r.local_port};
}

std::string text(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

}  // namespace

FailoverNet::FailoverNet(asio::io_context& context, OnInput on_input, NetCounters& counters)
    : context_(context), on_input_(std::move(on_input)), counters_(counters) {}
FailoverNet::~FailoverNet() = default;

void FailoverNet::configure(const std::vector<core::RelationshipConfig>& relationships,
                            std::size_t connections_max) {
  std::map<Endpoint, std::shared_ptr<Listener>> listeners;
  for (const core::RelationshipConfig& r : relationships) {
    try {
      const Endpoint endpoint = local_endpoint(r);
      if (const auto open = listeners_.find(endpoint); open != listeners_.end()) listeners.insert(*open);
      if (listeners.contains(endpoint)) continue;
      auto listener = std::make_shared<Listener>(context_);
      listener->acceptor.open(endpoint.protocol());
      listener->acceptor.set_option(tcp::acceptor::reuse_address(true));
      listener->acceptor.bind(endpoint);
      listener->acceptor.listen();
      listeners.emplace(endpoint, listener);
    } catch (const boost::system::system_error& error) {
      throw SocketError("relationship " + r.name + ": TCP " + r.local_address + " port " +
                        std::to_string(r.local_port) + ": " + error.code().message());
    }
  }
  for (const auto& [endpoint, listener] : listeners)
    if (!listeners_.contains(endpoint)) accept(listener);
  for (const auto& [endpoint, listener] : listeners_)
    if (!listeners.contains(endpoint)) listener->acceptor.close();
  listeners_ = std::move(listeners);
  relationships_ = relationships;
  connections_max_ = connections_max;
}

void FailoverNet::accept(const std::shared_ptr<Listener>& listener) {
  auto socket = std::make_shared<tcp::socket>(context_);
  listener->acceptor.async_accept(*socket, [this, listener, socket](const error_code& error) {
    if (!listener->acceptor.is_open()) return;
    error_code gone;
    const Endpoint from = error ? Endpoint() : socket->remote_endpoint(gone);
    if (!error && !gone) accepted(std::move(*socket), from);
    accept(listener);
  });
}

bool FailoverNet::is_partner(const asio::ip::address& address) const {
  return std::any_of(relationships_.begin(), relationships_.end(), [&](const core::RelationshipConfig& r) {
    error_code error;
    return asio::ip::make_address(r.partner_address, error) == address && !error;
  });
}

void FailoverNet::accepted(tcp::socket socket, const Endpoint& from) {
  const bool stranger = !is_partner(from.address());
  const auto strangers = std::count_if(connections_.begin(), connections_.end(),
                                       [](const auto& entry) { return entry.second->stranger; });
  if (stranger && static_cast<std::size_t>(strangers) >= connections_max_) {
    ++counters_.connections_refused;
    return;  // the socket closes with its owner
  }
  add(std::move(socket), {}, from, stranger);
}

void FailoverNet::connect(const core::Connect& wanted) {
  const auto r =
      std::find_if(relationships_.begin(), relationships_.end(),
                   [&](const core::RelationshipConfig& each) { return each.name == wanted.relationship; });
  if (r == relationships_.end()) return;  // removed in the meantime
  const auto failed = [this, name = r->name](const std::string& reason) {
    asio::post(context_, [this, name, reason] { on_input_(core::ConnectionFailed{name, reason}); });
  };
  error_code error;
  const asio::ip::address partner = asio::ip::make_address(r->partner_address, error);
  if (error) return failed("\"" + r->partner_address + "\" is no address");
  const Endpoint remote(partner, r->partner_port);
  auto socket = std::make_shared<tcp::socket>(context_);
  socket->open(remote.protocol(), error);
  if (!error && !r->local_address.empty()) socket->bind({local_endpoint(*r).address(), 0}, error);
  if (error) return failed("from " + r->local_address + ": " + error.message());
  socket->async_connect(remote, [this, socket, remote, name = r->name](const error_code& result) {
    if (result)
      on_input_(core::ConnectionFailed{name, text(remote) + ": " + result.message()});
    else
      add(std::move(*socket), name, remote, false);
  });
}

void FailoverNet::add(tcp::socket socket, std::string relationship, const Endpoint& remote, bool stranger) {
  error_code ignored;  // an option that cannot be set costs some delay, no more
  socket.set_option(tcp::no_delay(true), ignored);
  auto connection = std::make_shared<Connection>(++last_, std::move(socket), stranger);
  connections_.emplace(connection->id, connection);
  on_input_(core::ConnectionUp{connection->id, std::move(relationship), text(remote)});
  read(connection);
}

void FailoverNet::read(const std::shared_ptr<Connection>& connection) {
  connection->socket.async_read_some(
      asio::buffer(connection->buffer), [this, connection](const error_code& error, std::size_t size) {
        if (!connections_.contains(connection->id)) return;
        if (error)
          return drop(connection->id, error == asio::error::eof ? "the partner closed it" : error.message());
        on_input_(core::ConnectionOctets{connection->id, wire::Octets(connection->buffer).first(size)});
        if (connections_.contains(connection->id)) read(connection);
      });
}

void FailoverNet::send(core::SendOctets octets) {
  const auto found = connections_.find(octets.connection);
  if (found == connections_.end() || found->second->closing) return;
  const std::shared_ptr<Connection> connection = found->second;
  connection->unwritten += octets.octets.size();
  connection->queue.push_back(std::move(octets.octets));
  if (connection->unwritten > unwritten_max)  // not from within the core's own call
    return asio::post(context_, [this, id = connection->id] { drop(id, "the partner does not read"); });
  if (connection->queue.size() == 1) write(connection);
}

void FailoverNet::write(const std::shared_ptr<Connection>& connection) {
  asio::async_write(connection->socket, asio::buffer(connection->queue.front()),
                    [this, connection](const error_code& error, std::size_t) {
                      if (!connections_.contains(connection->id)) return;
                      if (error) return drop(connection->id, error.message());
                      connection->unwritten -= connection->queue.front().size();
                      connection->queue.pop_front();
                      if (!connection->queue.empty()) return write(connection);
                      if (connection->closing) drop(connection->id, "closed here");
                    });
}

void FailoverNet::close(const core::CloseConnection& wanted) {
  const auto found = connections_.find(wanted.connection);
  if (found == connections_.end()) return;
  found->second->closing = true;
  if (found->second->queue.empty())
    asio::post(context_, [this, id = wanted.connection] { drop(id, "closed here"); });
}

bool FailoverNet::all_written() const {
  return std::all_of(connections_.begin(), connections_.end(),
                     [](const auto& entry) { return entry.second->queue.empty(); });
}

void FailoverNet::drop(core::ConnectionId id, const std::string& reason) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const std::shared_ptr<Connection> connection = found->second;
  connections_.erase(found);
  error_code ignored;  // it is gone either way
  connection->socket.shutdown(tcp::socket::shutdown_both, ignored);
  connection->socket.close(ignored);
  on_input_(core::ConnectionDown{id, reason});
}

}  // namespace twinlease::net
