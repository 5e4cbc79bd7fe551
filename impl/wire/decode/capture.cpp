#include "impl/wire/decode/capture.hpp"

#include <pcap/pcap.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "impl/wire/decode/packet.hpp"

namespace twinlease::capture {

namespace {

std::string link_type_name(int link_type) {
  const char* name = pcap_datalink_val_to_name(link_type);
  return name != nullptr ? name : "DLT " + std::to_string(link_type);
}

}  // namespace

void Capture::Close::operator()(pcap* handle) const noexcept {
  pcap_close(handle);
}

std::variant<Capture, CaptureError> Capture::open(const std::string& path) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return CaptureError{std::strerror(errno)};
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap* handle = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error.data());
  if (handle == nullptr) {
    if (file != stdin) std::fclose(file);
    return CaptureError{error.data()};
  }
  Capture capture(handle);  // closes the file, too
  if (!link_type_handled(capture.link_type()))
    return CaptureError{"link type " + link_type_name(capture.link_type()) + " is not handled"};
  return capture;
}

int Capture::link_type() const noexcept {
  return pcap_datalink(handle_.get());
}

std::optional<std::variant<Frame, CaptureError>> Capture::next() {
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* octets = nullptr;
  switch (pcap_next_ex(handle_.get(), &header, &octets)) {
    case 1: break;
    case PCAP_ERROR_BREAK: return std::nullopt;  // end of file
    default: return CaptureError{pcap_geterr(handle_.get())};
  }
  ++frames_;
  return Frame{
      .number = frames_,
      .time_ns =
          std::int64_t{header->ts.tv_sec} * 1'000'000'000 + header->ts.tv_usec,  // tv_usec has nanoseconds
      .wire_length = header->len,
      .octets = Octets(octets, header->caplen),
  };
}

}  // namespace twinlease::capture
