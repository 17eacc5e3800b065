// SPDX-License-Identifier: MIT
// One TCP connection on the loop, with or without TLS: name lookup off the loop, reading, writing
// in order.
#pragma once
#include "core/base/host_port.hpp"
#include "core/network/common/lookup.hpp"
#include "core/network/common/tls.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace msn::network {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Limits {
    using Ms = std::chrono::milliseconds;
    Ms address{5'000};  // of one address of a host, while there are others
    Ms stall{30'000};   // a connection that takes nothing of what we write is given up
    std::size_t unwritten = 4u << 20;  // bytes; with more it is given up, too
  };
  // Called on the loop, never from inside a call of ours, and not any more after hang_up or drop.
  struct Handlers {
    std::function<void()> connected;
    std::function<void(std::string_view bytes)> received;
    std::function<void(std::string why)> closed;  // the last one
    std::function<void()> secured = {};           // after start_tls
  };
  static std::shared_ptr<Connection> make(asio::io_context&, const Limits&, Handlers);
  ~Connection();

  // elsewhere: to no address that is_on_this_link(), not even to one that a name stands for.
  enum class Reach { anywhere, elsewhere };
  void connect(const Lookups&, const HostPort&, Reach = Reach::anywhere);
  // The same without a lookup: one address after the other.
  void connect(std::deque<asio::ip::tcp::endpoint>);
  // Whether the other side is_on_this_link(). Once connected.
  bool is_near() const { return near_; }
  // Only from inside the handlers `connected` and `received`. From here on everything is encrypted:
  // what is sent goes out after `secured`. The certificate must name `name`; else, or if it is not
  // trusted, `closed` says so. Bytes that came in the same call of `received` came in clear text.
  void start_tls(std::shared_ptr<TlsContext>, std::string name);
  // Wipes the bytes once they are sent.
  void send(std::string bytes);
  // Closes after what was sent has gone, or a few seconds later.
  void hang_up();
  // Closes at once.
  void drop();

 private:
  Connection(asio::io_context&, const Limits&, Handlers);
  void try_next(std::error_code failed);
  void handshake();
  void resume();
  void read();
  void on_read(const std::error_code&, std::size_t size);
  void write();
  void on_written(const std::error_code&, std::size_t size);
  void read_the_rest(const std::error_code& why);
  std::string broken(const std::error_code&) const;
  void fail(std::string why);
  void close();

  std::unique_ptr<Lookup> lookup_;
  asio::ip::tcp::socket socket_;
  std::shared_ptr<TlsContext> tls_context_;
  std::string tls_name_;
  std::unique_ptr<TlsStream> tls_;  // nothing: clear text
  asio::steady_timer linger_, stall_, attempt_;
  const Limits limits_;
  Handlers handlers_;
  HostPort to_;
  std::deque<asio::ip::tcp::endpoint> addresses_;  // not tried yet
  std::array<char, 16 * 1024> buffer_;
  std::string waiting_, writing_;
  std::size_t written_ = 0;     // of writing_
  std::uint64_t progress_ = 0;  // bytes written, ever
  bool open_ = false;
  bool near_ = false;
  bool securing_ = false;  // neither reads nor writes by themselves until the handshake is over
  bool broken_ = false;    // it takes nothing any more
  bool hanging_up_ = false;
};

}  // namespace msn::network
