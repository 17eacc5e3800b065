// SPDX-License-Identifier: MIT
// Where the contract test of the networks runs: one service that all of a bench's networks share.
//
// A network is given a bench by adding it to benches(); what it cannot do, or does otherwise by its
// nature, it declares in its traits, and the tests then ask for that instead.
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

struct Traits {
  // There is a server, and it is named in every state.
  bool has_server = false;
  // A message to somebody offline is kept and MFLUSH follows; else ERR 217 or FAILED.
  bool keeps_for_the_absent = true;
  // An address that is neither a contact nor an account: unknown_contact at once.
  bool knows_all_accounts = true;
  // While our status is offline: ERR 913.
  bool refuses_while_offline = true;
  // Somebody whom we do not allow is told so (ERR 217).
  bool tells_of_blocks = true;
  // MFLUSH tells of messages that were kept; else also of those that waited for a conversation.
  bool flushes_only_the_kept = true;
  // SENT: the other side has stored it; else the server has taken it.
  bool sent_means_stored = true;
  // Before the first STATUS of a session messages go out; else ERR 913.
  bool sends_unseen = true;
};

class Bench {
 public:
  virtual ~Bench() = default;
  virtual Traits traits() const { return {}; }
  // A network for one daemon; accounts are there once they are named here.
  virtual std::unique_ptr<network::Network> make(network::Listener&) = 0;
  // The account exists from here on, its password is "secret".
  virtual void have_account(const std::string& email) = 0;

  Peer& peer(const std::string& name) {
    const std::string email = name + "@example.org";
    have_account(email);
    peers_.push_back(std::make_unique<Peer>(
        loop, email, [this](network::Listener& listener) { return make(listener); }));
    return *peers_.back();
  }
  // The same, logged in and with a status.
  Peer& online(const std::string& name, model::Status status = model::Status::online);
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
