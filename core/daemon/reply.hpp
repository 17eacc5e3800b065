// SPDX-License-Identifier: MIT
// The answer to one request, and the means to give it.
#pragma once
#include "core/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace msn::daemon {

// The rest of an answer that is too long to hold in memory for one client. The connection asks for
// the next piece when the client has taken most of the last one. Destroyed when the answer is over,
// or when the client has gone before its end.
class AnswerSource {
 public:
  virtual ~AnswerSource() = default;
  // Appends the next piece to `out`: whole units (protocol 2), 64 KiB or little more. Returns false
  // when there is nothing more to append, now or later.
  virtual bool produce(std::string& out) = 0;
  // Every byte of the answer has left the daemon: the socket has taken it. Called at most once,
  // after produce() has returned false. Not called if the client has gone before.
  virtual void delivered() {}
};

struct Answer {
  Answer(std::string whole) : bytes(std::move(whole)) {}  // NOLINT: an answer is mostly its bytes
  Answer(std::string first, std::unique_ptr<AnswerSource> source)
      : bytes(std::move(first)), rest(std::move(source)) {}

  std::string bytes;                   // all of it, or the first piece
  std::unique_ptr<AnswerSource> rest;  // null: there is no more, and delivery does not matter
};

// Answers one request, once. Given to the handler, which answers now or keeps it for later; an
// answer to a client that has gone is dropped.
class Reply {
 public:
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void answered(std::uint64_t number, Result<Answer>&&) = 0;
  };
  Reply(std::weak_ptr<Receiver> to, std::uint64_t number) : to_(std::move(to)), number_(number) {}
  Reply(Reply&&) noexcept = default;
  // A reply that is dropped or replaced unanswered answers "internal error".
  Reply& operator=(Reply&& other) noexcept {
    if (this == &other) return *this;
    drop();
    to_ = std::move(other.to_);
    number_ = other.number_;
    return *this;
  }
  ~Reply() { drop(); }

  void operator()(Result<Answer>&& answer) {
    const auto to = to_.lock();
    to_.reset();
    if (to) to->answered(number_, std::move(answer));
  }

 private:
  void drop() {
    if (!to_.expired()) operator()(fail(ErrorCode::internal));
  }

  std::weak_ptr<Receiver> to_;  // empty: answered, or moved from
  std::uint64_t number_;
};

}  // namespace msn::daemon
