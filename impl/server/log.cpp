#include "impl/server/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

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
              nlohmann::json(event.relationship).dump(), nlohmann::json(event.text).dump());
  else
    log_->log(level_of(event.level), "{} {}{}{}", id, event.relationship,
              event.relationship.empty() ? "" : ": ", event.text);
}

void Log::write(const core::Audit& audit, core::Seconds now_s) {
  if (audit_ != nullptr)
    audit_->info("{},{},{},{},{},{:08x},{}", audit.id, now_s, show(audit.address), audit.client,
                 nlohmann::json(audit.host_name).dump(), audit.xid, nlohmann::json(audit.reason).dump());
}

void Log::note(core::Level level, const std::string& sentence) {
  if (json_)
    log_->log(level_of(level), "\"text\":{}", nlohmann::json(sentence).dump());
  else
    log_->log(level_of(level), "{}", sentence);
}

void Log::flush() {
  log_->flush();
  if (audit_ != nullptr) audit_->flush();
}

}  // namespace twinlease::server
