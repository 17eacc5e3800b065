// SPDX-License-Identifier: MIT
// The answer to one request, and the handle to send it with.
#pragma once
#include "core/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace msn::daemon {

// Produces the rest of an answer that is too long to keep in memory. The connection calls produce()
// when the client has read most of the previous piece. It destroys the source after the answer is
// delivered, or when the client disconnects.
class AnswerSource {
 public:
  virtual ~AnswerSource() = default;
  // Appends the next piece to `out`: whole units (protocol 2), about 64 KiB. Returns false if this
  // was the last piece.
  virtual bool produce(std::string& out) = 0;
  // Called when the whole answer has been written to the socket: at most once, after produce() has
  // returned false, and not if the client has disconnected before.
  virtual void delivered() {}
};

struct Answer {
  Answer(std::string whole) : bytes(std::move(whole)) {}  // NOLINT: an answer is mostly its bytes
  Answer(std::string first, std::unique_ptr<AnswerSource> source)
      : bytes(std::move(first)), rest(std::move(source)) {}

  std::string bytes;                   // the whole answer, or its first piece
  std::unique_ptr<AnswerSource> rest;  // null: the answer is complete
};

// Answers one request, once, now or later. An answer to a client that has disconnected is dropped.
// A Reply that is destroyed or overwritten unused answers "internal error".
class Reply {
 public:
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void answered(std::uint64_t number, Result<Answer>&&) = 0;  // number: of the request
  };
  Reply(std::weak_ptr<Receiver> to, std::uint64_t number) : to_(std::move(to)), number_(number) {}
  Reply(Reply&&) noexcept = default;
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

  std::weak_ptr<Receiver> to_;  // empty: used, or moved from
  std::uint64_t number_;
};

}  // namespace msn::daemon
