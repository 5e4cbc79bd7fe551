// Every message of every capture in fuzz/captures, taken apart into values and put together again: the same
// octets.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "impl/wire/decode/capture.hpp"
#include "impl/wire/decode/decoder.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/testing/octet_text.hpp"
#include "impl/wire/value.hpp"

namespace twinlease::capture {
namespace {

using wire::testing::Bytes;
using wire::testing::bytes_of;

std::vector<std::string> capture_paths() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(TWINLEASE_SOURCE_DIR "/fuzz/captures"))
    if (entry.path().extension() == ".pcap" || entry.path().extension() == ".pcapng")
      paths.push_back(entry.path().string());
  return paths;
}

Bytes encoded_again(const FailoverRecord& record) {
  const wire::Message& message = std::get<wire::Message>(record.decoded);
  const wire::Header& header = message.header();
  std::array<std::uint8_t, wire::message_length_max> buffer{};
  wire::MessageWriter writer(buffer, header.type, header.payload_offset, header.time_s, header.xid,
                             message.extra_header());
  for (const wire::OptionSpan& option : message.options())
    wire::encode_value(writer, option.code,
                       std::get<wire::Value>(wire::decode_value(option, *record.dialect)));
  return bytes_of(std::get<std::span<std::uint8_t>>(writer.finish()));
}

class Captures : public ::testing::TestWithParam<std::string> {};

TEST_P(Captures, EveryMessageIsEncodedAsItWas) {
  auto opened = Capture::open(GetParam());
  Capture& capture = std::get<Capture>(opened);
  Decoder decoder({}, [](const Record& record) {
    const auto* failover = std::get_if<FailoverRecord>(&record);
    if (failover != nullptr) EXPECT_EQ(encoded_again(*failover), bytes_of(failover->octets));
  });
  while (const auto next = capture.next()) {
    const Frame& frame = std::get<Frame>(*next);
    decoder.add(frame, read_packet(frame.octets, frame.wire_length, capture.link_type()));
  }
  decoder.finish();
  EXPECT_GT(decoder.totals().messages, 0u);
  EXPECT_TRUE(decoder.totals().clean());
}

INSTANTIATE_TEST_SUITE_P(All, Captures, ::testing::ValuesIn(capture_paths()),
                         [](const auto& info) { return std::filesystem::path(info.param).stem().string(); });

TEST(CapturesFolder, IsNotEmpty) {
  EXPECT_GE(capture_paths().size(), 14u);
}

}  // namespace
}  // namespace twinlease::capture
