// SPDX-License-Identifier: MIT
// Everything the daemon listens on, all bindings at once (protocol 2, msncd(8)).
//
// Lives between the daemon's core and its program: made after the Daemon, destroyed before it. One
// loop thread. Addresses are opened only by whoever holds the account's lock file, for a stale
// socket is replaced.
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

// Root and ourselves (protocol 12.1).
bool is_root_or_us(uid_t peer);

class Server {
 public:
  Server(asio::io_context&, Daemon&, const Clock&, Log&, Limits = {},
         Hub::Allowed allowed = is_root_or_us);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens; the error names the address. busy: somebody else does. no_access: not permitted.
  Result<void> open(const pipe::Address&);
  // A socket passed by systemd: a listening Unix stream socket, or a datagram socket on loopback.
  Result<void> adopt(UniqueFd);
  // Called when standard input has ended and everything was answered. Before open().
  void on_input_end(std::function<void()> call) { input_end_ = std::move(call); }
  // Other descriptors for "stdio" than 0 and 1, for tests.
  void use_stdio(int in, int out) { in_ = in, out_ = out; }

  std::size_t clients() const { return hub_.clients(); }
  // Looks after clients that do not read and sources that are silent; by itself every second.
  void sweep() { hub_.sweep(); }
  // Listens again where the socket or the named pipes have been removed (the runtime directory goes
  // at log-out). Call it every few seconds.
  void restore();
  // Takes no more clients, and removes its socket files.
  void stop_listening();

 private:
  struct Served {
    std::shared_ptr<Listener> listener;
    std::optional<pipe::Address> address;  // none: its socket was passed
    bool down = false;                     // removed, and not to be had again until now
  };
  Result<std::shared_ptr<Listener>> listen(const pipe::Address&);

  Hub hub_;
  std::vector<Served> served_;
  std::function<void()> input_end_;
  int in_ = 0, out_ = 1;
};

}  // namespace msn::daemon::listen
