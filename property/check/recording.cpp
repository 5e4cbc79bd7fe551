#include "property/check/recording.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace twinlease::check {
namespace {

class Reader {
 public:
  explicit Reader(const capture::DecoderOptions& options)
      : decoder_(options, [this](const capture::Record& record) { take(record); }) {}

  void add(const capture::Frame& frame, const capture::Packet& packet) {
    decoder_.add(frame, packet);
    const auto* segment = std::get_if<capture::TcpSegment>(&packet);
    if (segment == nullptr || !(segment->fin || segment->rst)) return;
    const auto found = streams_.find(key(segment->source, segment->destination));
    if (found == streams_.end()) return;
    Item item;
    item.kind = Item::Kind::ended;
    item.frame = frame.number;
    item.time_ms = frame.time_ns / 1'000'000;
    item.source = segment->source;
    item.destination = segment->destination;
    item.stream = found->second;
    out_.items.push_back(std::move(item));
    streams_.erase(found);
  }

  Recording finish() {
    decoder_.finish();
    place_gaps();
    const capture::Totals& totals = decoder_.totals();
    const auto trouble = [this](std::uint64_t number, const char* what) {
      if (number > 0) out_.troubles.push_back(std::to_string(number) + " " + what);
    };
    trouble(totals.fragments, "packets in IPv4 fragments, which are not put together");
    trouble(totals.cut, "frames of which the capture has less than the headers");
    trouble(totals.malformed, "malformed messages");
    return std::move(out_);
  }

  Recording out_;

 private:
  using Key = std::array<capture::Endpoint, 2>;
  static Key key(const capture::Endpoint& a, const capture::Endpoint& b) {
    return a < b ? Key{a, b} : Key{b, a};
  }

  void take(const capture::Record& record) {
    if (const auto* message = std::get_if<capture::FailoverRecord>(&record)) {
      streams_[key(message->origin.source, message->origin.destination)] = message->stream;
      const bool whole = std::holds_alternative<wire::Message>(message->decoded);
      push(whole ? Item::Kind::message : Item::Kind::missing, message->origin, message->octets);
      out_.items.back().stream = message->stream;
      out_.items.back().dialect = message->dialect;
    } else if (const auto* datagram = std::get_if<capture::DhcpRecord>(&record)) {
      if (!datagram->cut && std::holds_alternative<wire::dhcp4::Message>(datagram->decoded))
        push(Item::Kind::datagram, datagram->origin, datagram->octets);
    } else if (const auto* lost = std::get_if<capture::AbandonedRecord>(&record)) {
      const auto* loss = std::get_if<capture::Loss>(&lost->reason);
      if (loss != nullptr && *loss == capture::Loss::capture_ends) return;  // the last message, half of it
      gaps_.push_back({lost->stream, lost->since_frame, lost->origin});
    }
  }

  void push(Item::Kind kind, const capture::Origin& origin, wire::Octets octets) {
    Item item;
    item.kind = kind;
    item.frame = origin.frame;
    item.time_ms = origin.time_ns / 1'000'000;
    item.source = origin.source;
    item.destination = origin.destination;
    item.octets.assign(octets.begin(), octets.end());
    out_.items.push_back(std::move(item));
  }

  struct Gap {
    std::uint32_t stream = 0;
    std::uint64_t since_frame = 0;
    capture::Origin origin;
  };
  static bool is_of(const Item& item, const Gap& gap) {
    return item.kind == Item::Kind::message && item.stream == gap.stream;
  }

  // That octets are missing is known when a connection ends; it counts from where they are missing. What
  // comes after on that connection would be told without its other half.
  void place_gaps() {
    for (const Gap& gap : gaps_) {
      // It was lost after the last message of that direction that is there, and before the frame that shows
      // it.
      std::uint64_t since = 0;
      for (const Item& item : out_.items)
        if (is_of(item, gap) && item.source == gap.origin.source && item.frame < gap.since_frame)
          since = item.frame;
      std::erase_if(out_.items, [&](const Item& item) { return is_of(item, gap) && item.frame > since; });
      const auto place =
          std::ranges::find_if(out_.items, [since](const Item& item) { return item.frame > since; });
      Item item;
      item.kind = Item::Kind::missing;
      item.frame = since == 0 ? gap.since_frame : since;
      item.time_ms = place == out_.items.end() ? gap.origin.time_ns / 1'000'000 : place->time_ms;
      item.source = gap.origin.source;
      item.destination = gap.origin.destination;
      item.stream = gap.stream;
      out_.items.insert(place, std::move(item));
    }
  }

  std::map<Key, std::uint32_t> streams_;
  std::vector<Gap> gaps_;
  capture::Decoder decoder_;
};

}  // namespace

std::variant<Recording, capture::CaptureError> read_recording(const std::string& path,
                                                              const capture::DecoderOptions& options) {
  auto opened = capture::Capture::open(path);
  if (auto* error = std::get_if<capture::CaptureError>(&opened)) return *error;
  auto& file = std::get<capture::Capture>(opened);
  Reader reader(options);
  while (const auto next = file.next()) {
    if (const auto* error = std::get_if<capture::CaptureError>(&*next)) {
      reader.out_.troubles.push_back("unreadable after frame " + std::to_string(file.frames_read()) + ": " +
                                     error->text);
      break;
    }
    const auto& frame = std::get<capture::Frame>(*next);
    reader.add(frame, capture::read_packet(frame.octets, frame.wire_length, file.link_type()));
  }
  return reader.finish();
}

}  // namespace twinlease::check
