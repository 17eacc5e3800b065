// SPDX-License-Identifier: MIT
// Standard input and output as a stream (protocol 2.2), for a front end that starts the daemon as
// its child.
#pragma once
#include "core/daemon/listen/client.hpp"
#include "core/daemon/listen/listener.hpp"
#include "core/daemon/listen/ready_fd.hpp"

#include <functional>
#include <memory>

namespace msn::daemon::listen {

class StdioClient final : public Client {
 public:
  StdioClient(Hub& hub, std::function<void()> done)
      : Client(hub, Conversation::Binding::stdio), done_(std::move(done)) {}
  Result<void> watch(int in, int out);

 private:
  void await_input() override;
  void await_writable() override;
  void await_hangup() override {}  // a pipe's reader going away shows at the next write
  std::ptrdiff_t put(std::string_view octets) override;
  void close() override;

  std::unique_ptr<ReadyFd> in_, out_;
  std::function<void()> done_;
};

class StdioListener final : public Listener {
 public:
  // Descriptors 0 and 1 but in tests. `done`: the input has ended and everything was answered, or
  // nobody reads the answers.
  static Result<std::shared_ptr<Listener>> open(Hub&, int in, int out, std::function<void()> done);
  void close() override;

 private:
  std::weak_ptr<StdioClient> client_;
};

}  // namespace msn::daemon::listen
