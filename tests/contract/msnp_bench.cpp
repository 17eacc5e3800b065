// SPDX-License-Identifier: MIT
// The bench of the MSN network: a small MSN server in the same process, over real TCP and TLS.
#include "core/network/msnp/msnp_network.hpp"
#include "tests/contract/bench.hpp"
#include "tests/support/msn_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace msn::test {
namespace {

class MsnpBench final : public Bench {
 public:
  MsnpBench() : server_(loop, place_.path()) {}
  ~MsnpBench() override { drop_peers(); }

  bool has_server() const override { return true; }
  bool lists_tell_all_names() const override { return true; }
  std::unique_ptr<network::Network> make(network::Listener& listener) override {
    network::msnp::Options options;
    options.server = {"127.0.0.1", server_.port()};
    options.nexus = server_.nexus();
    options.ca_file = server_.ca_file();
    return std::make_unique<network::msnp::MsnpNetwork>(
        options, network::Dependencies{loop, listener, system_clock_, log, place_.path()});
  }
  void have_account(const std::string& email) override { server_.account(email); }

 private:
  SystemClock system_clock_;
  TempDir place_;
  MsnServer server_;
};

}  // namespace

std::unique_ptr<Bench> make_msnp_bench() {
  return std::make_unique<MsnpBench>();
}

}  // namespace msn::test
