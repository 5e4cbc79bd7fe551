#include "impl/core/failover/strangers.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "impl/wire/dialect_detect.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::core {

namespace {

std::string_view name_in(const wire::Message& connect) {
  const auto option = connect.options().find(wire::OptionCode::relationship_name);
  return option ? wire::as_text(option->value) : std::string_view();
}

}  // namespace

bool same_name(std::string_view configured, std::string_view received) {
  if (received.ends_with('\0')) received.remove_suffix(1);
  return configured == received;
}

void Strangers::close(ConnectionId connection) {
  waiting_.erase(connection);
  ledger_->journal().say(CloseConnection{connection});
}

void Strangers::up(const ConnectionUp& up, Milliseconds for_ms) {
  if (waiting_.size() >= most) close(waiting_.begin()->first);
  waiting_.try_emplace(up.connection, Waiting{up.remote_address, ledger_->now().monotonic_ms + for_ms, {}});
}

Octets Strangers::receive(ConnectionId connection, Octets octets,
                          const std::function<void(const Introduction&)>& introduce) {
  const auto found = waiting_.find(connection);
  if (found == waiting_.end()) return octets;
  const auto next = found->second.framer.next(octets);
  if (!next) return {};
  if (const auto* message_octets = std::get_if<Octets>(&*next)) {
    const auto decoded = wire::decode(*message_octets);
    const auto* message = std::get_if<wire::Message>(&decoded);
    if (message != nullptr && message->type() == wire::MessageType::connect) {
      const auto node = waiting_.extract(found);  // keeps the octets of the message where they are
      const Waiting& its = node.mapped();
      introduce({connection, its.remote_address, its.framer, message, name_in(*message)});
      return octets;
    }
  }
  close(connection);
  return {};
}

void Strangers::reject(const Introduction& introduction, wire::RejectReason reason) {
  const wire::Dialect* found = wire::detect_dialect(*introduction.connect);
  const wire::Dialect& dialect = found != nullptr ? *found : wire::draft_12;
  const Seconds now_s =
      std::clamp<Seconds>(ledger_->now().wall_s, 0, std::numeric_limits<std::uint32_t>::max());
  wire::Errors errors;
  const wire::Connect connect = wire::read_connect(*introduction.connect, dialect, errors);
  wire::ConnectAck ack;
  ack.relationship_name = introduction.relationship;
  ack.protocol_version = wire::protocol_version_current;
  if (connect.tls_request) ack.tls_reply = 0;
  ack.reject_reason = static_cast<std::uint8_t>(reason);
  ack.message = wire::name(reason);
  std::array<std::uint8_t, wire::message_length_max> buffer;
  wire::MessageWriter writer(buffer, wire::MessageType::connectack, static_cast<std::uint32_t>(now_s),
                             introduction.connect->xid(), dialect);
  wire::write(writer, ack);
  const auto written = writer.finish();
  // A name that fills a message leaves no room for an answer.
  if (const auto* out = std::get_if<std::span<std::uint8_t>>(&written))
    ledger_->journal().say(SendOctets{introduction.connection, Bytes(out->begin(), out->end())});
  ledger_->journal().say(CloseConnection{introduction.connection});
  ledger_->journal().tell(
      Event{EventId::connect_rejected_by_us,
            Level::warning,
            {},
            "CONNECT from " + introduction.remote_address + " refused: " + std::string(wire::name(reason))});
}

void Strangers::on_tick() {
  const Milliseconds now_ms = ledger_->now().monotonic_ms;
  std::vector<ConnectionId> over;
  for (const auto& [connection, waiting] : waiting_)
    if (waiting.until_ms <= now_ms) over.push_back(connection);
  for (const ConnectionId connection : over) close(connection);
}

Milliseconds Strangers::next_deadline() const {
  Milliseconds due_ms = never;
  for (const auto& [connection, waiting] : waiting_) due_ms = std::min(due_ms, waiting.until_ms);
  return due_ms;
}

}  // namespace twinlease::core
