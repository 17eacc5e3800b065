// SPDX-License-Identifier: MIT
// One TCP connection on the loop: name lookup off the loop, reading, writing in order.
#pragma once
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/lookup.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace msn::network::msnp {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Called on the loop, never from inside a call of ours, and not any more after hang_up or drop.
  struct Handlers {
    std::function<void()> connected;
    std::function<void(std::string_view octets)> received;
    std::function<void(std::string why)> closed;  // the last one
  };
  static std::shared_ptr<Connection> make(asio::io_context&, const Timing&, Handlers);

  void connect(const Lookups&, const HostPort&);
  // The same without a lookup: one address after the other.
  void connect(std::deque<asio::ip::tcp::endpoint>);
  // A server that takes nothing for a time, while something waits, is as good as gone.
  void send(std::string octets);
  // Closes after what was sent has gone, or a few seconds later.
  void hang_up();
  // Closes at once.
  void drop();

 private:
  Connection(asio::io_context&, const Timing&, Handlers);
  void try_next(std::error_code failed);
  void read();
  void write();
  void read_the_rest(const std::error_code& why);
  void fail(std::string why);
  void close();

  std::unique_ptr<Lookup> lookup_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer linger_, stall_, attempt_;
  const Timing::Ms patience_, patience_with_one_;
  Handlers handlers_;
  HostPort to_;
  std::deque<asio::ip::tcp::endpoint> addresses_;  // not tried yet
  std::array<char, 16 * 1024> buffer_;
  std::string waiting_, writing_;
  std::size_t written_ = 0;     // of writing_
  std::uint64_t progress_ = 0;  // octets written, ever
  bool open_ = false;
  bool broken_ = false;  // it takes nothing any more
  bool hanging_up_ = false;
};

}  // namespace msn::network::msnp
