// What the core tells the operator, as lines: to standard error (journald takes it from there), and the audit
// file.
#pragma once

#include <memory>
#include <string>

#include "impl/core/event.hpp"
#include "impl/server/settings.hpp"

namespace spdlog {
class logger;
}

namespace twinlease::server {

class Log {
 public:
  // Throws std::runtime_error: the audit file cannot be opened.
  explicit Log(const Settings&);
  ~Log();

  void write(const core::Event&);
  void write(const core::Audit&, core::Seconds now_s);
  void note(core::Level, const std::string& sentence);  // of the server itself
  void flush();

 private:
  bool json_;
  std::shared_ptr<spdlog::logger> log_;
  std::shared_ptr<spdlog::logger> audit_;  // null: none
};

}  // namespace twinlease::server
