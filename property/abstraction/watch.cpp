#include "property/abstraction/watch.hpp"

#include <utility>

#include "property/abstraction/doubt.hpp"

namespace twinlease::abstraction {

using namespace model::oracle;

namespace {
constexpr std::size_t kEarly = 64;
}

void Watch::observe(TimeMs seen_ms, std::uint64_t number, Body body, bool doubtful) {
  oracle_.observe({seen_ms, number, std::move(body), doubtful});
}

void Watch::message(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                    const wire::Message& message, const wire::Dialect& sender) {
  const bool handshake =
      message.type() == wire::MessageType::connect || message.type() == wire::MessageType::connectack;
  if (handshake) {
    const std::optional<Agreement> agreed = handshakes_[connection].add(message, sender);
    if (agreed) connected(seen_ms, number, connection, from, *agreed);
    return;
  }
  if (left_.contains(connection)) return;
  std::optional<Body> body =
      from == Side::partner ? heard_in(message, sender, seen_ms) : seen_in(message, sender, from, seen_ms);
  if (current_ != connection) {
    if (all_seen_ || handshakes_.contains(connection))
      return early(seen_ms, number, connection, from, std::move(body));
    current_ = connection;
    connected_once_ = true;
    observe(seen_ms, number, ConnectionUp{});
    observe(seen_ms, number, Gap{});
  }
  const bool doubtful = from == Side::partner && is_doubtful(message, sender);
  if (body) observe(seen_ms, number, *std::move(body), doubtful);
}

void Watch::connected(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                      const Agreement& agreed) {
  const bool again = current_ == connection;
  if (current_ && !again) left_.insert(*current_);
  current_ = connection;
  connected_once_ = true;
  const auto window = role_ == model::Role::primary ? agreed.window_of_secondary : agreed.window_of_primary;
  observe(seen_ms, number, ConnectionUp{agreed.mclt, window},
          again || (from == Side::partner && agreed.doubtful));
  for (Early& one : early_[connection]) observe(seen_ms, one.number, std::move(one.body), true);
  early_.erase(connection);
}

void Watch::early(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                  std::optional<Body> body) {
  std::vector<Early>& early = early_[connection];
  if (from != Side::partner || !body) return;
  if (const auto* request = std::get_if<Requested>(&*body))
    observe(seen_ms, number, RequestedElsewhere{request->xid});
  if (early.size() < kEarly) early.push_back({number, *std::move(body)});
}

void Watch::unreadable(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                       wire::Octets octets) {
  if (left_.contains(connection)) return;
  if (from == Side::endpoint) return missing(seen_ms, number);
  Unreadable body;
  const std::optional<wire::Header> header = wire::read_header(octets);
  if (header && header->type == wire::MessageType::bndupd) body.update = header->xid;
  if (current_ == connection) return observe(seen_ms, number, body);
  handshakes_[connection];
  early(seen_ms, number, connection, from, body);
}

void Watch::ended(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection) {
  handshakes_.erase(connection);
  early_.erase(connection);
  left_.insert(connection);
  if (current_ != connection) return;
  current_.reset();
  observe(seen_ms, number, ConnectionDown{});
}

void Watch::missing(TimeMs seen_ms, std::uint64_t number) {
  observe(seen_ms, number, Gap{});
}

}  // namespace twinlease::abstraction
