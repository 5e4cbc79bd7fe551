#include "impl/wire/decode/capture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "impl/wire/testing/octet_text.hpp"

namespace twinlease::capture {
namespace {

using wire::testing::Bytes;
using wire::testing::bytes_of;
using wire::testing::octets_of;

// A file that goes away with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Bytes& content) {
    std::ofstream file(path_, std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = ::testing::TempDir() + "capture_test." + std::to_string(::getpid());
};

const Bytes microseconds = octets_of(R"(
  d4 c3 b2 a1  02 00 04 00  00 00 00 00  00 00 00 00  00 00 04 00
  01 00 00 00                                        # Ethernet
  23 e8 02 6b  40 e2 01 00  03 00 00 00  05 00 00 00   # .123456 s, 3 of 5 octets
  61 62 63
  24 e8 02 6b  00 00 00 00  01 00 00 00  01 00 00 00
  64)");
const Bytes nanoseconds_big_endian = octets_of(R"(
  a1 b2 3c 4d  00 02 00 04  00 00 00 00  00 00 00 00  00 04 00 00
  00 00 00 71                                        # Linux cooked
  6b 02 e8 23  07 5b cd 15  00 00 00 02  00 00 00 02   # .123456789 s
  61 62)");
const Bytes pcapng = octets_of(R"(
  0a 0d 0d 0a  1c 00 00 00  4d 3c 2b 1a  01 00 00 00  ff ff ff ff ff ff ff ff  1c 00 00 00
  01 00 00 00  14 00 00 00  65 00 00 00  00 00 04 00  14 00 00 00   # raw IP
  06 00 00 00  24 00 00 00  00 00 00 00  e0 60 06 00  40 e2 01 00  02 00 00 00  02 00 00 00
  61 62 00 00  24 00 00 00)");

Bytes beginning(const Bytes& content, std::size_t size) {
  return Bytes(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(size));
}

std::string error_of_opening(const Bytes& content) {
  const TemporaryFile file(content);
  const auto opened = Capture::open(file.path());
  const CaptureError* error = std::get_if<CaptureError>(&opened);
  return error != nullptr ? error->text : "";
}

TEST(Capture, Pcap) {
  const TemporaryFile file(microseconds);
  auto opened = Capture::open(file.path());
  auto& capture = std::get<Capture>(opened);
  auto next = capture.next();
  const Frame& first = std::get<Frame>(*next);
  EXPECT_EQ(first.number, 1u);
  EXPECT_EQ(first.time_ns, 1'795'352'611'123'456'000);
  EXPECT_EQ(first.wire_length, 5u);
  EXPECT_EQ(bytes_of(first.octets), bytes_of("abc"));
  next = capture.next();
  EXPECT_EQ(std::get<Frame>(*next).number, 2u);
  EXPECT_FALSE(capture.next().has_value());
  EXPECT_EQ(capture.frames_read(), 2u);
}

TEST(Capture, NanosecondsAndTheOtherByteOrder) {
  const TemporaryFile file(nanoseconds_big_endian);
  auto opened = Capture::open(file.path());
  auto& capture = std::get<Capture>(opened);
  EXPECT_EQ(std::get<Frame>(*capture.next()).time_ns, 1'795'352'611'123'456'789);
  EXPECT_FALSE(capture.next().has_value());
}

TEST(Capture, Pcapng) {
  const TemporaryFile file(pcapng);
  auto opened = Capture::open(file.path());
  auto& capture = std::get<Capture>(opened);
  const auto next = capture.next();
  EXPECT_EQ(std::get<Frame>(*next).time_ns, ((std::int64_t{0x660e0} << 32) + 0x1e240) * 1000);
  EXPECT_EQ(bytes_of(std::get<Frame>(*next).octets), bytes_of("ab"));
  EXPECT_FALSE(capture.next().has_value());
}

// Cut anywhere behind the header, a file gives its whole frames and then says that it is cut.
TEST(Capture, CutOff) {
  constexpr std::size_t header = 24, first_end = header + 16 + 3;
  for (std::size_t size = header; size < microseconds.size(); ++size) {
    const TemporaryFile file(beginning(microseconds, size));
    auto opened = Capture::open(file.path());
    auto& capture = std::get<Capture>(opened);
    auto next = capture.next();
    if (size >= first_end) {
      ASSERT_TRUE(std::holds_alternative<Frame>(*next));
      next = capture.next();
    }
    if (size == header || size == first_end) {
      ASSERT_FALSE(next.has_value()) << size;
    } else {
      ASSERT_TRUE(std::holds_alternative<CaptureError>(*next)) << size;
      ASSERT_NE(std::get<CaptureError>(*next).text, "");
    }
  }
}

TEST(Capture, NoCaptureFile) {
  EXPECT_NE(error_of_opening({}), "");
  EXPECT_NE(error_of_opening(bytes_of("frame time (UTC)")), "");
  EXPECT_NE(error_of_opening(beginning(microseconds, 23)), "");
  const auto missing = Capture::open("/does/not/exist.pcap");
  EXPECT_EQ(std::get<CaptureError>(missing).text, "No such file or directory");
}

TEST(Capture, LinkTypeNotHandled) {
  Bytes ppp = microseconds;
  ppp[20] = 9;
  EXPECT_EQ(error_of_opening(ppp), "link type PPP is not handled");
  ppp[20] = 0xee;
  EXPECT_THAT(error_of_opening(ppp).find("is not handled"), ::testing::Ne(std::string::npos));
}

}  // namespace
}  // namespace twinlease::capture
