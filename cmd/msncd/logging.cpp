// SPDX-License-Identifier: MIT
#include "cmd/msncd/logging.hpp"

#include "core/base/text.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>

#include <string>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

namespace msn::msncd {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::trace:
      break;
  }
  return spdlog::level::trace;
}

// sd-daemon(3): the priority in front of a line.
std::string_view priority_of(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return "<3>";
    case LogLevel::warn:
      return "<4>";
    case LogLevel::info:
      return "<6>";
    case LogLevel::debug:
    case LogLevel::trace:
      break;
  }
  return "<7>";
}

std::shared_ptr<spdlog::logger> make_sink(Logger::Target target) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (target == Logger::Target::syslog)
    sink = std::make_shared<spdlog::sinks::syslog_sink_mt>("msncd", LOG_PID, LOG_USER, false);
  else
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("msncd", std::move(sink));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      target == Logger::Target::terminal ? "%Y-%m-%dT%H:%M:%S.%eZ %l: %v" : "%v",
      spdlog::pattern_time_type::utc));
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

}  // namespace

Logger::Logger(LogLevel level, Target target)
    : level_(level), target_(target), sink_(make_sink(target)) {}
Logger::~Logger() = default;

void Logger::set_target(Target target) {
  if (target == target_) return;
  target_ = target;
  sink_ = make_sink(target);
}

void Logger::write(LogLevel level, std::string_view domain, std::string_view text) {
  if (!enabled(level)) return;
  std::string line;
  if (target_ == Target::journal) line = priority_of(level);
  line += domain;
  line += ": ";
  line += visible(text);
  sink_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

Logger::Target choose_target(const Environment& environment) {
  struct stat found {};
  const auto journal = environment("JOURNAL_STREAM");
  if (journal && ::fstat(STDERR_FILENO, &found) == 0 &&
      *journal == std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino))
    return Logger::Target::journal;
  return Logger::Target::terminal;
}

}  // namespace msn::msncd
