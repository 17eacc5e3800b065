// SPDX-License-Identifier: MIT
// One TCP connection on the loop: name lookup off the loop, reading, writing in order.
#pragma once
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/lookup.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Called on the loop, never from inside a call of ours, and not any more after hang_up or drop.
  struct Handlers {
    std::function<void()> connected;
    std::function<void(std::string_view octets)> received;
    std::function<void(std::string why)> closed;  // the last one
  };
  static std::shared_ptr<Connection> make(asio::io_context&, Handlers);

  void connect(const Lookups&, const HostPort&);
  void send(std::string octets);
  // Closes after what was sent has gone, or a few seconds later.
  void hang_up();
  // Closes at once.
  void drop();

 private:
  Connection(asio::io_context&, Handlers);
  void read();
  void write();
  void fail(std::string why);
  void close();

  std::unique_ptr<Lookup> lookup_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer linger_;
  Handlers handlers_;
  HostPort to_;
  std::array<char, 16 * 1024> buffer_;
  std::string waiting_, writing_;
  bool open_ = false;
  bool hanging_up_ = false;
};

}  // namespace msn::network::msnp
