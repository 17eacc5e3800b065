// SPDX-License-Identifier: MIT
#include "core/network/local/local_network.hpp"
#include "tests/contract/bench.hpp"
#include "tests/support/temp_dir.hpp"

namespace msn::test {
namespace {

class LocalBench final : public Bench {
 public:
  ~LocalBench() override { drop_peers(); }

  std::unique_ptr<network::Network> make(network::Listener& listener) override {
    network::local::Options options;
    options.database = directory_ / "local.db";
    options.hash_cost = network::local::HashCost::least();
    return std::make_unique<network::local::LocalNetwork>(
        options, network::Dependencies{loop, listener, clock, log, directory_.path()});
  }

  void have_account(const std::string& email) override {
    RecordingListener nobody;
    auto network = make(nobody);
    bool done = false;
    network->create_account({email, network::Secret("secret")},
                            [&](const Result<void>&) { done = true; });
    pump(loop, [&] { return done; });
  }

 private:
  TempDir directory_;
};

}  // namespace

std::unique_ptr<Bench> make_local_bench() {
  return std::make_unique<LocalBench>();
}

}  // namespace msn::test
