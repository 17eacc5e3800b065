// SPDX-License-Identifier: MIT
// DNS lookups: names to addresses, and services to hosts (SRV). The system's functions block and
// cannot be cancelled, so each lookup runs on a detached thread. The caller, and even the program,
// may end before that thread does.
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

// An SRV record (RFC 2782). An empty host means that the domain does not offer the service.
struct Service {
  HostPort at;
  std::uint16_t priority = 0, weight = 0;
  bool operator==(const Service&) const = default;
};
using Services = std::vector<Service>;

// The handle of a lookup; destroying it cancels the callback. Loop thread only; the loop outlives
// it.
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
  // The blocking functions, which tests replace. They run on a thread that may outlive all other
  // objects, so they must own what they use.
  struct System {
    // Returns at least one address. Error: network.
    std::function<Result<Endpoints>(const HostPort&)> addresses = &ask_addresses;
    // Name: "_xmpp-client._tcp.example.org". An empty result: there is no such record. Error:
    // network, if no name server has answered.
    std::function<Result<Services>(const std::string& name)> services = &ask_services;
  };
  static Result<Endpoints> ask_addresses(const HostPort&);
  static Result<Services> ask_services(const std::string& name);

  // `most`: the limit of lookup threads, including those of cancelled lookups; above it, lookups
  // fail (network).
  explicit Lookups(asio::io_context& loop) : Lookups(loop, System()) {}
  Lookups(asio::io_context& loop, System system, std::size_t most = 256);

  // Calls `done` once, on the loop and not from inside this call, unless the handle is destroyed
  // first. A numeric address needs no lookup.
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

// Parses the SRV records of a DNS response. Error: network.
Result<Services> read_services(std::span<const unsigned char> answer);
// The hosts in the order in which to try them (RFC 2782): the lowest priority first; among equals
// at random by weight. `random` returns 0 to 1 and is called once for each host.
std::vector<HostPort> in_order(Services, const std::function<double()>& random);

}  // namespace msn::network
