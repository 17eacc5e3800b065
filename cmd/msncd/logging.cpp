// SPDX-License-Identifier: MIT
#include "cmd/msncd/logging.hpp"

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <utility>

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

// The priority prefix of sd-daemon(3).
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

class FileSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit FileSink(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    // One write(2) for each line, so that lines of several writers do not mix. A full disk does not
    // stop the daemon.
    [[maybe_unused]] const auto written = ::write(fd_.get(), line.data(), line.size());
  }
  void flush_() override {}

  UniqueFd fd_;
};

std::shared_ptr<spdlog::logger> make_logger(Logger::Target target,
                                            std::shared_ptr<spdlog::sinks::sink> sink) {
  auto logger = std::make_shared<spdlog::logger>("msncd", std::move(sink));
  const bool own_time = target == Logger::Target::terminal || target == Logger::Target::file;
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      own_time ? "%Y-%m-%dT%H:%M:%S.%eZ %l: %v" : "%v", spdlog::pattern_time_type::utc));
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

std::shared_ptr<spdlog::logger> make_logger(Logger::Target target) {
  if (target == Logger::Target::syslog)
    return make_logger(
        target, std::make_shared<spdlog::sinks::syslog_sink_mt>("msncd", LOG_PID, LOG_USER, false));
  return make_logger(target, std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

}  // namespace

Logger::Logger(LogLevel level, Target target)
    : level_(level), target_(target), sink_(make_logger(target)) {}

Logger::~Logger() {
  put_repeated();
}

void Logger::set_target(Target target) {
  const std::scoped_lock guard(mutex_);
  if (target == target_) return;
  put_repeated();
  target_ = target;
  sink_ = make_logger(target);
}

Result<void> Logger::open_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
                     0600));
  const auto failed = [&](const std::string& why) {
    return fail(ErrorCode::no_access, "cannot open the log file " + visible(path) + ": " + why);
  };
  if (!fd && errno == ELOOP)
    return failed("it is a symbolic link; give the path of the file itself");
  struct stat found {};
  if (!fd && errno == ENXIO) return failed("it is not a regular file");  // a FIFO
  if (!fd || ::fstat(fd.get(), &found) != 0) return failed(std::strerror(errno));
  if (!S_ISREG(found.st_mode)) return failed("it is not a regular file");
  const std::scoped_lock guard(mutex_);
  put_repeated();
  file_ = path;
  target_ = Target::file;
  sink_ = make_logger(target_, std::make_shared<FileSink>(std::move(fd)));
  return {};
}

Result<void> Logger::reopen() {
  return file_.empty() ? Result<void>{} : open_file(file_);
}

void Logger::flush_repeated() {
  const std::scoped_lock guard(mutex_);
  put_repeated();
}

void Logger::write(LogLevel level, std::string_view domain, std::string_view text) {
  if (!enabled(level)) return;
  std::string line(domain);
  line += ": ";
  line += visible(text);
  const std::scoped_lock guard(mutex_);
  if (level == last_level_ && line == last_) {
    ++repeated_;
    return;
  }
  put_repeated();
  put(level, line);
  last_level_ = level;
  last_ = std::move(line);
}

void Logger::put_repeated() {
  if (repeated_ == 0) return;
  put(last_level_, "msncd: the last line was repeated " + std::to_string(repeated_) +
                       (repeated_ == 1 ? " time" : " times"));
  repeated_ = 0;
}

void Logger::put(LogLevel level, std::string_view line) {
  std::string whole;
  if (target_ == Target::journal) whole = priority_of(level);
  whole += line;
  sink_->log(level_of(level), spdlog::string_view_t(whole.data(), whole.size()));
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
