// SPDX-License-Identifier: MIT
// Logs one request. Level debug: outcome, size of the answer in bytes, and the time until the last
// piece of the answer was given to the connection. Level trace: also the lines of request and
// answer, with passwords masked.
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
  // Returns null below level debug, so that a request costs one check and no clock call. `row` is
  // null for an unknown keyword. The log and the clock must outlive the object.
  static std::unique_ptr<LoggedRequest> begin(Log&, const Clock&, const Connection&, const Row* row,
                                              const Result<protocol::Request>&);
  LoggedRequest(Log&, const Clock&, std::string client, std::string_view keyword);
  // Logs "answer incomplete" if end() was not called: the client disconnected.
  ~LoggedRequest();
  LoggedRequest(const LoggedRequest&) = delete;
  LoggedRequest& operator=(const LoggedRequest&) = delete;

  // The next piece of the answer: whole lines.
  void answer(std::string_view bytes);
  // The answer is complete.
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
  std::string error_;  // the answer, if it is one ERR line
  std::size_t bytes_ = 0;
  bool ended_ = false;
};

}  // namespace msn::daemon
