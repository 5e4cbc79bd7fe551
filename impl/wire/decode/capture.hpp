// A capture file, frame by frame, through libpcap: pcap and pcapng, microseconds or nanoseconds.
//
// One frame is in memory at a time. libpcap reads a pcapng file only when all its interfaces have one link
// type.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "impl/wire/octets.hpp"

struct pcap;

namespace twinlease::capture {

using wire::Octets;

struct Frame {
  std::uint64_t number = 0;     // 1 for the first of the file
  std::int64_t time_ns = 0;     // since 1970
  std::size_t wire_length = 0;  // octets it had; octets.size() of them were captured
  Octets octets{};              // valid until the next call of next()
};

// Why a file, or the rest of it, cannot be read. Not printable as it stands: libpcap puts file names into it.
struct CaptureError {
  std::string text;
};

class Capture {
 public:
  // path "-": standard input. The error does not name the file.
  static std::variant<Capture, CaptureError> open(const std::string& path);

  // libpcap's DLT number; one that read_packet() handles.
  int link_type() const noexcept;
  // Nothing: the file ends as it should. After an error there is nothing more to read.
  std::optional<std::variant<Frame, CaptureError>> next();
  std::uint64_t frames_read() const noexcept { return frames_; }

 private:
  struct Close {
    void operator()(pcap* handle) const noexcept;
  };
  explicit Capture(pcap* handle) : handle_(handle) {}

  std::unique_ptr<pcap, Close> handle_;
  std::uint64_t frames_ = 0;
};

}  // namespace twinlease::capture
