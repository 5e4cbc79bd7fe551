#include <algorithm>
#include <map>
#include <stdexcept>

#include "fuzz/seeds/seeds.hpp"
#include "fuzz/targets/target.hpp"
#include "impl/wire/decode/capture.hpp"
#include "impl/wire/decode/decoder.hpp"

namespace twinlease::fuzz {

namespace {

namespace fs = std::filesystem;
using wire::testing::bytes_of;
constexpr std::size_t stream_octets_max = 1024;  // of a seed: the first messages of a direction

// Every record of the capture, in order.
void read(const fs::path& path, const capture::Decoder::Sink& sink) {
  auto opened = capture::Capture::open(path.string());
  if (const auto* error = std::get_if<capture::CaptureError>(&opened))
    throw std::runtime_error(path.string() + ": " + error->text);
  auto& file = std::get<capture::Capture>(opened);
  capture::Decoder decoder({}, sink);
  while (const auto next = file.next()) {
    if (const auto* error = std::get_if<capture::CaptureError>(&*next))
      throw std::runtime_error(path.string() + ": " + error->text);
    const auto& frame = std::get<capture::Frame>(*next);
    decoder.add(frame, capture::read_packet(frame.octets, frame.wire_length, file.link_type()));
  }
  decoder.finish();
}

// One target's share of the records of one capture.
class Collector {
 public:
  Collector(std::string_view target, std::string stem, Seeds& out)
      : target_(target), stem_(std::move(stem)), out_(out) {}

  void add(const capture::Record& record) {
    if (const auto* failover = std::get_if<capture::FailoverRecord>(&record)) add(*failover);
    if (const auto* dhcp = std::get_if<capture::DhcpRecord>(&record); dhcp && target_ == dhcp4_message.name)
      add(bytes_of(dhcp->octets));
  }
  void finish() {
    for (auto& [direction, octets] : streams_) add(std::move(octets));
  }

 private:
  void add(const capture::FailoverRecord& record) {
    if (target_ == failover_message.name || target_ == digest.name) add(bytes_of(record.octets));
    if (target_ == framer.name) {
      Bytes& stream = streams_[{record.stream, record.origin.source.port}];
      if (stream.size() + record.octets.size() <= stream_octets_max)
        stream.insert(stream.end(), record.octets.begin(), record.octets.end());
    }
    const auto* message = std::get_if<wire::Message>(&record.decoded);
    if (target_ != embedded_options.name || message == nullptr) return;
    for (const wire::OptionSpan& option : message->options())
      if (option.code == 7 || option.code == 8 || option.code == 29) add(bytes_of(option.value));
  }
  void add(Bytes octets) {
    const auto same = [&](const Seed& seed) { return seed.octets == octets; };
    if (std::ranges::any_of(out_, same)) return;
    out_.push_back({stem_ + "-" + std::to_string(out_.size()), std::move(octets)});
  }

  std::string_view target_;
  std::string stem_;
  Seeds& out_;
  std::map<std::pair<std::uint32_t, std::uint16_t>, Bytes> streams_;  // by connection and sender's port
};

}  // namespace

Seeds captured_seeds(std::string_view target, const fs::path& captures) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(captures))
    if (entry.path().extension() == ".pcap" || entry.path().extension() == ".pcapng")
      paths.push_back(entry.path());
  std::ranges::sort(paths);
  Seeds out;
  for (const fs::path& path : paths) {
    Collector collector(target, path.stem().string(), out);
    read(path, [&](const capture::Record& record) { collector.add(record); });
    collector.finish();
  }
  return out;
}

}  // namespace twinlease::fuzz
