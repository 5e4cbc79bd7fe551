#include "impl/server/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace twinlease::server {
namespace {

using ::testing::HasSubstr;

// A host name and a partner's message are whatever octets somebody sent.
const std::string hostile = "pc\xff\xfe\r\n2026-01-01 error 20251 forged \x1b[2J";

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Log, AnAuditLineIsOneLineWhateverTheHostName) {
  Settings settings;
  settings.audit_file = ::testing::TempDir() + "twinlease-audit-" + std::to_string(getpid());
  core::Audit audit;
  audit.id = 10;
  audit.host_name = hostile;
  audit.reason = "rule";
  {
    Log log(settings);
    log.write(audit, 1'000'000'000);
    log.flush();
  }
  const std::string text = read(settings.audit_file);
  std::filesystem::remove(settings.audit_file);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr(",\"pc"));
}

TEST(Log, AnEventIsOneLineWhateverThePartnerSaid) {
  const core::Event event{core::EventId::update_rejected_by_partner, core::Level::error, "pair", hostile};
  for (const bool json : {false, true}) {
    Settings settings;
    settings.log_json = json;
    Log log(settings);
    ::testing::internal::CaptureStderr();
    log.write(event);
    log.flush();
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_THAT(text, HasSubstr("forged"));
    if (!json) continue;
    const std::string line = text.substr(0, text.find('\n'));
    EXPECT_EQ(nlohmann::json::parse(line)["id"], 20292);
  }
}

}  // namespace
}  // namespace twinlease::server
