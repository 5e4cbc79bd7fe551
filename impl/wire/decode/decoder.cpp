#include "impl/wire/decode/decoder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "impl/wire/dialect_detect.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::capture {

namespace {

bool any_port(const std::vector<std::uint16_t>& ports, const Endpoint& a, const Endpoint& b) noexcept {
  return std::any_of(ports.begin(), ports.end(),
                     [&](std::uint16_t port) { return port == a.port || port == b.port; });
}

// Options that stand twice, or in the wrong place: what the typed views find beyond single values.
wire::Errors option_errors(const wire::Message& message, const wire::Dialect& dialect) noexcept {
  using wire::MessageType;
  wire::Errors errors;
  switch (message.type()) {
    case MessageType::connect: wire::read_connect(message, dialect, errors); break;
    case MessageType::connectack: wire::read_connectack(message, dialect, errors); break;
    case MessageType::state: wire::read_state(message, dialect, errors); break;
    case MessageType::poolresp: wire::read_poolresp(message, dialect, errors); break;
    case MessageType::disconnect: wire::read_disconnect(message, dialect, errors); break;
    case MessageType::bndack:
      for (const wire::OptionRange& transaction : message.transactions())
        wire::read_binding_ack(transaction, dialect, errors);
      break;
    case MessageType::bndupd:
      wire::check_leading(message, dialect, errors);
      for (const wire::OptionRange& transaction : message.transactions())
        wire::read_binding_update(transaction, dialect, errors);
      break;
    default: break;
  }
  return errors;
}

}  // namespace

Decoder::Decoder(DecoderOptions options, Sink sink) : options_(std::move(options)), sink_(std::move(sink)) {}

bool Decoder::is_failover(const Endpoint& a, const Endpoint& b) const noexcept {
  return any_port(options_.failover_ports, a, b);
}
bool Decoder::is_dhcp(const Endpoint& a, const Endpoint& b) const noexcept {
  return any_port(options_.dhcp_ports, a, b);
}

void Decoder::add(const Frame& frame, const Packet& packet) {
  last_frame_ = frame.number;
  last_time_ns_ = frame.time_ns;
  if (const TcpSegment* segment = std::get_if<TcpSegment>(&packet)) {
    if (is_failover(segment->source, segment->destination)) add_segment(frame, *segment);
  } else if (const UdpDatagram* datagram = std::get_if<UdpDatagram>(&packet)) {
    if (is_dhcp(datagram->source, datagram->destination)) add_datagram(frame, *datagram);
  } else if (const Fragment* fragment = std::get_if<Fragment>(&packet)) {
    const auto& [source, destination] = *fragment;
    if (is_failover(source, destination) || is_dhcp(source, destination)) ++totals_.fragments;
  } else if (std::get<Unread>(packet) == Unread::cut) {
    ++totals_.cut;
  }
}

Decoder::Connection& Decoder::find_or_open(const Key& key, const TcpSegment& segment) {
  const std::size_t side = key[0] == segment.source ? 0 : 1;
  const bool opens = segment.syn && !segment.ack;
  auto at = connections_.find(key);
  if (at != connections_.end()) {
    const bool other = at->second.closed || at->second.from[side].tcp().is_other_connection(segment);
    if (!opens || !other) return at->second;
    close(key, at->second, FailoverStream::End::of_connection);
    connections_.erase(at);
  }
  at = connections_.try_emplace(key).first;
  at->second.stream = streams_++;
  return at->second;
}

void Decoder::add_segment(const Frame& frame, const TcpSegment& segment) {
  Key key{segment.source, segment.destination};
  if (key[1] < key[0]) std::swap(key[0], key[1]);
  Connection& connection = find_or_open(key, segment);
  if (connection.closed) return;
  const std::size_t side = key[0] == segment.source ? 0 : 1;
  FailoverStream& stream = connection.from[side];
  stream.add(segment, frame.number,
             [&](Octets message) { add_message(frame, segment, connection, stream, message); });
  if (segment.rst) return close(key, connection, FailoverStream::End::of_connection);
  if (!stream.tcp().ended()) return;
  end(key, connection, side, FailoverStream::End::of_connection);
  if (connection.ended[1 - side]) close(key, connection, FailoverStream::End::of_connection);
}

void Decoder::add_message(const Frame& frame, const TcpSegment& segment, Connection& connection,
                          FailoverStream& stream, Octets octets) {
  FailoverRecord record{
      .origin = {frame.number, frame.time_ns, segment.source, segment.destination},
      .stream = connection.stream,
      .dialect = options_.dialect,
      .octets = octets,
      .decoded = wire::decode(octets),
      .option_errors = {},
  };
  if (const wire::Message* message = std::get_if<wire::Message>(&record.decoded)) {
    if (const wire::Dialect* detected = wire::detect_dialect(*message)) stream.dialect = detected;
    if (record.dialect == nullptr) record.dialect = stream.dialect;
    record.option_errors = option_errors(*message, *record.dialect);
  } else if (record.dialect == nullptr) {
    record.dialect = stream.dialect;
  }
  ++totals_.messages;
  if (is_malformed(record)) ++totals_.malformed;
  sink_(record);
}

void Decoder::add_datagram(const Frame& frame, const UdpDatagram& datagram) {
  const DhcpRecord record{
      .origin = {frame.number, frame.time_ns, datagram.source, datagram.destination},
      .octets = datagram.payload,
      .cut = datagram.payload.size() < datagram.payload_length,
      .decoded = wire::dhcp4::decode(datagram.payload),
  };
  ++totals_.datagrams;
  if (is_malformed(record)) ++totals_.malformed;
  sink_(record);
}

void Decoder::end(const Key& key, Connection& connection, std::size_t side, FailoverStream::End how) {
  if (connection.ended[side]) return;
  connection.ended[side] = true;
  const FailoverStream& stream = connection.from[side];
  if (stream.tcp().saw_octets() && !stream.tcp().saw_syn()) ++totals_.begun_before;
  const std::optional<FailoverStream::Abandoned> left = stream.end(how);
  if (!left) return;
  ++totals_.abandoned;
  sink_(AbandonedRecord{
      .origin = {last_frame_, last_time_ns_, key[side], key[1 - side]},
      .stream = connection.stream,
      .reason = left->reason,
      .since_frame = left->since_frame,
      .stream_offset = left->stream_offset,
      .octets_given_up = left->octets_given_up,
  });
}

// Ends both directions and forgets their octets. The connection stays known until enough others have closed.
void Decoder::close(const Key& key, Connection& connection, FailoverStream::End how) {
  if (connection.closed) return;
  end(key, connection, 0, how);
  end(key, connection, 1, how);
  connection.closed = true;
  connection.from = {};
  closed_.emplace_back(key, connection.stream);
  if (closed_.size() <= closed_connections_kept) return;
  const auto& [oldest, stream] = closed_.front();
  const auto at = connections_.find(oldest);
  if (at != connections_.end() && at->second.stream == stream) connections_.erase(at);
  closed_.pop_front();
}

void Decoder::finish() {
  std::vector<std::pair<const Key, Connection>*> open;
  for (auto& entry : connections_)
    if (!entry.second.closed) open.push_back(&entry);
  std::sort(open.begin(), open.end(),
            [](const auto* a, const auto* b) { return a->second.stream < b->second.stream; });
  for (auto* entry : open) {
    end(entry->first, entry->second, 0, FailoverStream::End::of_capture);
    end(entry->first, entry->second, 1, FailoverStream::End::of_capture);
  }
  connections_.clear();
  closed_.clear();
}

}  // namespace twinlease::capture
