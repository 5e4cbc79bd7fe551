// A capture as the messages that passed between servers, and with their clients: read whole, in the order of
// the frames.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/wire/decode/decoder.hpp"

namespace twinlease::check {

struct Item {
  enum class Kind : std::uint8_t {
    message,  // of failover
    ended,    // its connection did
    missing,  // octets of the connection are not in the capture; nothing of it is told from here on
    datagram  // of DHCP
  } kind{};
  std::uint64_t frame = 0;
  std::int64_t time_ms = 0;  // since 1970
  capture::Endpoint source{}, destination{};
  std::uint32_t stream = 0;
  const wire::Dialect* dialect = nullptr;  // the sender's
  std::vector<std::uint8_t> octets;        // of a message or datagram
};

struct Recording {
  std::vector<Item> items;
  std::vector<std::string> troubles;  // what of the whole capture could not be read
};

// The error does not name the file.
std::variant<Recording, capture::CaptureError> read_recording(const std::string& path,
                                                              const capture::DecoderOptions& options);

}  // namespace twinlease::check
