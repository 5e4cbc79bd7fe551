#include "property/abstraction/watch.hpp"

#include <utility>

namespace twinlease::abstraction {

using namespace model::oracle;

namespace {
constexpr std::size_t kEarly = 64;
}

void Watch::observe(TimeMs seen_ms, std::uint64_t number, Body body) {
  oracle_.observe({seen_ms, number, std::move(body)});
}

void Watch::message(TimeMs seen_ms, std::uint64_t number, std::uint32_t connection, Side from,
                    const wire::Message& message, const wire::Dialect& sender) {
  const bool handshake =
      message.type() == wire::MessageType::connect || message.type() == wire::MessageType::connectack;
  if (handshake) {
    const std::optional<Agreement> agreed = handshakes_[connection].add(message, sender);
    if (!agreed) return;
    if (current_ && *current_ != connection) left_.insert(*current_);
    current_ = connection;
    connected_once_ = true;
    observe(seen_ms, number,
            ConnectionUp{agreed->mclt, role_ == model::Role::primary ? agreed->window_of_secondary
                                                                     : agreed->window_of_primary});
    for (Early& early : early_[connection]) observe(seen_ms, early.number, std::move(early.body));
    early_.erase(connection);
    return;
  }
  if (left_.contains(connection)) return;
  if (current_ != connection) {
    if (handshakes_.contains(connection)) {
      std::vector<Early>& early = early_[connection];
      std::optional<Body> body = seen_in(message, sender, from, seen_ms);
      if (from == Side::partner && body && early.size() < kEarly) early.push_back({number, *std::move(body)});
      return;
    }
    current_ = connection;
    connected_once_ = true;
    observe(seen_ms, number, ConnectionUp{});
    observe(seen_ms, number, Gap{});
  }
  if (std::optional<Body> body = seen_in(message, sender, from, seen_ms))
    observe(seen_ms, number, *std::move(body));
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
