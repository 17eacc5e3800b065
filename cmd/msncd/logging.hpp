// SPDX-License-Identifier: MIT
// The program's log: lines on standard error, with priorities for the journal when systemd reads
// them; or in a file of its own; in the background, without a file to write to, syslog.
#pragma once
#include "core/base/log.hpp"
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace msn::msncd {

class Logger final : public Log {
 public:
  enum class Target { terminal, journal, syslog, file };
  Logger(LogLevel, Target);
  ~Logger() override;

  // Any thread. What the text holds of controls is made visible: one call, one line.
  void write(LogLevel, std::string_view domain, std::string_view text) override;
  bool enabled(LogLevel level) const override { return level <= level_; }
  void set_level(LogLevel level) { level_ = level; }
  // From now on to standard error, the journal or syslog.
  void set_target(Target);
  // From now on into this file, which is made if need be (0600). no_access: it stays as it was.
  Result<void> open_file(const std::string& path);
  // The same file again, which may have been moved away meanwhile; nothing to do if there is none.
  Result<void> reopen();
  // A line that is the same as the one before is only counted; this writes the count. Also written
  // before the next other line, and at the end.
  void tell_repeated();

 private:
  void put(LogLevel, std::string_view line);
  void put_repeated();

  std::atomic<LogLevel> level_;
  std::mutex mutex_;  // guards all below
  Target target_;
  std::shared_ptr<spdlog::logger> sink_;
  std::string file_;
  LogLevel last_level_{};
  std::string last_;
  std::uint64_t repeated_ = 0;
};

// The journal if JOURNAL_STREAM (systemd.exec(5)) says that standard error goes there.
Logger::Target choose_target(const Environment&);

}  // namespace msn::msncd
