// SPDX-License-Identifier: MIT
// A whole daemon on the test's loop, composed as in the program: a network of the test's choice,
// the core with its event log on disk, and a Unix socket. All its files are in the given directory.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/daemon/daemon.hpp"
#include "core/daemon/listen/loop.hpp"
#include "core/daemon/listen/server.hpp"

#include <asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace msn::test {

class SocketDaemon {
 public:
  using Make = std::function<std::unique_ptr<network::Network>(const network::Dependencies&)>;

  SocketDaemon(asio::io_context& loop, const std::string& directory, const std::string& network,
               const Make& make)
      : path_(directory + "/msncd.sock"), core_loop_(loop) {
    daemon::Settings settings;
    settings.network = network;
    settings.version = "test";
    settings.log_directory = directory;
    auto made = daemon::Daemon::create(
        settings,
        [&](network::Listener& listener) {
          return make({loop, listener, clock_, log_, directory});
        },
        core_loop_, clock_, log_);
    if (!made) throw std::runtime_error(made.error().message);
    daemon_ = std::move(*made);
    core_loop_.on_time([this] { daemon_->on_time(); });
    server_.emplace(loop, *daemon_, clock_, log_);
    auto open = server_->open({pipe::Address::Kind::unix_socket, path_, {}, 0});
    if (!open) throw std::runtime_error(open.error().message);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  SystemClock clock_;
  NullLog log_;
  daemon::listen::AsioLoop core_loop_;
  std::unique_ptr<daemon::Daemon> daemon_;
  std::optional<daemon::listen::Server> server_;  // destroyed before the core
};

}  // namespace msn::test
