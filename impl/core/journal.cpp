#include "impl/core/journal.hpp"

#include <algorithm>

namespace twinlease::core {
namespace {

std::optional<ConnectionId> connection_of(const Output& output) {
  if (const auto* octets = std::get_if<SendOctets>(&output)) return octets->connection;
  if (const auto* close = std::get_if<CloseConnection>(&output)) return close->connection;
  return std::nullopt;
}

}  // namespace

void Journal::say(SendDhcp reply) {
  said_.push_back({std::move(reply), After::own_batch});
}
void Journal::repeat(SendDhcp reply) {
  said_.push_back({std::move(reply), After::every_batch});
}
void Journal::say(SendOctets octets) {
  said_.push_back({std::move(octets), After::every_batch});
}
void Journal::say(CloseConnection close) {
  said_.push_back({close, After::every_batch});
}
void Journal::say(Stop stop) {
  said_.push_back({std::move(stop), After::every_batch});
}

void Journal::seal(Now now, Outputs& outputs) {
  const bool stored = !records_.empty();
  if (stored) outputs.emplace_back(StoreBatch{++batch_, std::exchange(records_, {})});
  for (Said& said : said_) {
    const bool waits = said.after == After::own_batch ? stored : batch_ > durable_;
    if (waits)
      wait(std::move(said.output), now.monotonic_ms);
    else
      outputs.push_back(std::move(said.output));
  }
  said_.clear();
  std::move(at_once_.begin(), at_once_.end(), std::back_inserter(outputs));
  at_once_.clear();
}

void Journal::wait(Output&& output, Milliseconds since_ms) {
  const auto connection = connection_of(output);
  if (connection && std::find(overflowed_.begin(), overflowed_.end(), *connection) != overflowed_.end())
    return;
  if (waiting_.size() < waiting_max) {
    waiting_.push_back({batch_, since_ms, std::move(output)});
  } else if (connection) {
    overflowed_.push_back(*connection);
    forget(*connection);
  }
}

void Journal::stored(std::uint64_t batch, Now now, Outputs& outputs) {
  failing_ = false;
  durable_ = std::max(durable_, batch);
  for (; !waiting_.empty() && waiting_.front().batch <= durable_; waiting_.pop_front()) {
    Waiting& front = waiting_.front();
    const bool stale =
        std::holds_alternative<SendDhcp>(front.output) && now.monotonic_ms - front.since_ms > reply_wait_ms;
    if (!stale) outputs.push_back(std::move(front.output));
  }
}

void Journal::forget(ConnectionId connection) {
  std::erase_if(waiting_, [connection](const Waiting& w) { return connection_of(w.output) == connection; });
}

}  // namespace twinlease::core
