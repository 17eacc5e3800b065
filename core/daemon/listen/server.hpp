// SPDX-License-Identifier: MIT
// All addresses on which the daemon listens, for all bindings (protocol 2, msncd(8)).
//
// Create it after the Daemon and destroy it before the Daemon. Loop thread only. The process must
// hold the account's lock file before open(), because a stale socket is replaced.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/daemon/daemon.hpp"
#include "core/daemon/listen/hub.hpp"
#include "core/daemon/listen/limits.hpp"
#include "core/daemon/listen/listener.hpp"
#include "core/pipe/address.hpp"

#include <asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace msn::daemon::listen {

// True if the user is root or the daemon's own (protocol 12).
bool is_root_or_own_user(uid_t peer);

class Server {
 public:
  Server(asio::io_context&, Daemon&, const Clock&, Log&, Limits = {},
         Hub::Allowed allowed = is_root_or_own_user);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens on an address. The error's message names it; busy: another process listens there;
  // no_access: not permitted.
  Result<void> open(const pipe::Address&);
  // Serves a socket passed by systemd: a listening Unix stream socket, or a datagram socket on
  // loopback. Other sockets: usage or no_access.
  Result<void> adopt(UniqueFd);
  // Sets the function that is called when standard input has ended and all requests are answered,
  // or when standard output has been closed. Call it before open().
  void on_input_end(std::function<void()> call) { input_end_ = std::move(call); }
  // Replaces descriptors 0 and 1 for "stdio", for tests.
  void use_stdio(int in, int out) { in_ = in, out_ = out; }

  std::size_t clients() const { return hub_.clients(); }
  // Drops stalled clients and silent datagram sources. Runs every second without this call.
  void sweep() { hub_.sweep(); }
  // Listens again on sockets and named pipes that have been removed (the runtime directory is
  // removed when the user logs out). Call it every few seconds.
  void restore();
  // Stops accepting clients and removes sockets and named pipes.
  void stop_listening();

 private:
  struct Served {
    std::shared_ptr<Listener> listener;
    std::optional<pipe::Address> address;  // none: passed by systemd
    bool down = false;                     // removed, and restore() has failed so far
  };
  Result<std::shared_ptr<Listener>> listen(const pipe::Address&);

  Hub hub_;
  std::vector<Served> served_;
  std::function<void()> input_end_;
  int in_ = 0, out_ = 1;
};

}  // namespace msn::daemon::listen
