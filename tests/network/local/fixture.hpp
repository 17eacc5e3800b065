// SPDX-License-Identifier: MIT
// A temporary database and networks on it.
#pragma once
#include "core/network/local/local_network.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/network_peer.hpp"
#include "tests/support/temp_dir.hpp"

#include <asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace msn::test {

struct LocalFixture {
  TempDir directory;
  asio::io_context loop;
  FakeClock clock;
  NullLog log;
  std::string database = directory / "local.db";
  network::local::Registration registration = network::local::Registration::by_login;

  std::unique_ptr<network::Network> make(network::Listener& listener) {
    network::local::Options options;
    options.database = database;
    options.registration = registration;
    options.hash_cost = network::local::HashCost::least();
    return std::make_unique<network::local::LocalNetwork>(
        options, network::Dependencies{loop, listener, clock, log, directory.path()});
  }
  std::unique_ptr<Peer> peer(const std::string& name) {
    return std::make_unique<Peer>(loop, name + "@example.org",
                                  [this](network::Listener& listener) { return make(listener); });
  }
  std::unique_ptr<Peer> online(const std::string& name,
                               model::Status status = model::Status::online) {
    auto one = peer(name);
    if (!one->login() || !one->status(status)) one->network.reset();
    return one;
  }
};

}  // namespace msn::test
