// SPDX-License-Identifier: MIT
// The log: on standard error (with priorities if systemd reads it), in a file, or in syslog.
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

  // Any thread. Each call writes one line: control characters of the text are escaped.
  void write(LogLevel, std::string_view domain, std::string_view text) override;
  bool enabled(LogLevel level) const override { return level <= level_; }
  void set_level(LogLevel level) { level_ = level; }
  // For every target but Target::file, which open_file() sets.
  void set_target(Target);
  // Appends to this file from now on; creates it with mode 0600. no_access: it cannot be opened,
  // and the target stays as it was.
  Result<void> open_file(const std::string& path);
  // Opens the file again, which may have been renamed. Does nothing without a file.
  Result<void> reopen();
  // Writes how often the last line was repeated: consecutive equal lines are counted, not written.
  // The next line that differs and the destructor also write the count.
  void flush_repeated();

 private:
  void put(LogLevel, std::string_view line);
  void put_repeated();

  std::atomic<LogLevel> level_;
  std::mutex mutex_;  // guards the members below
  Target target_;
  std::shared_ptr<spdlog::logger> sink_;
  std::string file_;
  LogLevel last_level_{};
  std::string last_;
  std::uint64_t repeated_ = 0;
};

// The journal if JOURNAL_STREAM (systemd.exec(5)) names standard error, else the terminal.
Logger::Target choose_target(const Environment&);

}  // namespace msn::msncd
