// SPDX-License-Identifier: MIT
// Names into addresses, and services into hosts (SRV). The system's functions block and cannot be
// ended, so every lookup has a thread of its own that is not waited for: the owner of the lookup,
// and the whole program, may go meanwhile.
#pragma once
#include "core/base/host_port.hpp"
#include "core/base/result.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace msn::network {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

// A record of RFC 2782. An empty host: the service is decidedly not offered.
struct Service {
  HostPort at;
  std::uint16_t priority = 0, weight = 0;
  bool operator==(const Service&) const = default;
};
using Services = std::vector<Service>;

// One lookup, as long as its result is wanted. Lives on the loop's thread; the loop outlives it.
class Lookup {
 public:
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
  template <class Found>
  using Done = std::function<void(Result<Found>)>;
  // Block. Called on a thread that may outlast everything, so they must keep what they need.
  struct System {
    // At least one address, or network.
    std::function<Result<Endpoints>(const HostPort&)> addresses = &ask_addresses;
    // "_xmpp-client._tcp.example.org". None: there is no such record. network: no name server has
    // answered.
    std::function<Result<Services>(const std::string& name)> services = &ask_services;
  };
  static Result<Endpoints> ask_addresses(const HostPort&);
  static Result<Services> ask_services(const std::string& name);

  // `most`: lookups at once, wanted or not; further ones fail (network).
  explicit Lookups(asio::io_context& loop) : Lookups(loop, System()) {}
  Lookups(asio::io_context& loop, System system, std::size_t most = 256);

  // `done` is called once, on the loop and not from inside this call, unless the lookup goes first.
  // An address in numbers is its own answer.
  std::unique_ptr<Lookup> addresses(const HostPort& host, Done<Endpoints> done) const;
  std::unique_ptr<Lookup> services(const std::string& name, Done<Services> done) const;

 private:
  template <class Found, class Ask>
  std::unique_ptr<Lookup> start(std::optional<Found> known, Ask ask, Done<Found> done) const;

  asio::io_context& loop_;
  System system_;
  std::size_t most_;
  std::shared_ptr<std::atomic<std::size_t>> threads_;
};

// The records of a DNS answer; network: it cannot be read.
Result<Services> read_services(std::span<const unsigned char> answer);
// The hosts in the order in which to try them (RFC 2782): the lowest priority first, by chance and
// weight among equals. `random`: 0 to 1, asked once for each.
std::vector<HostPort> in_order(Services, const std::function<double()>& random);

}  // namespace msn::network
