// SPDX-License-Identifier: MIT
// Names into addresses. getaddrinfo blocks and cannot be ended, so every lookup has a thread of its
// own that nobody waits for: whoever has lost interest, and the whole program, may go meanwhile.
#pragma once
#include "core/base/result.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/limits.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace msn::network::msnp {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

// One lookup, as long as its result is wanted. Lives on the loop's thread; the loop outlives it.
class Lookup {
 public:
  using Done = std::function<void(Result<Endpoints>)>;
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

 private:
  friend class Lookups;
  struct Wanted;
  explicit Lookup(std::shared_ptr<Wanted> wanted);
  std::shared_ptr<Wanted> wanted_;
};

class Lookups {
 public:
  // Blocks. Called on a thread that may outlast everything, so it must keep what it needs; at least
  // one address, or network.
  using Ask = std::function<Result<Endpoints>(const HostPort&)>;
  static Result<Endpoints> ask_system(const HostPort&);

  explicit Lookups(asio::io_context& loop, Ask ask = {}, std::size_t most = limits::lookups);

  // `done` is called once, on the loop and not from inside this call, unless the lookup goes first.
  // An address in numbers is its own answer.
  std::unique_ptr<Lookup> start(const HostPort& host, Lookup::Done done) const;

 private:
  asio::io_context& loop_;
  Ask ask_;
  std::size_t most_;
  std::shared_ptr<std::atomic<std::size_t>> under_way_;  // threads, wanted or not
};

}  // namespace msn::network::msnp
