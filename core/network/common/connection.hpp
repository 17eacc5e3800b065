// SPDX-License-Identifier: MIT
// A TCP client connection on the loop, with or without TLS: looks up the name on another thread,
// reads, and writes in order. Loop thread only.
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
    Ms address{5'000};  // for one address of a host, if it has others to try
    Ms stall{30'000};   // the connection fails if a write makes no progress for this time
    std::size_t unwritten = 4u << 20;  // bytes to write; with more, the connection fails
  };
  // Called on the loop, never from inside a member function, and never after hang_up() or drop().
  struct Handlers {
    std::function<void()> connected;
    std::function<void(std::string_view bytes)> received;
    std::function<void(std::string why)> closed;  // the last call; `why` is for the user
    std::function<void()> secured = {};           // the handshake of start_tls() has succeeded
  };
  static std::shared_ptr<Connection> make(asio::io_context&, const Limits&, Handlers);
  ~Connection();

  // remote: connects to no address that is_on_this_link(), even if a name resolves to it.
  enum class Hosts { any, remote };
  void connect(const Lookups&, const HostPort&, Hosts = Hosts::any);
  // Tries the addresses in order.
  void connect(std::deque<asio::ip::tcp::endpoint>);
  // Whether the peer's address is_on_this_link(). Valid once connected.
  bool is_local() const { return local_; }
  // Call only from the handlers `connected` and `received`. Starts the handshake; bytes passed to
  // send() from then on are written, encrypted, after `secured`. The connection fails if the
  // certificate is not trusted or not valid for `name`. The bytes that the current call of
  // `received` got were not encrypted.
  void start_tls(std::shared_ptr<TlsContext>, std::string name);
  // Queues the bytes, and wipes them from memory once they are written.
  void send(std::string bytes);
  // Closes after all queued bytes are written, at the latest after 3 seconds.
  void hang_up();
  // Closes at once and discards queued bytes.
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
  std::unique_ptr<TlsStream> tls_;  // nullptr: not encrypted
  asio::steady_timer linger_, stall_, attempt_;
  const Limits limits_;
  Handlers handlers_;
  HostPort to_;
  std::deque<asio::ip::tcp::endpoint> addresses_;  // not tried yet
  std::array<char, 16 * 1024> buffer_;
  std::string waiting_, writing_;
  std::size_t written_ = 0;     // of writing_
  std::uint64_t progress_ = 0;  // bytes written in total
  bool open_ = false;
  bool local_ = false;
  bool securing_ = false;  // handshake in progress: no reads and writes of our own
  bool broken_ = false;    // a write has failed
  bool hanging_up_ = false;
};

}  // namespace msn::network
