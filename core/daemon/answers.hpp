// SPDX-License-Identifier: MIT
// The answers of one conversation, in the order of its requests (protocol 2.2), and the rest of a
// long answer, which is produced as fast as the client reads it.
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
  // Keeps a place for the answer of a request that begins now. Returns its number. `logged`: null
  // if the log does not show requests.
  std::uint64_t add(const Row* row, std::unique_ptr<LoggedRequest> logged = nullptr);
  // The row of a request that is not answered yet; null: unknown keyword, or no such request.
  const Row* row(std::uint64_t number) const;
  // Ignored if there is no such request any more. True: no earlier answer is missing.
  bool put(std::uint64_t number, Answer&&);
  // Appends answers whose turn it is, and pieces of one, until `out` holds `limit` bytes. After an
  // answer in pieces nothing more is appended before delivered().
  void append(std::string& out, std::size_t limit);
  // The client has everything that was appended. True: that was the end of an answer in pieces.
  bool delivered();
  // Stops producing answers in pieces, now and later: the client has gone.
  void cut_short();
  // Forgets all requests; their answers are ignored.
  void clear();

  std::size_t outstanding() const { return slots_.size(); }
  // The rest of an answer is being produced, or waits for delivered().
  bool has_rest() const { return rest_ != nullptr; }
  bool producing() const { return rest_ != nullptr && !produced_; }
  // Every request is answered, and the client has all that came in pieces.
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
  std::uint64_t first_ = 0;                // the number of slots_.front()
  std::unique_ptr<AnswerSource> rest_;     // of the answer that was appended last
  bool produced_ = false;                  // all of rest_
  std::unique_ptr<LoggedRequest> logged_;  // of the answer that was appended last
  bool cut_short_ = false;
};

}  // namespace msn::daemon
