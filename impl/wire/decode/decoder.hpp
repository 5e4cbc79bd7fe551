// Frames of a capture in, records out: failover connections by their port, DHCP datagrams by theirs.
//
// Memory: the open connections, and the last few closed ones, so that a late retransmission does not look
// like a new connection.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "impl/wire/decode/capture.hpp"
#include "impl/wire/decode/failover_stream.hpp"
#include "impl/wire/decode/packet.hpp"
#include "impl/wire/decode/record.hpp"
#include "impl/wire/dhcp4_options.hpp"
#include "impl/wire/protocol.hpp"

namespace twinlease::capture {

struct DecoderOptions {
  std::vector<std::uint16_t> failover_ports = {wire::failover_port};
  std::vector<std::uint16_t> dhcp_ports = {wire::dhcp4::server_port, wire::dhcp4::client_port};
  const wire::Dialect* dialect = nullptr;  // none: detected for each direction of each connection
};

struct Totals {
  std::uint64_t messages = 0;      // of failover, malformed ones included
  std::uint64_t datagrams = 0;     // of DHCP, malformed ones included
  std::uint64_t malformed = 0;     // of both
  std::uint64_t abandoned = 0;     // directions of connections with octets undecoded
  std::uint64_t begun_before = 0;  // directions whose beginning is not in the capture
  std::uint64_t fragments = 0;     // IPv4 packets to or from our ports that came in fragments: not handled
  std::uint64_t cut = 0;           // frames of which the capture has less than the headers

  bool clean() const noexcept { return malformed + abandoned + begun_before + fragments + cut == 0; }
};

class Decoder {
 public:
  using Sink = std::function<void(const Record&)>;
  static constexpr std::size_t closed_connections_kept = 256;

  Decoder(DecoderOptions options, Sink sink);

  void add(const Frame& frame, const Packet& packet);
  // The capture ends: reports what is left of the open connections, by stream.
  void finish();
  const Totals& totals() const noexcept { return totals_; }

 private:
  using Key = std::array<Endpoint, 2>;  // the lesser first
  struct Connection {
    std::uint32_t stream = 0;
    bool closed = false;
    std::array<FailoverStream, 2> from;  // by the sender: Key's first, Key's second
    std::array<bool, 2> ended{};
  };

  void add_segment(const Frame& frame, const TcpSegment& segment);
  void add_datagram(const Frame& frame, const UdpDatagram& datagram);
  void add_message(const Frame& frame, const TcpSegment& segment, Connection& connection,
                   FailoverStream& stream, Octets octets);
  Connection& find_or_open(const Key& key, const TcpSegment& segment);
  void end(const Key& key, Connection& connection, std::size_t side, FailoverStream::End how);
  void close(const Key& key, Connection& connection, FailoverStream::End how);
  bool is_failover(const Endpoint& a, const Endpoint& b) const noexcept;
  bool is_dhcp(const Endpoint& a, const Endpoint& b) const noexcept;

  DecoderOptions options_;
  Sink sink_;
  Totals totals_;
  std::uint64_t last_frame_ = 0;
  std::int64_t last_time_ns_ = 0;
  std::uint32_t streams_ = 0;
  std::map<Key, Connection> connections_;
  std::deque<std::pair<Key, std::uint32_t>> closed_;  // oldest first, with the stream it was
};

}  // namespace twinlease::capture
