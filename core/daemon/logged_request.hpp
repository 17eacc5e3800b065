// SPDX-License-Identifier: MIT
// What the log says about one request: at debug its outcome, the size of its answer and the time
// from its beginning until the last piece of the answer was handed to the connection; at trace the
// lines of both directions as well, a LOGIN's password masked.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/daemon/commands.hpp"
#include "core/protocol/request.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace msn::daemon {

class Connection;

class LoggedRequest {
 public:
  // Null if the log does not want requests: then they cost one question to it, and no time is read.
  // `row` is null for an unknown keyword. The log and the clock outlive it.
  static std::unique_ptr<LoggedRequest> begin(Log&, const Clock&, const Connection&, const Row* row,
                                              const Result<protocol::Request>&);
  LoggedRequest(Log&, const Clock&, std::string client, std::string_view keyword);
  // Not answered to its end: the client has gone.
  ~LoggedRequest();
  LoggedRequest(const LoggedRequest&) = delete;
  LoggedRequest& operator=(const LoggedRequest&) = delete;

  // The next piece of its answer, whole lines.
  void answer(std::string_view bytes);
  // That was all of it.
  void end();

 private:
  void trace_request(bool known, const Result<protocol::Request>&);
  void trace_lines(char direction, std::string_view lines);
  void write(std::string_view outcome);

  Log& log_;
  const Clock& clock_;
  std::string client_;
  std::string_view keyword_;
  std::chrono::steady_clock::time_point begun_;
  std::string error_;  // the answer's line, if it is ERR
  std::size_t bytes_ = 0;
  bool ended_ = false;
};

}  // namespace msn::daemon
