// SPDX-License-Identifier: MIT
// The fixture of the contract test: one service (a database or a server) that all networks of a
// bench share.
//
// Each driver has a bench in benches(). The tests check abilities() where networks differ.
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
  // The network has a server, whose name is in Self::server.
  virtual bool has_server() const { return false; }
  // The lists of a login contain the contacts' own names, even of those who block us.
  virtual bool lists_tell_all_names() const { return false; }
  // A network for one daemon.
  virtual std::unique_ptr<network::Network> make(network::Listener&) = 0;
  // Creates the account, with the password "secret", if it does not exist.
  virtual void have_account(const std::string& email) = 0;

  Peer& peer(const std::string& name) {
    have_account(name + "@example.org");
    return peer_of(name);
  }
  // A network for an account that may or may not exist.
  Peer& peer_of(const std::string& name) {
    const std::string email = name + "@example.org";
    peers_.push_back(std::make_unique<Peer>(
        loop, email, [this](network::Listener& listener) { return make(listener); }));
    return *peers_.back();
  }
  // Like peer(), logged in and with a status.
  Peer& online(const std::string& name, model::Status status = model::Status::online);
  // The abilities of this network.
  network::Abilities abilities() {
    RecordingListener listener;
    return make(listener)->abilities();
  }
  // Makes each a contact of the other, and waits for the events.
  void befriend(Peer&, Peer&);

  asio::io_context loop;
  FakeClock clock;
  NullLog log;

 protected:
  // Destroys the networks. A derived destructor calls it first, because they use its members.
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

// Runs the body on a new bench of each network.
void on_every_network(const std::function<void(Bench&)>& body);

}  // namespace msn::test
