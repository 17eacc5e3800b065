// SPDX-License-Identifier: MIT
#include "tests/contract/bench.hpp"

#include <catch2/catch.hpp>

namespace msn::test {

const std::vector<BenchMaker>& benches() {
  static const std::vector<BenchMaker> all{
      {"local", &make_local_bench},
      {"msnp", &make_msnp_bench},
  };
  return all;
}

void on_every_network(const std::function<void(Bench&)>& body) {
  for (const auto& maker : benches()) {
    DYNAMIC_SECTION("on the network " << maker.network) {
      const auto bench = maker.make();
      body(*bench);
    }
  }
}

Peer& Bench::online(const std::string& name, model::Status status) {
  Peer& one = peer(name);
  REQUIRE(one.login());
  REQUIRE(one.status(status));
  return one;
}

void Bench::befriend(Peer& one, Peer& other) {
  REQUIRE(one.add(other.email));
  REQUIRE(one.hears(model::ContactAdded{other.email}));
  REQUIRE(other.hears(model::AddedYou{one.email}));
  REQUIRE(other.add(one.email));
  REQUIRE(other.hears(model::ContactAdded{one.email}));
  REQUIRE(one.hears(model::AddedYou{other.email}));
  if (one.network->self().status == model::Status::online &&
      other.network->self().status == model::Status::online) {
    REQUIRE(one.hears(status_event(other.email, "online")));
    REQUIRE(other.hears(status_event(one.email, "online")));
  }
}

}  // namespace msn::test
