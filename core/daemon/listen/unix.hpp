// SPDX-License-Identifier: MIT
// The listening Unix socket (msncd(8)): mode 0600 in a private directory, created and removed by
// the daemon, or passed by systemd.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/hub.hpp"
#include "core/daemon/listen/listener.hpp"

#include <asio/basic_socket_acceptor.hpp>
#include <asio/local/stream_protocol.hpp>

#include <memory>
#include <string>
#include <sys/types.h>

namespace msn::daemon::listen {

class UnixListener final : public Listener, public std::enable_shared_from_this<UnixListener> {
 public:
  // Creates the directory (0700) if it does not exist, and replaces a stale socket. Errors:
  // no_access if the directory or a file at the path belongs to another user, if others can write
  // to the directory, or if the file is not a socket; busy if a process listens there.
  static Result<std::shared_ptr<Listener>> open(Hub&, const std::string& path);
  // Serves a listening socket passed by systemd. It is never removed.
  static Result<std::shared_ptr<Listener>> adopt(Hub&, UniqueFd);

  explicit UnixListener(Hub& hub) : hub_(hub), acceptor_(hub.loop()), pause_(hub.loop()) {}
  void close() override;

 private:
  static Result<std::shared_ptr<Listener>> serve(std::shared_ptr<UnixListener>, UniqueFd);
  void await_clients();
  void on_clients(const asio::error_code&);
  void pause();
  bool accept_some();  // false: out of descriptors
  void refuse_one();
  void serve_client(UniqueFd);

  Hub& hub_;
  ReadySet* set_ = nullptr;
  asio::basic_socket_acceptor<asio::local::stream_protocol, Executor> acceptor_;
  Timer pause_;
  UniqueFd spare_;    // closed to accept and refuse a client when descriptors run out
  std::string path_;  // empty: do not remove it
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool closed_ = false;
};

}  // namespace msn::daemon::listen
