// SPDX-License-Identifier: MIT
// The program's log: lines on standard error, with priorities for the journal when systemd reads
// them; in the background, without a file to write to, syslog.
#pragma once
#include "core/base/log.hpp"
#include "core/base/paths.hpp"

#include <atomic>
#include <memory>
#include <string_view>

namespace spdlog {
class logger;
}

namespace msn::msncd {

class Logger final : public Log {
 public:
  enum class Target { terminal, journal, syslog };
  Logger(LogLevel, Target);
  ~Logger() override;

  // Any thread. What the text holds of controls is made visible: one call, one line.
  void write(LogLevel, std::string_view domain, std::string_view text) override;
  bool enabled(LogLevel level) const override { return level <= level_; }
  void set_level(LogLevel level) { level_ = level; }
  void set_target(Target);

 private:
  std::atomic<LogLevel> level_;
  Target target_;
  std::shared_ptr<spdlog::logger> sink_;
};

// The journal if JOURNAL_STREAM (systemd.exec(5)) says that standard error goes there.
Logger::Target choose_target(const Environment&);

}  // namespace msn::msncd
