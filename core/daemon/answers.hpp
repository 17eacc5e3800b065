// SPDX-License-Identifier: MIT
// Keeps the answers of one conversation in the order of its requests (protocol 2.2). A long answer
// is produced in pieces, as fast as the client reads them.
#pragma once
#include "core/daemon/commands.hpp"
#include "core/daemon/logged_request.hpp"
#include "core/daemon/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace msn::daemon {

class Answers {
 public:
  // Reserves the place for a new request's answer and returns the request's number. `logged` is
  // null if requests are not logged.
  std::uint64_t add(const Row* row, std::unique_ptr<LoggedRequest> logged = nullptr);
  // The command of an unanswered request. Null: unknown keyword, or no such request.
  const Row* row(std::uint64_t number) const;
  // Stores an answer; does nothing if the request no longer exists. Returns true if the answer can
  // be appended now, because all earlier requests are answered.
  bool put(std::uint64_t number, Answer&&);
  // Appends the next answers (or pieces of an answer), until `out` has `limit` bytes. After the
  // last piece of a long answer, appends nothing until delivered() has been called.
  void append(std::string& out, std::size_t limit);
  // Call when everything appended has been sent. Returns true if this completes a long answer.
  bool delivered();
  // Call when the client has disconnected: no further pieces are produced, now or later.
  void cut_short();
  // Drops all requests. Answers to them are ignored.
  void clear();

  std::size_t outstanding() const { return slots_.size(); }
  // True while a long answer is being produced or waits for delivered().
  bool has_rest() const { return rest_ != nullptr; }
  // True from the first piece of a long answer until its last piece is appended.
  bool producing() const { return rest_ != nullptr && !produced_; }
  // True if every request is answered and every long answer is delivered.
  bool empty() const { return slots_.empty() && !has_rest(); }

 private:
  struct Slot {
    const Row* row;
    std::unique_ptr<LoggedRequest> logged;
    std::optional<Answer> answer;
  };
  bool has(std::uint64_t number) const;
  void append_one(Answer&, std::string& out);

  std::vector<Slot> slots_;
  std::uint64_t first_ = 0;                // number of slots_.front()
  std::unique_ptr<AnswerSource> rest_;     // of the last appended answer
  bool produced_ = false;                  // the last piece of rest_ is appended
  std::unique_ptr<LoggedRequest> logged_;  // of the last appended answer
  bool cut_short_ = false;
};

}  // namespace msn::daemon
