#include "impl/server/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "impl/server/words.hpp"

namespace twinlease::server {
namespace {

spdlog::level::level_enum level_of(core::Level level) {
  switch (level) {
    case core::Level::debug: return spdlog::level::debug;
    case core::Level::info: return spdlog::level::info;
    case core::Level::warning: return spdlog::level::warn;
    case core::Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Octets of clients and partners are in what is told: a line stays a line, and whatever reads it is given no
// control characters.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

// As a JSON string; what is no UTF-8 is replaced.
std::string quoted(const std::string& octets) {
  return nlohmann::json(octets).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Log::Log(const Settings& settings) : json_(settings.log_json) {
  log_ =
      std::make_shared<spdlog::logger>("twinleased", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log_->set_level(spdlog::level::from_str(settings.log_level == "warning" ? "warn" : settings.log_level));
  log_->set_pattern(json_ ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                          : "%Y-%m-%d %H:%M:%S.%e %l %v");
  log_->flush_on(spdlog::level::warn);
  if (settings.audit_file.empty()) return;
  audit_ = std::make_shared<spdlog::logger>(
      "audit", std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.audit_file));
  audit_->set_pattern("%v");
}
Log::~Log() = default;

void Log::write(const core::Event& event) {
  if (!log_->should_log(level_of(event.level))) return;
  const auto id = static_cast<std::uint32_t>(event.id);
  if (json_)
    log_->log(level_of(event.level), "\"id\":{},\"relationship\":{},\"text\":{}", id,
              quoted(event.relationship), quoted(event.text));
  else
    log_->log(level_of(event.level), "{} {}{}{}", id, event.relationship,
              event.relationship.empty() ? "" : ": ", one_line(event.text));
}

void Log::write(const core::Audit& audit, core::Seconds now_s) {
  if (audit_ != nullptr)
    audit_->info("{},{},{},{},{},{:08x},{}", audit.id, now_s, show(audit.address), audit.client,
                 quoted(audit.host_name), audit.xid, quoted(audit.reason));
}

void Log::note(core::Level level, const std::string& sentence) {
  if (json_)
    log_->log(level_of(level), "\"text\":{}", quoted(sentence));
  else
    log_->log(level_of(level), "{}", sentence);
}

void Log::flush() {
  log_->flush();
  if (audit_ != nullptr) audit_->flush();
}

}  // namespace twinlease::server
