// SPDX-License-Identifier: MIT
// The pair of named pipes (protocol 2.2a): a directory of ours with `in` and `out`, both kept open
// for reading and writing, one client at a time.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/client.hpp"
#include "core/daemon/listen/listener.hpp"

#include <asio/posix/basic_stream_descriptor.hpp>

#include <memory>
#include <string>

namespace msn::daemon::listen {

class FifoClient final : public Client {
 public:
  explicit FifoClient(Hub& hub)
      : Client(hub, Conversation::Binding::fifo), in_(hub.loop()), out_(hub.loop()) {}
  Result<void> watch(UniqueFd in, UniqueFd out);

 private:
  void await_input() override;
  void await_writable() override;
  void await_hangup() override {}  // it has none: we hold both ends
  std::ptrdiff_t put(std::string_view octets) override;
  void close() override;
  void give_up() override;

  asio::posix::basic_stream_descriptor<Executor> in_;
  asio::posix::basic_stream_descriptor<Executor> out_;
};

class FifoListener final : public Listener {
 public:
  // Makes the directory (0700) and the pipes (0600) if they are not there. no_access: what stands
  // there is not ours or no pipe; busy: another daemon serves this directory.
  static Result<std::shared_ptr<Listener>> open(Hub&, const std::string& directory);
  void close() override;

 private:
  std::string directory_;
  UniqueFd lock_;  // on the directory: the daemon's; the client's is on `in`
  std::weak_ptr<FifoClient> client_;
};

}  // namespace msn::daemon::listen
