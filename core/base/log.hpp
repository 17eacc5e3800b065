// SPDX-License-Identifier: MIT
// The interface for log messages. cmd/msncd implements it with spdlog, tests with their own class.
// Callers never pass a password, and escape text from outside with visible() (text.hpp).
#pragma once
#include <string_view>

namespace msn {

enum class LogLevel { error, warn, info, debug, trace };

class Log {
 public:
  virtual ~Log() = default;
  // domain: the folder that logs ("network.local"). Callable from any thread.
  virtual void write(LogLevel level, std::string_view domain, std::string_view text) = 0;
  virtual bool enabled(LogLevel level) const = 0;

  void error(std::string_view domain, std::string_view text) {
    write(LogLevel::error, domain, text);
  }
  void warn(std::string_view domain, std::string_view text) { write(LogLevel::warn, domain, text); }
  void info(std::string_view domain, std::string_view text) { write(LogLevel::info, domain, text); }
  void debug(std::string_view domain, std::string_view text) {
    if (enabled(LogLevel::debug)) write(LogLevel::debug, domain, text);
  }
};

class NullLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::string_view) override {}
  bool enabled(LogLevel) const override { return false; }
};

}  // namespace msn
