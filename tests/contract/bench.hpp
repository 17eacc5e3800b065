// SPDX-License-Identifier: MIT
// Where the contract test of the networks runs: one service that all of a bench's networks share.
//
// A network is given a bench by adding it to benches(); what it cannot do, or does otherwise by its
// nature, its abilities() say, and the tests ask for that instead.
#pragma once
#include "core/network/network.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/network_peer.hpp"

#include <asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

class Bench {
 public:
  virtual ~Bench() = default;
  // There is a server, and it is named in every state.
  virtual bool has_server() const { return false; }
  // The lists of a login name contacts as they call themselves, whether they let us see them or
  // not.
  virtual bool lists_tell_all_names() const { return false; }
  // A network for one daemon; accounts are there once they are named here.
  virtual std::unique_ptr<network::Network> make(network::Listener&) = 0;
  // The account exists from here on, its password is "secret".
  virtual void have_account(const std::string& email) = 0;

  Peer& peer(const std::string& name) {
    have_account(name + "@example.org");
    return peer_of(name);
  }
  // The same for an account that is there already, or is not.
  Peer& peer_of(const std::string& name) {
    const std::string email = name + "@example.org";
    peers_.push_back(std::make_unique<Peer>(
        loop, email, [this](network::Listener& listener) { return make(listener); }));
    return *peers_.back();
  }
  // The same, logged in and with a status.
  Peer& online(const std::string& name, model::Status status = model::Status::online);
  // What this network can do.
  network::Abilities abilities() {
    RecordingListener listener;
    return make(listener)->abilities();
  }
  // Each has the other on the list, and both know it.
  void befriend(Peer&, Peer&);

  asio::io_context loop;
  FakeClock clock;
  NullLog log;

 protected:
  // To be called first in a derived destructor: the networks go before what they stand on.
  void drop_peers() { peers_.clear(); }

 private:
  std::vector<std::unique_ptr<Peer>> peers_;
};

struct BenchMaker {
  std::string_view network;  // the driver's name
  std::unique_ptr<Bench> (*make)();
};
const std::vector<BenchMaker>& benches();

std::unique_ptr<Bench> make_local_bench();
std::unique_ptr<Bench> make_msnp_bench();

// The body is run on a fresh bench for each network.
void on_every_network(const std::function<void(Bench&)>& body);

}  // namespace msn::test
