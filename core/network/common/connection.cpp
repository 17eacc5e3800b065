// SPDX-License-Identifier: MIT
#include "core/network/common/connection.hpp"

#include <asio/post.hpp>
#include <asio/ssl/error.hpp>
#include <sodium.h>

#include <utility>

namespace msn::network {
namespace {

constexpr auto linger = std::chrono::seconds(3);

void wipe(std::string& text) {
  ::sodium_memzero(text.data(), text.size());
  text.clear();
}

bool on_this_link(const asio::ip::tcp::endpoint& at) {
  return is_on_this_link(at.address().to_string());
}

}  // namespace

std::shared_ptr<Connection> Connection::make(asio::io_context& loop, const Limits& limits,
                                             Handlers handlers) {
  return std::shared_ptr<Connection>(new Connection(loop, limits, std::move(handlers)));
}

Connection::Connection(asio::io_context& loop, const Limits& limits, Handlers handlers)
    : socket_(loop),
      linger_(loop),
      stall_(loop),
      attempt_(loop),
      limits_(limits),
      handlers_(std::move(handlers)) {}

Connection::~Connection() {
  wipe(waiting_);
  wipe(writing_);
}

void Connection::connect(const Lookups& lookups, const HostPort& to, Hosts hosts) {
  to_ = to;
  // lookup_ is a member: its callback cannot outlive `this`.
  lookup_ = lookups.addresses(to, [this, hosts](Result<Endpoints> found) {
    auto self = shared_from_this();
    lookup_.reset();
    if (!found) {
      fail("cannot find the host " + to_.host + ": " + found.error().message);
      return;
    }
    if (hosts == Hosts::remote) std::erase_if(*found, on_this_link);
    if (found->empty())
      fail("the server redirected msncd to a loopback or link-local address: " + to_text(to_));
    else
      connect({found->begin(), found->end()});
  });
}

void Connection::connect(std::deque<asio::ip::tcp::endpoint> addresses) {
  if (hanging_up_) return;
  addresses_ = std::move(addresses);
  try_next(asio::error::host_not_found);
}

// An address that never answers is abandoned after limits_.address if there are others.
void Connection::try_next(std::error_code failed) {
  std::error_code ignored;
  if (addresses_.empty()) {
    fail("cannot connect to " + to_.host + " port " + std::to_string(to_.port) + ": " +
         failed.message());
    return;
  }
  const auto address = addresses_.front();
  addresses_.pop_front();
  auto self = shared_from_this();
  socket_.close(ignored);
  if (!addresses_.empty()) {
    attempt_.expires_after(limits_.address);
    attempt_.async_wait([this, self, left = addresses_.size()](const std::error_code& error) {
      std::error_code none;
      if (!error && !open_ && addresses_.size() == left) socket_.close(none);
    });
  }
  socket_.async_connect(address, [this, self, address](std::error_code error) {
    attempt_.cancel();
    // The timer or close() has closed the socket meanwhile.
    if (!socket_.is_open()) error = asio::error::timed_out;
    if (error) {
      try_next(error);
      return;
    }
    std::error_code none;
    socket_.set_option(asio::ip::tcp::no_delay(true), none);
    socket_.set_option(asio::socket_base::keep_alive(true), none);
    open_ = true;
    local_ = on_this_link(address);
    addresses_.clear();
    const auto connected = handlers_.connected;
    if (connected) connected();
    resume();
  });
}

void Connection::start_tls(std::shared_ptr<TlsContext> context, std::string name) {
  if (!open_ || hanging_up_ || tls_) return;
  securing_ = true;
  tls_context_ = std::move(context);
  tls_name_ = std::move(name);
  if (writing_.empty()) handshake();
}

void Connection::handshake() {
  tls_ = make_tls_stream(socket_, *tls_context_, tls_name_);
  tls_->async_handshake(TlsStream::client,
                        [this, self = shared_from_this()](const std::error_code& error) {
                          securing_ = false;
                          if (error) {
                            fail(explain_tls(*tls_, error, tls_name_));
                            return;
                          }
                          const auto secured = handlers_.secured;
                          if (secured) secured();
                          resume();
                        });
}

void Connection::resume() {
  if (!open_ || securing_) return;
  read();
  if (writing_.empty() && !waiting_.empty()) write();
}

void Connection::read() {
  auto done = [this, self = shared_from_this()](const std::error_code& error, std::size_t size) {
    on_read(error, size);
  };
  if (tls_)
    tls_->async_read_some(asio::buffer(buffer_), std::move(done));
  else
    socket_.async_read_some(asio::buffer(buffer_), std::move(done));
}

void Connection::on_read(const std::error_code& error, std::size_t size) {
  if (error) {
    const bool ended = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    fail(ended ? "the server closed the connection" : broken(error));
    return;
  }
  if (!hanging_up_) {
    const auto received = handlers_.received;
    if (received) received(std::string_view(buffer_.data(), size));
  }
  if (open_ && !securing_) read();
}

void Connection::send(std::string bytes) {
  if (hanging_up_ || broken_) return;
  if (waiting_.empty())
    waiting_ = std::move(bytes);
  else
    waiting_ += bytes;
  if (waiting_.size() > limits_.unwritten) {
    auto self = shared_from_this();
    asio::post(socket_.get_executor(), [this, self] { fail("the server does not read"); });
    return;
  }
  if (open_ && !securing_ && writing_.empty()) write();
}

void Connection::write() {
  if (writing_.empty()) writing_.swap(waiting_);
  auto self = shared_from_this();
  stall_.expires_after(limits_.stall);
  stall_.async_wait([this, self, before = progress_](const std::error_code& error) {
    if (!error && progress_ == before) fail("the server does not read");
  });
  auto done = [this, self](const std::error_code& error, std::size_t size) {
    on_written(error, size);
  };
  const auto rest = asio::buffer(writing_) + written_;
  if (tls_)
    tls_->async_write_some(rest, std::move(done));
  else
    socket_.async_write_some(rest, std::move(done));
}

void Connection::on_written(const std::error_code& error, std::size_t size) {
  stall_.cancel();
  written_ += size;
  progress_ += size;
  if (!error && written_ < writing_.size()) {
    write();
    return;
  }
  wipe(writing_);
  written_ = 0;
  if (!open_) return;
  if (error && hanging_up_)
    close();
  else if (error)
    read_the_rest(error);
  else if (securing_)
    handshake();
  else if (!waiting_.empty())
    write();
  else if (hanging_up_)
    close();
}

// Called after a failed write: bytes that the server sent before it closed the connection can still
// be read, up to the end of the stream.
void Connection::read_the_rest(const std::error_code& why) {
  broken_ = true;
  wipe(waiting_);
  if (securing_) {
    fail(broken(why));
    return;
  }
  auto self = shared_from_this();
  linger_.expires_after(linger);
  linger_.async_wait([this, self, why](const std::error_code& error) {
    if (!error) fail(broken(why));
  });
}

std::string Connection::broken(const std::error_code& error) const {
  return "the connection to " + to_.host + " broke: " + error.message();
}

void Connection::hang_up() {
  if (std::exchange(hanging_up_, true)) return;
  handlers_ = {};
  if (!open_ || (writing_.empty() && waiting_.empty())) {
    close();
    return;
  }
  auto self = shared_from_this();
  linger_.expires_after(linger);
  linger_.async_wait([this, self](const std::error_code& error) {
    if (!error) close();
  });
}

void Connection::drop() {
  hanging_up_ = true;
  handlers_ = {};
  close();
}

void Connection::fail(std::string why) {
  close();
  const auto closed = std::exchange(handlers_, {}).closed;
  if (closed) closed(std::move(why));
}

void Connection::close() {
  open_ = false;
  std::error_code ignored;
  linger_.cancel();
  lookup_.reset();
  stall_.cancel();
  attempt_.cancel();
  addresses_.clear();
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace msn::network
