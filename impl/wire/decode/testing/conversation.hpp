// For tests: a TCP connection between two failover servers, segment by segment, into a Decoder that keeps the
// lines.
#pragma once

#include <string>
#include <vector>

#include "impl/wire/decode/decoder.hpp"
#include "impl/wire/decode/json.hpp"
#include "impl/wire/decode/line.hpp"
#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::capture::testing {

using wire::testing::Bytes;
using wire::testing::octets_of;

inline constexpr Endpoint primary{Ipv4{0x0a4d0002}, 40000};
inline constexpr Endpoint secondary{Ipv4{0x0a4d0003}, 647};

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
// A message of that type, xid 22; its length is set.
inline Bytes message(std::uint8_t type, const Bytes& options) {
  Bytes out = octets_of("00 00 00 0c  6b 02 e8 31  00 00 00 16") + options;
  out[0] = static_cast<std::uint8_t>(out.size() >> 8);
  out[1] = static_cast<std::uint8_t>(out.size());
  out[2] = type;
  return out;
}
inline Bytes contact(std::uint8_t xid) {
  Bytes out = message(11, {});
  out[11] = xid;
  return out;
}
inline Bytes connect(std::string_view vendor) {
  Bytes option = octets_of("00 1c 00 00");
  option[3] = static_cast<std::uint8_t>(vendor.size());
  return message(5, option + wire::testing::bytes_of(vendor));
}

// Collects what the decoder says: the type of each message with its frame and stream, "6/0 CONNECT", and the
// records in both output formats.
class Listener {
 public:
  explicit Listener(DecoderOptions options = {})
      : decoder(std::move(options), [this](const Record& record) { take(record); }) {}

  void packet(const Packet& packet) { decoder.add({.number = ++frame}, packet); }
  void packet(std::uint64_t number, const Packet& packet) {
    frame = number - 1;
    this->packet(packet);
  }

  Decoder decoder;
  std::uint64_t frame = 0;
  std::vector<std::string> said, json, lines, dialects;

 private:
  void take(const Record& record) {
    json.push_back(to_json(record));
    lines.push_back(to_line(record));
    if (const auto* r = std::get_if<FailoverRecord>(&record)) {
      said.push_back(place(r->origin, r->stream) + std::string(name(wire::read_header(r->octets)->type)));
      dialects.emplace_back(r->dialect->name);
    } else if (const auto* a = std::get_if<AbandonedRecord>(&record)) {
      const auto* error = std::get_if<wire::Error>(&a->reason);
      said.push_back(place(a->origin, a->stream) + "abandoned since " + std::to_string(a->since_frame) +
                     " after " + std::to_string(a->stream_offset) + " lost " +
                     std::to_string(a->octets_given_up) + ": " +
                     std::string(error != nullptr ? error->text() : text(std::get<Loss>(a->reason))));
    } else {
      said.push_back(std::to_string(std::get<DhcpRecord>(record).origin.frame) + " dhcp");
    }
  }
  static std::string place(const Origin& origin, std::uint32_t stream) {
    return std::to_string(origin.frame) + "/" + std::to_string(stream) + " ";
  }
};

// One direction; its sequence numbers count themselves.
class Side {
 public:
  Side(Listener& listener, Endpoint from, Endpoint to, std::uint32_t isn)
      : listener_(listener), from_(from), to_(to), sequence_(isn) {}

  void syn() { send({.syn = true}, {}, 1); }
  void syn_ack() { send({.syn = true, .ack = true}, {}, 1); }
  void data(const Bytes& octets) { send({.ack = true}, octets, octets.size()); }
  void fin() { send({.ack = true, .fin = true}, {}, 1); }
  void rst() { send({.rst = true}, {}, 0); }
  // Sent, but not captured.
  void lose(std::size_t octets) { sequence_ += static_cast<std::uint32_t>(octets); }
  // Octets sent before.
  void again(const Bytes& octets, std::size_t back) {
    lose(0 - back);
    data(octets);
    lose(back - octets.size());
  }

 private:
  void send(TcpSegment segment, const Bytes& octets, std::size_t takes) {
    segment.source = from_;
    segment.destination = to_;
    segment.sequence = sequence_;
    segment.payload = octets;
    segment.payload_length = octets.size();
    sequence_ += static_cast<std::uint32_t>(takes);
    listener_.packet(segment);
  }

  Listener& listener_;
  Endpoint from_, to_;
  std::uint32_t sequence_;
};

struct Conversation {
  explicit Conversation(Listener& listener, std::uint32_t isn = 0x7fffffff, Endpoint from = primary)
      : p(listener, from, secondary, isn), s(listener, secondary, from, isn * 3) {}
  void open() {
    p.syn();
    s.syn_ack();
  }
  Side p, s;
};

}  // namespace twinlease::capture::testing
