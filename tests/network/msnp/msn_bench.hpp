// SPDX-License-Identifier: MIT
// Networks under test with the MSN test server, on one loop.
#pragma once
#include "core/network/msnp/msnp_network.hpp"
#include "tests/support/msn_server.hpp"
#include "tests/support/network_peer.hpp"
#include "tests/support/remembering_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <memory>
#include <string>
#include <vector>

namespace msn::test {

class MsnBench {
 public:
  MsnBench() : server(loop, directory.path()) {}
  ~MsnBench() { peers_.clear(); }

  network::msnp::Options options() const {
    network::msnp::Options options;
    options.server = {"127.0.0.1", server.port()};
    options.nexus = server.nexus();
    options.ca_file = server.ca_file();
    options.timing = timing;
    return options;
  }
  // "alice": alice@example.com with the password "secret". Creates the account on the server.
  Peer& peer(const std::string& name) {
    const auto email = name + "@example.com";
    server.account(email);
    return device(email, name);
  }
  // Another network with the given address; `state`: its state directory.
  Peer& device(const std::string& email, const std::string& state) {
    return device(email, state, options());
  }
  Peer& device(const std::string& email, const std::string& state,
               const network::msnp::Options& with) {
    peers_.push_back(std::make_unique<Peer>(loop, email, [&](network::Listener& listener) {
      return std::make_unique<network::msnp::MsnpNetwork>(
          with, network::Dependencies{loop, listener, clock, log, directory / state});
    }));
    return *peers_.back();
  }
  Peer& online(const std::string& name, model::Status status = model::Status::online) {
    Peer& one = peer(name);
    if (!one.login() || !one.status(status)) throw std::runtime_error("no login for " + name);
    return one;
  }

  asio::io_context loop;
  SystemClock clock;
  RememberingLog log;
  TempDir directory;
  MsnServer server;
  network::msnp::Timing timing;

 private:
  std::vector<std::unique_ptr<Peer>> peers_;
};

}  // namespace msn::test
