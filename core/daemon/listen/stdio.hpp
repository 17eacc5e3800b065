// SPDX-License-Identifier: MIT
// Standard input and output as a stream (protocol 2.2), for a front end that starts the daemon as
// its child.
#pragma once
#include "core/daemon/listen/client.hpp"
#include "core/daemon/listen/listener.hpp"

#include <functional>
#include <memory>

namespace msn::daemon::listen {

class StdioListener final : public Listener {
 public:
  // Duplicates the descriptors (0 and 1, except in tests). `done` is called once: when the input
  // has ended and all requests are answered, or when the output has been closed.
  static Result<std::shared_ptr<Listener>> open(Hub&, int in, int out, std::function<void()> done);
  void close() override;

 private:
  std::weak_ptr<Client> client_;
};

}  // namespace msn::daemon::listen
