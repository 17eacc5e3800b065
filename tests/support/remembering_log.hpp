// SPDX-License-Identifier: MIT
// A log that keeps the lines which its level would show.
#pragma once
#include "core/base/log.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace msn::test {

class RememberingLog final : public Log {
 public:
  void write(LogLevel one, std::string_view domain, std::string_view line) override {
    if (!enabled(one)) return;
    const std::lock_guard lock(mutex_);
    ((text += domain) += ": ") += line;
    text += '\n';
  }
  bool enabled(LogLevel one) const override { return one <= level; }
  bool has(std::string_view words) const {
    const std::lock_guard lock(mutex_);
    return text.find(words) != std::string::npos;
  }

  LogLevel level = LogLevel::info;
  std::string text;

 private:
  mutable std::mutex mutex_;
};

}  // namespace msn::test
