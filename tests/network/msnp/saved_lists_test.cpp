// SPDX-License-Identifier: MIT
// The file of saved lists is read and written by the worker thread, not by the
// thread of the loop.
#include "tests/network/msnp/msn_bench.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <thread>

using namespace msn;
using namespace msn::test;

namespace {

const std::string alice_email = "alice@example.com";
const std::string bob_email = "bob@example.com";

// The certificates are a FIFO: the worker, whose first job is to read them, blocks until they are
// written.
class WithheldCertificates {
 public:
  WithheldCertificates(std::string fifo, std::string file)
      : fifo_(std::move(fifo)), file_(std::move(file)) {
    REQUIRE(::mkfifo(fifo_.c_str(), 0600) == 0);
  }
  ~WithheldCertificates() { give(); }
  WithheldCertificates(const WithheldCertificates&) = delete;
  WithheldCertificates& operator=(const WithheldCertificates&) = delete;
  void give() {
    if (!std::exchange(given_, true)) std::ofstream(fifo_) << std::ifstream(file_).rdbuf();
  }

 private:
  const std::string fifo_, file_;
  bool given_ = false;
};

// The threads that logged that something cannot be written.
class ThreadLog final : public Log {
 public:
  void write(LogLevel level, std::string_view, std::string_view) override {
    if (level != LogLevel::warn) return;
    const std::lock_guard lock(mutex_);
    threads_.insert(std::this_thread::get_id());
  }
  bool enabled(LogLevel) const override { return false; }
  std::set<std::thread::id> threads() const {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::thread::id> threads_;
};

}  // namespace

TEST_CASE("the saved lists are read by the worker") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  Peer& before = bench.online("alice");
  REQUIRE(before.rename(bob_email, "Bobby"));
  before.network.reset();  // writes what is pending
  const std::string folder = bench.directory / "alice/msnp", aside = bench.directory / "aside";
  std::filesystem::rename(folder, aside);

  bench.log.level = LogLevel::trace;
  auto options = bench.options();
  options.ca_file = bench.directory / "certificates";
  Peer alice(bench.loop, alice_email, [&](network::Listener& listener) {
    return std::make_unique<network::msnp::MsnpNetwork>(
        options, network::Dependencies{bench.loop, listener, bench.clock, bench.log,
                                       bench.directory / "alice"});
  });
  WithheldCertificates certificates(options.ca_file, bench.server.ca_file());
  std::optional<Result<void>> result;
  alice.network->login({alice_email, network::Secret("secret")},
                       [&](Result<void> r) { result = std::move(r); });
  // From here on the network waits for the file, which the worker cannot read yet.
  REQUIRE(alice.until([&] { return bench.log.has("< USR 3 TWN S"); }));
  std::filesystem::rename(aside, folder);
  certificates.give();
  REQUIRE(alice.until([&] { return result.has_value(); }));
  REQUIRE(*result);
  CHECK(alice.contact(bob_email)->nick == "Bobby");
}

TEST_CASE("the saved lists are written by the worker") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  bench.server.account(alice_email);
  std::ofstream(bench.directory / "msnp") << "no folder";
  ThreadLog log;
  Peer alice(bench.loop, alice_email, [&](network::Listener& listener) {
    return std::make_unique<network::msnp::MsnpNetwork>(
        bench.options(),
        network::Dependencies{bench.loop, listener, bench.clock, log, bench.directory.path()});
  });
  REQUIRE(alice.login());
  REQUIRE(alice.rename(bob_email, "Bobby"));
  alice.network.reset();  // after its last try
  const auto threads = log.threads();
  CHECK(threads.size() == 1);
  CHECK_FALSE(threads.contains(std::this_thread::get_id()));
}
