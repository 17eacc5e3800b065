// SPDX-License-Identifier: MIT
// A pipe whose other end is the test: the answers are listed as the pieces in which they arrive.
// Nothing waits: when all pieces are used, receive() times out at once.
#pragma once
#include "core/pipe/pipe.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

// The test's end. An empty piece is the end of the stream.
struct Wire {
  std::vector<std::string> sent;       // units
  std::deque<std::string> pieces;      // what receive() will give
  std::vector<pipe::Patience> waited;  // the patience of each receive()
  std::string greeting;                // as of a FIFO
  bool datagrams = false;
  int renewed = 0;
  // Answers a unit with pieces; without it the pieces are only those the test puts there.
  std::function<std::vector<std::string>(const std::string& unit)> answer;
  std::optional<Error> send_error;
  std::optional<Error> renew_error;
};

class MemoryPipe final : public pipe::Pipe {
 public:
  explicit MemoryPipe(Wire& wire) : wire_(wire) {}

  Result<void> send(std::string_view unit, pipe::Patience) override {
    if (wire_.send_error) return fail(*wire_.send_error);
    wire_.sent.emplace_back(unit);
    if (wire_.answer)
      for (auto& piece : wire_.answer(wire_.sent.back())) wire_.pieces.push_back(std::move(piece));
    return {};
  }
  Result<std::string_view> receive(pipe::Patience patience) override {
    wire_.waited.push_back(patience);
    if (wire_.pieces.empty()) return fail(ErrorCode::daemon_timeout, "memory: no answer");
    piece_ = wire_.pieces.front();
    if (!piece_.empty()) wire_.pieces.pop_front();
    return std::string_view(piece_);
  }
  bool datagrams() const override { return wire_.datagrams; }
  Result<void> renew(pipe::Patience) override {
    ++wire_.renewed;
    wire_.pieces.clear();
    if (wire_.renew_error) return fail(*wire_.renew_error);
    return {};
  }
  std::string_view greeting() const override { return wire_.greeting; }

 private:
  Wire& wire_;
  std::string piece_;
};

}  // namespace msn::test
